// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

// Chains that end nowhere a client trusts.

extension Catalogue {
    static let tlsSelfSigned = Cause(
        "tls-self-signed",
        .certificate,
        title: Text("The certificate is self-signed", zh: "证书是自签名的"),
        symptoms: [
            "net::ERR_CERT_AUTHORITY_INVALID",
            "self-signed certificate [DEPTH_ZERO_SELF_SIGNED_CERT]",
            "close 1015 in Firefox",
        ],
        explanation: Text(
            """
            The server shows a certificate that it signed itself, and no client knows it. Browsers give page code no \
            reason and offer no way to accept it for a WebSocket, so that an exception clicked for the page on \
            another port does not help.
            """,
            zh: """
                服务器出示的是自己签发的证书，没有客户端认识它。浏览器不会告诉页面代码原因，也不为 WebSocket 提供“继\
                续访问”的选项，因此在另一端口的页面上点过例外也没有用。
                """
        ),
        fixes: Remedies.all(
            [
                Fix(
                    Text(
                        """
                        Get a certificate of a public CA such as Let's Encrypt. For development let mkcert make one whose \
                        root is installed in the trust store.
                        """,
                        zh: "向 Let's Encrypt 等公共 CA 申请证书。开发环境可用 mkcert 生成证书并把其根安装到信任库。"
                    ),
                    snippet: "mkcert -install && mkcert localhost 127.0.0.1 ::1"
                )
            ],
            Remedies.trustRoot,
            Remedies.serveCertificate
        ),
        proof: .wire,
        sources: [
            "RFC 5280 §6.1"
        ]
    )

    static let tlsUnknownCa = Cause(
        "tls-unknown-ca",
        .certificate,
        title: Text(
            "The certificate's root is in no trust store (private CA)",
            zh: "证书的根不在任何信任库中（私有 CA）"
        ),
        symptoms: [
            "net::ERR_CERT_AUTHORITY_INVALID",
            "unable to get local issuer certificate",
            "x509: certificate signed by unknown authority",
        ],
        explanation: Text(
            """
            The chain is complete but ends in a root that this client does not know: a company's CA, a development \
            CA, or a public root that is newer than the client's store. Clients with different stores disagree.
            """,
            zh: """
                证书链是完整的，但其根不被该客户端所知：公司 CA、开发用 CA，或比客户端信任库更新的公共根。使用不同信\
                任库的客户端结果不同。
                """
        ),
        fixes: Remedies.all(
            [
                Fix(
                    Text(
                        """
                        Give the clients the root, or use a certificate of a public CA. Update ca-certificates, certifi \
                        or the system when the root is a public one.
                        """,
                        zh: "让客户端信任该根，或使用公共 CA 的证书。若是公共根，更新 ca-certificates、certifi 或系统。"
                    )
                )
            ],
            Remedies.trustRoot,
            Remedies.serveCertificate
        ),
        proof: .wire,
        sources: [
            "RFC 5280 §6.1"
        ]
    )

