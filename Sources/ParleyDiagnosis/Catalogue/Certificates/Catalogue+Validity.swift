// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

// Certificates outside their time, or revoked.

extension Catalogue {
    static let tlsExpired = Cause(
        "tls-expired",
        .certificate,
        title: Text("The server's certificate has expired", zh: "服务器证书已过期"),
        symptoms: [
            "net::ERR_CERT_DATE_INVALID",
            "certificate has expired [CERT_HAS_EXPIRED]",
            "x509: certificate has expired or is not yet valid",
        ],
        explanation: Text(
            """
            The certificate's notAfter lies in the past, so every client that verifies refuses it. Often it was \
            renewed on disk, and the running server or the balancer in front still serves the old one.
            """,
            zh: """
                证书的 notAfter 已经过去，所有做验证的客户端都会拒绝。常见情况是磁盘上的证书已续期，但运行中的服务器\
                或前面的负载均衡器仍在使用旧证书。
                """
        ),
        fixes: Remedies.all(
            [
                Fix(
                    Text(
                        """
                        Renew the certificate, then reload every server that serves it, and let renewal and reload run by \
                        themselves.
                        """,
                        zh: "续期证书，然后重新加载所有使用它的服务器，并让续期与重载自动进行。"
                    ),
                    snippet: """
                        certbot renew --deploy-hook "systemctl reload nginx"
                        openssl s_client -connect HOST:443 -servername HOST </dev/null | openssl x509 -noout -dates
                        """
                )
            ],
            Remedies.serveCertificate
        ),
        proof: .wire,
        sources: [
            "RFC 5280 §4.1.2.5"
        ]
    )

    static let tlsNotYetValid = Cause(
        "tls-not-yet-valid",
        .certificate,
        title: Text("The certificate is not yet valid", zh: "证书尚未生效"),
        symptoms: [
            "net::ERR_CERT_DATE_INVALID",
            "certificate is not yet valid [CERT_NOT_YET_VALID]",
        ],
        explanation: Text(
            """
            The certificate's notBefore lies in the future for the client. Either it was made ahead of its time, or a \
            clock is wrong: the client's (devices without a battery start in 1970) or the machine that signed it.
            """,
            zh: """
                对客户端来说，证书的 notBefore 在将来。要么证书提前签发，要么时钟有误：可能是客户端的时钟（没有电池的\
                设备从 1970 年开始），也可能是签发机器的时钟。
                """
        ),
        fixes: Remedies.all(
            [
                Fix(
                    Text(
                        """
                        Set the clocks by NTP, on devices before the first connection; or issue the certificate with a \
                        notBefore in the past.
                        """,
                        zh: "用 NTP 校准时钟，设备应在首次连接之前完成；或签发 notBefore 已过去的证书。"
                    ),
                    snippet: "timedatectl set-ntp true"
                )
            ],
            Remedies.serveCertificate
        ),
        proof: .wire,
        whatWouldDecide: Text(
            "The Date header of the server against this machine's clock, which the doctor compares.",
            zh: "doctor 会比较服务器的 Date 头与本机时钟。"
        ),
        sources: [
            "RFC 5280 §4.1.2.5"
        ]
    )

    static let tlsRevoked = Cause(
        "tls-revoked",
        .certificate,
        title: Text("The certificate was revoked", zh: "证书已被吊销"),
        symptoms: [
            "net::ERR_CERT_REVOKED"
        ],
        explanation: Text(
            """
            The CA has taken the certificate back, because its key was lost or it was issued wrongly. Browsers notice \
            through OCSP or their own lists, most programs do not ask at all, so only browsers fail.
            """,
            zh: """
                签发机构已吊销该证书，因为密钥泄露或签发有误。浏览器通过 OCSP 或自带列表获知，多数程序根本不查询，因\
                此只有浏览器失败。
                """
        ),
        fixes: Remedies.all(
            [
                Fix(
                    Text(
                        """
                        Make a new key, get a new certificate for it, and reload the server. The old one cannot be \
                        revived.
                        """,
                        zh: "生成新密钥，为其申请新证书，并重新加载服务器。旧证书无法恢复。"
                    ),
                    snippet: "certbot renew --force-renewal --new-key --cert-name NAME"
                )
            ],
            Remedies.serveCertificate
        ),
        proof: .wire,
        whatWouldDecide: Text(
            "The stapled OCSP answer, or the CA's: `openssl s_client -status`.",
            zh: "查看装订的 OCSP 响应，或向签发机构查询：`openssl s_client -status`。"
        ),
        sources: [
            "RFC 6960",
            "RFC 6066 §8",
        ]
    )
}
