// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// The headings of a page.
struct PageWords {
    let causeClass: String
    let symptoms: String
    let why: String
    let fixes: String
    let proof: String
    let decides: String
    let sources: String
    let colon: String

    init(_ language: Language) {
        switch language {
        case .en:
            causeClass = "Class"
            symptoms = "What you see"
            why = "What goes wrong"
            fixes = "What to change"
            proof = "How to prove it"
            decides = "What decides"
            sources = "Sources"
            colon = ": "
        case .zh:
            causeClass = "类别"
            symptoms = "现象"
            why = "原因"
            fixes = "如何修复"
            proof = "如何证实"
            decides = "判定依据"
            sources = "来源"
            colon = "："
        }
    }
}

extension Cause.Proof {
    /// What to run.
    var command: String {
        switch self {
        case .wire, .comparison, .log: "parley doctor URL"
        case .page: "parley doctor URL --page PAGE"
        case .traffic: "parley tap --listen 127.0.0.1:9000 --to URL --run 'CLIENT {url}'"
        }
    }

    /// What can prove it.
    var meaning: Text {
        switch self {
        case .wire: Text("One probe sees it on the wire.", zh: "单次探测即可在线路上看到。")
        case .comparison:
            Text("Two handshakes that differ in one thing prove it.", zh: "比较只有一处不同的两次握手即可证实。")
        case .page:
            Text(
                "Nothing is wrong on the wire: the address of the page, its headers or its scheme prove it.",
                zh: "线路上没有问题：由页面的地址、响应头或协议证实。"
            )
        case .traffic:
            Text(
                "Only the traffic of the client itself proves it: run it through the recording proxy.",
                zh: "只有客户端自己的流量能证实：让它经过记录代理运行。"
            )
        case .log:
            Text(
                "It cannot be told from outside; the doctor excludes the rest.",
                zh: "无法从外部判断；doctor 会排除其他原因。"
            )
        }
    }
}

/// A source as a link.
enum SourceLink {
    static func markdown(_ source: String) -> String {
        if source.hasPrefix("https://") { return "<\(source)>" }
        if source.hasPrefix("RFC ") {
            let number = source.dropFirst(4).prefix { ("0"..."9").contains($0) }
            return "[\(source)](https://www.rfc-editor.org/rfc/rfc\(number))"
        }
        let parts = source.split(separator: "#")
        guard parts.count == 2, parts[0].contains("/") else { return source }
        return "[\(source)](https://github.com/\(parts[0])/issues/\(parts[1]))"
    }
}
