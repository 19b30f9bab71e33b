// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

extension Rule {
    /// What becomes of a connection on which nobody speaks, and of large messages.
    static let endurance: [Rule] = [
        Rule("srv-proxy-idle-timeout", .endurance) { facts in
            guard let cut = facts.quietCut, cut.kind != .silent else { return nil }
            let directToo = facts.isDirectCut
            let isReset = cut.kind == .reset
            let hint =
                cut.pingsHelp
                ? Text("; with a Ping now and then it lives on", zh: "；定时发送 Ping 则连接保持") : Text("", zh: "")
            let proxy = facts.proxy
            let confidence: Finding.Confidence =
                isReset && proxy == nil
                ? .possible : directToo ? .possible : cut.pingsHelp && proxy != nil ? .certain : .likely
            return Sign(
                confidence,
                "With nothing sent the connection ended (\(cut.words.en)) after \(seconds(cut.quietMS)) s of quiet\(hint.en): an idle timeout.",
                zh: "不发送任何数据时，连接在静默 \(seconds(cut.quietMS)) 秒后结束（\(cut.words.zh)）\(hint.zh)：空闲超时。",
                [cut.seen] + facts.all(.holdWithPings),
                software: proxy
            )
        },
        Rule("fw-idle-rst", .endurance) { facts in
            guard let cut = facts.quietCut, cut.kind == .reset || (facts.isDirectCut && cut.kind == .closed) else {
                return nil
            }
            return Sign(
                facts.proxy == nil || facts.isDirectCut ? .likely : .possible,
                "With nothing sent the connection was ended (\(cut.words.en)) after \(seconds(cut.quietMS)) s of quiet: something between client and server forgets idle connections.",
                zh: "不发送任何数据时，连接在静默 \(seconds(cut.quietMS)) 秒后被结束（\(cut.words.zh)）：客户端与服务器之间的某个设备清除了空闲连接。",
                [cut.seen] + facts.all(.direct)
            )
        },
        Rule("net-silent-idle-drop", .endurance) { facts in
            guard let cut = facts.quietCut, cut.kind == .silent else { return nil }
            return Sign(
                cut.pingsHelp ? .certain : .likely,
                "After \(seconds(cut.quietMS)) s of quiet the connection was dead although neither FIN nor RST came: a Ping got no answer.",
                zh: "静默 \(seconds(cut.quietMS)) 秒后连接已失效，但没有收到 FIN 或 RST：Ping 没有得到回应。",
                [cut.seen] + facts.all(.holdWithPings)
            )
        },
        Rule("srv-reload-cuts", .endurance) { facts in
            let holds = facts.all(.hold) + facts.all(.holdWithPings) + facts.asked
            let told = holds.first { [1001, 1012].contains($0.exchange.conversation?.closeOfServer?.code ?? 0) }
            if let told, let close = told.exchange.conversation?.close {
                return Sign(
                    .likely,
                    "The server closed the connection with \(close.code ?? 0) \(close.reason): it, or the proxy before it, was going away or restarting.",
                    zh: "服务器以 \(close.code ?? 0) \(close.reason) 关闭了连接：服务器或其前面的代理正在重启或下线。",
                    [told]
                )
            }
            guard let quiet = facts.all(.hold).first(where: { $0.exchange.cutMS != nil }),
                let pinged = facts.all(.holdWithPings).first(where: { $0.exchange.cutMS != nil })
            else { return nil }
            return Sign(
                .possible,
                "Connections ended although Pings were sent: a reload of the proxy or a restart ends all of them at one moment.",
                zh: "即使发送 Ping，连接仍然结束：代理重载或重启会在同一时刻断开所有连接。",
                [quiet, pinged]
            )
        },
        Rule("srv-message-too-big", .endurance) { facts in
            if let found = facts.tooBig {
                return Sign(
                    .certain,
                    "A message of \(found.bytes.map(String.init) ?? "that") bytes was answered with Close \(found.code.map(String.init) ?? "")\(found.reason.isEmpty ? "" : " “\(found.reason)”")\(found.fits.map { "; \($0) bytes pass" } ?? "").",
                    zh:
                        "\(found.bytes.map(String.init) ?? "该大小") 字节的消息得到 Close \(found.code.map(String.init) ?? "")\(found.reason.isEmpty ? "" : "“\(found.reason)”")\(found.fits.map { "；\($0) 字节可以通过" } ?? "")。",
                    ids: found.ids
                )
            }
            if let found = facts.tooBigForClient {
                return Sign(
                    .certain,
                    "The server sent a message of \(found.bytes) bytes, which is more than the client takes\(found.limit.map { " (\($0) bytes)" } ?? ""): the client closes with 1009.",
                    zh: "服务器发送了 \(found.bytes) 字节的消息，超过客户端的上限\(found.limit.map { "（\($0) 字节）" } ?? "")：客户端以 1009 关闭。",
                    ids: [found.id]
                )
            }
            guard let failed = facts.sizeCut else { return nil }
            return Sign(
                .likely,
                "The connection ended when a message of \(failed.bytes) bytes was sent\(failed.fits.map { "; \($0) bytes pass" } ?? "").",
                zh: "发送 \(failed.bytes) 字节的消息时连接中断\(failed.fits.map { "；\($0) 字节可以通过" } ?? "")。",
                [failed.seen]
            )
        },
        Rule("net-mtu", .endurance) { facts in
            guard let lost = facts.lostSize else { return nil }
            return Sign(
                lost.fits == nil ? .possible : .likely,
                "A message of \(lost.bytes) bytes got no answer of any kind\(lost.fits.map { ", one of \($0) bytes did" } ?? ""): packets of full size may be lost on the way.",
                zh: "\(lost.bytes) 字节的消息没有得到任何回应\(lost.fits.map { "，而 \($0) 字节的有回应" } ?? "")：满长的数据包可能在途中丢失。",
                [lost.seen]
            )
        },
    ]
}
