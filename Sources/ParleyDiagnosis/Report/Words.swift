// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// How a list of parts is put together in both languages.
extension Text {
    /// The same in both languages: names, values.
    init(same text: String) { self.init(text, zh: text) }

    /// One text behind the other.
    static func + (left: Text, right: Text) -> Text { Text(left.en + right.en, zh: left.zh + right.zh) }

    /// Sentences one behind the other.
    func followed(by sentence: Text) -> Text {
        guard !en.isEmpty else { return sentence }
        return Text("\(en) \(sentence.en)", zh: zh + sentence.zh)
    }
}

extension [Text] {
    /// The parts with commas between them.
    func listed() -> Text {
        Text(map(\.en).joined(separator: ", "), zh: map(\.zh).joined(separator: "，"))
    }
}

extension CauseClass {
    /// As people name it.
    package var title: Text {
        switch self {
        case .serverConfiguration: Text("server configuration", zh: "服务器配置")
        case .network: Text("network", zh: "网络")
        case .firewall: Text("firewall or proxy", zh: "防火墙或代理")
        case .certificate: Text("TLS certificate", zh: "TLS 证书")
        case .origin: Text("cross-origin and browser policy", zh: "跨域与浏览器策略")
        case .code: Text("code error", zh: "代码错误")
        case .version: Text("protocol version", zh: "协议版本")
        }
    }
}

extension Report.Mark {
    /// As people read it.
    var title: Text {
        switch self {
        case .ruledOut: Text("ruled out", zh: "已排除")
        case .cause: Text("cause", zh: "原因")
        case .suspect: Text("suspect", zh: "可疑")
        case .notReached: Text("not reached", zh: "未检查到")
        case .untestable: Text("could not be tested from here", zh: "无法在此处检查")
        }
    }
}

extension Finding.Confidence {
    /// As people read it.
    var title: Text {
        switch self {
        case .certain: Text("certain", zh: "确定")
        case .likely: Text("likely", zh: "很可能")
        case .possible: Text("possible", zh: "可能")
        }
    }
}

extension Exchange.CertificateFault {
    /// As people read it.
    var title: Text {
        switch self {
        case .expired: Text("expired", zh: "已过期")
        case .notYetValid: Text("not yet valid", zh: "尚未生效")
        case .selfSigned: Text("self-signed", zh: "自签名")
        case .unknownAuthority: Text("issued by an unknown authority", zh: "签发机构未知")
        case .missingIntermediate: Text("intermediate certificate not sent", zh: "缺少中间证书")
        case .nameMismatch: Text("for another name", zh: "名称不符")
        case .addressNotNamed: Text("does not name the address", zh: "未包含该 IP 地址")
        case .commonNameOnly: Text("no subjectAltName", zh: "没有 subjectAltName")
        case .wrongPurpose: Text("not for servers", zh: "用途不是服务器")
        case .weakKey: Text("key too weak", zh: "密钥太弱")
        case .weakSignature: Text("signature too weak", zh: "签名算法太弱")
        case .brokenSignature: Text("broken signature", zh: "签名无效")
        case .revoked: Text("revoked", zh: "已吊销")
        }
    }
}
