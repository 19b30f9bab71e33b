// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

// Certificates for another name or purpose.

extension Catalogue {
    static let tlsHostnameMismatch = Cause(
        "tls-hostname-mismatch",
        .certificate,
        title: Text("The certificate does not cover the host name in the URL", zh: "证书不包含 URL 中的主机名"),
        symptoms: [
            "net::ERR_CERT_COMMON_NAME_INVALID",
            "Hostname mismatch, certificate is not valid for 'x'",
            "ERR_TLS_CERT_ALTNAME_INVALID",
        ],
        explanation: Text(
            """
            The names in subjectAltName do not match the host the client was given: it was issued for another name, a \
            wildcard covers one label only, or the server shows its default certificate because it has none for this \
            name.
            """,
            zh: """
                subjectAltName 中的名称与客户端所用的主机不匹配：证书是为别的名称签发的、通配符只能覆盖一级，或服务器\
                没有该名称的证书而出示了默认证书。
                """
        ),
        fixes: Remedies.all(
            [
                Fix(
                    Text(
                        """
                        Use a name in the URL that the certificate covers, or have it reissued with this name in \
                        subjectAltName.
                        """,
                        zh: "在 URL 中使用证书包含的名称，或重新签发，把该名称加入 subjectAltName。"
                    ),
                    snippet: """
                        openssl x509 -in leaf.pem -noout -ext subjectAltName
                        certbot certonly -d realtime.example -d www.realtime.example
                        """
                ),
                Fix(
                    .nginx,
                    Text(
                        """
                        Let the server block with this server_name name the certificate; without a match the default \
                        server answers.
                        """,
                        zh: "在 server_name 匹配的 server 块中配置证书；没有匹配时由默认 server 应答。"
                    ),
                    snippet: "server_name realtime.example;"
                ),
                Fix(
                    .realtimeClient,
                    Text(
                        "With a proxy or gateway in front, use its own name in base_url rather than an alias.",
                        zh: "若前面有代理或网关，在 base_url 中使用它自己的名称，而不是别名。"
                    )
                ),
            ],
            Remedies.serveCertificate
        ),
        proof: .wire,
        sources: [
            "RFC 9525 §6",
            "RFC 6066 §3",
        ]
    )

    static let tlsIpNotInSan = Cause(
        "tls-ip-not-in-san",
        .certificate,
        title: Text("The URL has an IP address, the certificate only names", zh: "URL 使用 IP 地址，而证书只含域名"),
        symptoms: [
            "IP address mismatch, certificate is not valid for '192.0.2.10'",
            "IP: 192.0.2.10 is not in the cert's list",
        ],
        explanation: Text(
            """
            An address in the URL must stand as an IP entry in subjectAltName; a DNS entry or the common name with \
            the same digits does not count. It goes wrong when a server is reached by address instead of by its name.
            """,
            zh: """
                URL 中的地址必须以 IP 条目出现在 subjectAltName 中；写成 DNS 条目或通用名都不算。用地址而不是名称访问\
                服务器时就会出错。
                """
        ),
        fixes: Remedies.all(
            [
                Fix(
                    Text(
                        "Use the name in the URL, or issue a certificate with the address as IP entry.",
                        zh: "在 URL 中使用名称，或签发带 IP 条目的证书。"
                    ),
                    snippet: """
                        openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 90 -subj /CN=local -addext "subjectAltName=IP:192.0.2.10,DNS:localhost"
                        mkcert 192.0.2.10 localhost
                        """
                )
            ],
            Remedies.serveCertificate
        ),
        proof: .wire,
        sources: [
            "RFC 9525 §6.5"
        ]
    )

    static let tlsNoSan = Cause(
        "tls-no-san",
        .certificate,
        title: Text(
            "The certificate has no subjectAltName, only a common name",
            zh: "证书没有 subjectAltName，只有通用名"
        ),
        symptoms: [
            "net::ERR_CERT_COMMON_NAME_INVALID",
            "x509: certificate relies on legacy Common Name field, use SANs instead",
        ],
        explanation: Text(
            """
            Browsers and Go look for names in subjectAltName alone; Python and Node still fall back to the common \
            name of the subject. So the certificate that scripts accept is refused by them.
            """,
            zh: """
                浏览器和 Go 只看 subjectAltName 中的名称；Python 和 Node 仍会退回到主题的通用名。因此脚本接受的证书会\
                被前者拒绝。
                """
        ),
        fixes: Remedies.all(
            [
                Fix(
                    Text(
                        "Issue the certificate again with its names in subjectAltName.",
                        zh: "重新签发证书，把名称写入 subjectAltName。"
                    ),
                    snippet: """
                        openssl req -new -key key.pem -subj /CN=realtime.example -addext "subjectAltName=DNS:realtime.example" -out request.csr
                        """
                )
            ],
            Remedies.serveCertificate
        ),
        proof: .wire,
        sources: [
            "RFC 9525 §2",
            "RFC 2818 §3.1",
        ]
    )

