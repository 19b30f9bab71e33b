// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

extension Rule {
    /// What is wrong with the chain of certificates.
    static let certificates: [Rule] = [
        .certificate("tls-revoked", .revoked) { facts, _ in
            Text("The certificate \(facts.leafName) was revoked by its issuer.", zh: "证书 \(facts.leafName) 已被签发者吊销。")
        },
        .certificate("tls-expired", .expired) { facts, chain in
            let old = chain.min { $0.notAfter < $1.notAfter }
            let day = day(old?.notAfter ?? 0)
            return Text(
                "The certificate “\(old?.subject ?? "")” expired on \(day).",
                zh: "证书“\(old?.subject ?? "")”已于 \(day) 过期。"
            )
        },
        .certificate("tls-not-yet-valid", .notYetValid) { facts, chain in
            let young = chain.max { $0.notBefore < $1.notBefore }
            let date = facts.serverDate
            let day = day(young?.notBefore ?? 0)
            return Text(
                "The certificate “\(young?.subject ?? "")” is valid from \(day) only\(date.map { "; the server's own clock says \($0)" } ?? "").",
                zh: "证书“\(young?.subject ?? "")”从 \(day) 起才有效\(date.map { "；服务器时钟为 \($0)" } ?? "")。"
            )
        },
        .certificate("tls-self-signed", .selfSigned) { _, chain in
            Text(
                "The server sends one certificate, self-signed: issuer and subject are both “\(chain.first?.subject ?? "")”, and no trust store holds it.",
                zh: "服务器发送的证书是自签名的：签发者与主体都是“\(chain.first?.subject ?? "")”，且不在信任库中。"
            )
        },
        .certificate("tls-missing-intermediate", .missingIntermediate) { _, chain in
            Text(
                "The server sends \(chain.count) certificate\(chain.count == 1 ? "" : "s"); the issuer “\(chain.last?.issuer ?? "")” of the last one is neither sent nor a known root: the chain is incomplete.",
                zh: "服务器发送了 \(chain.count) 张证书；最后一张的签发者“\(chain.last?.issuer ?? "")”既没有发送，也不是已知根证书：证书链不完整。"
            )
        },
        .certificate("tls-hostname-mismatch", .nameMismatch) { facts, chain in
            let names = (chain.first?.names ?? []).joined(separator: ", ")
            return Text(
                "The certificate's subjectAltName is for \(names.isEmpty ? "no host" : names); the URL says \(facts.address.host).",
                zh: "证书的 subjectAltName 为 \(names.isEmpty ? "空" : names)；URL 中的主机是 \(facts.address.host)。"
            )
        },
        .certificate("tls-ip-not-in-san", .addressNotNamed) { facts, chain in
            let names = (chain.first?.names ?? []).joined(separator: ", ")
            return Text(
                "The URL names the address \(facts.address.host), and the certificate only \(names.isEmpty ? "no name" : names).",
                zh: "URL 使用 IP 地址 \(facts.address.host)，而证书只包含 \(names.isEmpty ? "空名单" : names)。"
            )
        },
        .certificate("tls-unknown-ca", .unknownAuthority) { _, chain in
            Text(
                "The chain ends in “\(chain.last?.issuer ?? "")”, a root in no trust store.",
                zh: "证书链终止于“\(chain.last?.issuer ?? "")”，该根证书不在任何信任库中。"
            )
        },
        .certificate("tls-unknown-ca", .brokenSignature) { _, chain in
            Text(
                "A signature in the chain does not fit: the certificate of “\(chain.first?.issuer ?? "")” that is sent is not the one that issued it.",
                zh: "证书链中的签名不符：发送的“\(chain.first?.issuer ?? "")”证书并不是实际的签发者。"
            )
        },
        .certificate("tls-wrong-purpose", .wrongPurpose) { _, chain in
            let purposes = (chain.first?.purposes ?? []).joined(separator: ", ")
            return Text(
                "The certificate's extendedKeyUsage (\(purposes)) does not contain serverAuth.",
                zh: "证书的 extendedKeyUsage（\(purposes)）不包含 serverAuth。"
            )
        },
        .certificate("tls-no-san", .commonNameOnly) { _, chain in
            Text(
                "The certificate names \(chain.first?.commonName ?? "the host") in its common name only and has no subjectAltName.",
                zh: "证书只在通用名（CN）中写了 \(chain.first?.commonName ?? "主机")，没有 subjectAltName。"
            )
        },
        .certificate("tls-weak-key", .weakKey) { _, chain in
            let bits = chain.compactMap(\.keyBits).min() ?? 0
            return Text(
                "A key in the chain is RSA of \(bits) bits; 2048 is the least.",
                zh: "证书链中有 \(bits) 位的 RSA 密钥；至少需要 2048 位。"
            )
        },
        .certificate("tls-weak-signature", .weakSignature) { _, chain in
            let digest =
                chain.first { ["SHA-1", "SHA1", "MD5"].contains($0.signatureDigest) }?.signatureDigest ?? "SHA-1"
            return Text("A certificate in the chain is signed with \(digest).", zh: "证书链中有用 \(digest) 签名的证书。")
        },
    ]

    private static func certificate(
        _ causeID: String,
        _ fault: Exchange.CertificateFault,
        _ text: @escaping @Sendable (Facts, [Exchange.Certificate]) -> Text
    ) -> Rule {
        Rule(causeID, .encryption) { facts in
            guard let seen = facts.tlsSeen, let tls = seen.exchange.tls, tls.faults.contains(fault) else {
                // Only a browser asks whether a certificate was revoked.
                guard fault == .revoked, facts.isPasted("tls-revoked") else { return nil }
                return Sign(
                    facts.isPastedAlone("tls-revoked") ? .likely : .possible,
                    "The message that the user saw says that the certificate was revoked.",
                    zh: "用户看到的消息表明证书已被吊销。",
                    [facts.tlsSeen]
                )
            }
            let words = text(facts, tls.chain)
            return Sign(.certain, words.en, zh: words.zh, [seen])
        }
    }
}

extension Facts {
    /// The TLS handshake as the client does it.
    var tlsSeen: Seen? {
        guard address.isSecure else { return nil }
        return all(.tls).first { $0.exchange.tls != nil } ?? asked.first { $0.exchange.tls != nil }
    }

    /// The subject of the server's certificate.
    fileprivate var leafName: String { tlsSeen?.exchange.tls?.chain.first?.subject ?? "" }

    /// What the server takes for the time.
    fileprivate var serverDate: String? { onTheWay.lazy.compactMap { $0.exchange.header("Date") }.first }
}

/// A day as ISO 8601 writes it.
///
/// - Parameter time: Seconds since 1970.
/// - Returns: As in `2026-11-25`.
func day(_ time: Int) -> String {
    // Days since 0000-03-01, in years that begin in March (Howard Hinnant's civil_from_days).
    let days = (time - (time % 86_400 + 86_400) % 86_400) / 86_400 + 719_468
    let era = (days >= 0 ? days : days - 146_096) / 146_097
    let dayOfEra = days - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let month = (5 * dayOfYear + 2) / 153
    let number = dayOfYear - (153 * month + 2) / 5 + 1
    let civil = month < 10 ? month + 3 : month - 9
    let year = yearOfEra + era * 400 + (civil <= 2 ? 1 : 0)
    func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
    return "\(year)-\(two(civil))-\(two(number))"
}