    static let tlsMissingIntermediate = Cause(
        "tls-missing-intermediate",
        .certificate,
        title: Text(
            "The server does not send the intermediate certificate (incomplete chain)",
            zh: "服务器没有发送中间证书（证书链不完整）"
        ),
        symptoms: [
            "unable to verify the first certificate [UNABLE_TO_VERIFY_LEAF_SIGNATURE]",
            "unable to get local issuer certificate",
            "net::ERR_CERT_AUTHORITY_INVALID",
        ],
        explanation: Text(
            """
            The server sends its own certificate only, whose issuer is an intermediate that clients do not have. Some \
            browsers fetch or remember it and connect, while Python, Node, Go and devices cannot get the local issuer \
            and refuse. The certificate itself is good.
            """,
            zh: """
                服务器只发送了自己的证书，其签发者是客户端没有的中间证书。有些浏览器会自行下载或已缓存而能连接，\
                Python、Node、Go 和设备则找不到签发者而拒绝。证书本身没有问题。
                """
        ),
        fixes: Remedies.all(
            [
                Fix(
                    Text(
                        "Serve the full chain (fullchain.pem): leaf first, then every intermediate, without the root.",
                        zh: "发送完整证书链（fullchain.pem）：先叶子，再所有中间证书，不含根。"
                    ),
                    snippet: """
                        cat leaf.pem intermediate.pem > fullchain.pem
                        openssl s_client -connect HOST:443 -servername HOST -showcerts </dev/null
                        """
                )
            ],
            Remedies.serveCertificate
        ),
        proof: .comparison,
        whatWouldDecide: Text(
            """
            The number of certificates sent, and whether the issuer of the last is a root: one certificate whose \
            issuer is no root and whose CA Issuers address (AIA) leads to the missing one proves it.
            """,
            zh: """
                看发送了几张证书、最后一张的签发者是否为根：只有一张、签发者不是根、其 AIA 地址能下载到缺失的那张，即\
                可证实。
                """
        ),
        sources: [
            "RFC 8446 §4.4.2",
            "RFC 5280 §4.2.2.1",
        ]
    )

    static let tlsWeakKey = Cause(
        "tls-weak-key",
        .certificate,
        title: Text("The certificate's key is too short", zh: "证书密钥过短"),
        symptoms: [
            "certificate verify failed: EE certificate key too weak"
        ],
        explanation: Text(
            """
            An RSA key below 2048 bits is refused by OpenSSL at security level 2, which is the default of Debian, \
            Ubuntu and of many Python builds; browsers and Go may still accept it. So scripts fail where browsers \
            connect.
            """,
            zh: """
                OpenSSL 在安全级别 2 下拒绝 2048 位以下的 RSA 密钥，这是 Debian、Ubuntu 和许多 Python 构建的默认值；\
                浏览器和 Go 可能仍接受。因此浏览器能连而脚本失败。
                """
        ),
        fixes: Remedies.all(
            [
                Fix(
                    Text(
                        "Make a new key, RSA of 2048 bits or more or EC P-256, and have a certificate issued for it.",
                        zh: "生成新密钥（2048 位以上的 RSA 或 EC P-256），并为其签发证书。"
                    ),
                    snippet: """
                        openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout privkey.pem -out request.csr
                        """
                )
            ],
            Remedies.serveCertificate
        ),
        proof: .wire,
        sources: [
            "https://docs.openssl.org/3.0/man3/SSL_CTX_set_security_level/"
        ]
    )

    static let tlsWeakSignature = Cause(
        "tls-weak-signature",
        .certificate,
        title: Text("The chain is signed with SHA-1 or MD5", zh: "证书链使用 SHA-1 或 MD5 签名"),
        symptoms: [
            "CA signature digest algorithm too weak [CA_MD_TOO_WEAK]",
            "net::ERR_CERT_WEAK_SIGNATURE_ALGORITHM",
        ],
        explanation: Text(
            """
            A certificate in the chain was signed with a digest that is broken, so clients refuse the chain although \
            names and dates are right. It is usually an old private CA.
            """,
            zh: """
                链中某张证书使用了已被攻破的摘要算法签名，因此尽管名称和日期都正确，客户端仍拒绝。通常是老旧的私有 \
                CA。
                """
        ),
        fixes: Remedies.all(
            [
                Fix(
                    Text(
                        "Have the certificates below the root issued again with SHA-256.",
                        zh: "用 SHA-256 重新签发根以下的证书。"
                    ),
                    snippet: """
                        openssl x509 -req -sha256 -in request.csr -CA ca.pem -CAkey ca.key -out leaf.pem -days 397
                        """
                )
            ],
            Remedies.serveCertificate
        ),
        proof: .wire,
        sources: [
            "RFC 9155",
            "RFC 6194",
        ]
    )
}