    static let tlsWrongPurpose = Cause(
        "tls-wrong-purpose",
        .certificate,
        title: Text("The certificate is not for servers", zh: "证书用途不是服务器认证"),
        symptoms: [
            "unsuitable certificate purpose [INVALID_PURPOSE]",
            "net::ERR_CERT_INVALID",
        ],
        explanation: Text(
            """
            extendedKeyUsage is present and lacks serverAuth, as in certificates made for clients or for signing. \
            Every client that verifies refuses it, although name, dates and issuer are right.
            """,
            zh: """
                证书含 extendedKeyUsage 但没有 serverAuth，例如为客户端或签名用途制作的证书。即使名称、日期和\
                签发者都正确，所有做验证的客户端也会拒绝。
                """
        ),
        fixes: Remedies.all(
            [
                Fix(
                    Text(
                        "Issue a certificate with serverAuth in extendedKeyUsage.",
                        zh: "签发在 extendedKeyUsage 中含 serverAuth 的证书。"
                    ),
                    snippet: "extendedKeyUsage = serverAuth"
                )
            ],
            Remedies.serveCertificate
        ),
        proof: .wire,
        sources: [
            "RFC 5280 §4.2.1.12"
        ]
    )

    static let tlsSniRequired = Cause(
        "tls-sni-required",
        .certificate,
        title: Text("The server needs a name it knows in SNI", zh: "服务器要求 SNI 中带有它认识的名称"),
        symptoms: [
            "tlsv1 unrecognized name (SSL alert number 112)",
            "net::ERR_SSL_UNRECOGNIZED_NAME_ALERT",
        ],
        explanation: Text(
            """
            The server chooses its certificate by the name the client sends, and ends the handshake \
            (unrecognized_name) when there is none or a wrong one. A client that connects to an address sends no name \
            at all.
            """,
            zh: """
                服务器根据客户端发送的名称选择证书，没有名称或名称不对时以 unrecognized_name 结束握手。连接 IP 地址的\
                客户端根本不发送名称。
                """
        ),
        fixes: [
            Fix(
                Text(
                    "Connect by the name that the server knows, or give the server a default certificate.",
                    zh: "使用服务器认识的名称连接，或为服务器配置默认证书。"
                )
            ),
            Fix(
                .haproxy,
                Text(
                    "Without strict-sni the first certificate is the default.",
                    zh: "去掉 strict-sni 后，第一张证书即为默认证书。"
                ),
                snippet: "bind :443 ssl crt /etc/haproxy/certs/default.pem crt /etc/haproxy/certs/"
            ),
            Fix(
                .nginx,
                Text(
                    "Remove ssl_reject_handshake on, or add the name to server_name.",
                    zh: "去掉 ssl_reject_handshake on，或把名称加入 server_name。"
                ),
                snippet: "server_name realtime.example;"
            ),
            Fix(
                .caddy,
                Text("Set default_sni for clients without a name.", zh: "为不带名称的客户端设置 default_sni。"),
                snippet: "{ default_sni realtime.example }"
            ),
            Fix(
                .traefik,
                Text("Take sniStrict out of the TLS options.", zh: "从 TLS 选项中去掉 sniStrict。")
            ),
            Fix(
                .envoy,
                Text("Add a filter chain without server_names.", zh: "添加没有 server_names 的过滤链。")
            ),
            Fix(
                .iis,
                Text(
                    "Uncheck \"Require Server Name Indication\" for one binding.",
                    zh: "在某个绑定上取消 \"Require Server Name Indication\"。"
                )
            ),
            Fix(
                .awsALB,
                Text(
                    "The listener's default certificate answers: check its name.",
                    zh: "由监听器的默认证书应答：检查它的名称。"
                )
            ),
            Fix(
                .jetty,
                Text(
                    "Set setSniRequired(false) of the SecureRequestCustomizer.",
                    zh: "设置 SecureRequestCustomizer 的 setSniRequired(false)。"
                )
            ),
            Fix(
                .goHTTP,
                Text("Let GetCertificate return a default.", zh: "让 GetCertificate 返回默认证书。")
            ),
        ],
        proof: .comparison,
        whatWouldDecide: Text(
            """
            The same address with the right name, with an invented one and with none, which the doctor tries by \
            itself; `--resolve NAME=ADDR` sends a name to an address.
            """,
            zh: "doctor 会对同一地址分别使用正确名称、虚构名称和不带名称；`--resolve NAME=ADDR` 可对某地址发送名称。"
        ),
        sources: [
            "RFC 6066 §3"
        ]
    )
}
