// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

// Versions, suites, client certificates and ALPN, per software.

extension Remedies {
    /// Offer TLS 1.2 and 1.3 with common suites.
    static let offerModernTLS: [Fix] = [
        Fix(
            .nginx,
            Text(
                "Enable both versions and leave the cipher list at its default.",
                zh: "启用两个版本，密码套件保持默认。"
            ),
            snippet: "ssl_protocols TLSv1.2 TLSv1.3;"
        ),
        Fix(
            .apache,
            Text("Enable both versions.", zh: "启用两个版本。"),
            snippet: "SSLProtocol -all +TLSv1.2 +TLSv1.3"
        ),
        Fix(
            .haproxy,
            Text("Set the least version.", zh: "设置最低版本。"),
            snippet: "ssl-default-bind-options ssl-min-ver TLSv1.2"
        ),
        Fix(
            .envoy,
            Text("Set the least and the greatest version.", zh: "设置最低与最高版本。"),
            snippet: "tls_params: { tls_minimum_protocol_version: TLSv1_2, tls_maximum_protocol_version: TLSv1_3 }"
        ),
        Fix(
            .traefik,
            Text("Set the least version of the TLS options.", zh: "在 TLS 选项中设置最低版本。"),
            snippet: "tls.options.default.minVersion: VersionTLS12"
        ),
        Fix(
            .awsALB,
            Text("Choose a current security policy for the listener.", zh: "为监听器选择较新的安全策略。"),
            snippet: """
                aws elbv2 modify-listener --listener-arn ARN --ssl-policy ELBSecurityPolicy-TLS13-1-2-2021-06
                """
        ),
        Fix(
            .iis,
            Text(
                "Enable TLS 1.2 in SChannel (registry, or Windows updates).",
                zh: "在 SChannel 中启用 TLS 1.2（注册表或系统更新）。"
            )
        ),
        Fix(
            .nodeHTTP,
            Text(
                "Set minVersion and remove a hand-made list of ciphers.",
                zh: "设置 minVersion，并去掉手写的密码套件列表。"
            ),
            snippet: "https.createServer({ cert, key, minVersion: 'TLSv1.2' });"
        ),
        Fix(
            .pythonWebSockets,
            Text("Set the least version.", zh: "设置最低版本。"),
            snippet: "context.minimum_version = ssl.TLSVersion.TLSv1_2"
        ),
        Fix(
            .goHTTP,
            Text("Set MinVersion and leave CipherSuites empty.", zh: "设置 MinVersion，CipherSuites 留空。"),
            snippet: "&tls.Config{MinVersion: tls.VersionTLS12}"
        ),
        Fix(
            .spring,
            Text("List the versions.", zh: "列出版本。"),
            snippet: "server.ssl.enabled-protocols=TLSv1.2,TLSv1.3"
        ),
        Fix(
            .tomcat,
            Text("List the versions in the SSLHostConfig.", zh: "在 SSLHostConfig 中列出版本。"),
            snippet: #"<SSLHostConfig protocols="TLSv1.2+TLSv1.3">"#
        ),
        Fix(
            .netty,
            Text("List the versions.", zh: "列出版本。"),
            snippet: #"SslContextBuilder.forServer(cert, key).protocols("TLSv1.3", "TLSv1.2")"#
        ),
        Fix(
            .aspNetCore,
            Text("Set SslProtocols, or leave the choice to the system.", zh: "设置 SslProtocols，或交由系统选择。"),
            snippet: "listen.UseHttps(o => o.SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13);"
        ),
        Fix(
            .swiftNIO,
            Text("Set minimumTLSVersion.", zh: "设置 minimumTLSVersion。"),
            snippet: "configuration.minimumTLSVersion = .tlsv12"
        ),
    ]

    /// Ask for client certificates only where they are meant.
    static let clientCertificate: [Fix] = [
        Fix(
            .nginx,
            Text(
                "Name the CA where certificates are wanted; elsewhere switch the request off.",
                zh: "在需要的地方指定 CA；其他地方关闭请求。"
            ),
            snippet: "ssl_verify_client optional;"
        ),
        Fix(
            .apache,
            Text("Move the requirement to where it is wanted.", zh: "把要求限定到需要的位置。"),
            snippet: "SSLVerifyClient none"
        ),
        Fix(
            .haproxy,
            Text("Make the certificate optional on the bind line.", zh: "在 bind 行上把证书设为可选。"),
            snippet: "bind :443 ssl crt site.pem ca-file clients.pem verify optional"
        ),
        Fix(
            .envoy,
            Text(
                "Check require_client_certificate of the listener.",
                zh: "检查监听器的 require_client_certificate。"
            )
        ),
        Fix(
            .traefik,
            Text("Check clientAuthType of the TLS options.", zh: "检查 TLS 选项的 clientAuthType。"),
            snippet: "clientAuthType: VerifyClientCertIfGiven"
        ),
        Fix(
            .nodeHTTP,
            Text("Check requestCert of the server.", zh: "检查服务器的 requestCert。")
        ),
        Fix(
            .spring,
            Text("Check server.ssl.client-auth.", zh: "检查 server.ssl.client-auth。"),
            snippet: "server.ssl.client-auth=want"
        ),
        Fix(
            .aspNetCore,
            Text("Check ClientCertificateMode of Kestrel.", zh: "检查 Kestrel 的 ClientCertificateMode。")
        ),
        Fix(
            .goHTTP,
            Text("Check ClientAuth of the tls.Config.", zh: "检查 tls.Config 的 ClientAuth。"),
            snippet: "&tls.Config{ClientAuth: tls.VerifyClientCertIfGiven}"
        ),
    ]

    /// Speak HTTP/1.1 over TLS as well.
    static let speakHTTP1: [Fix] = [
        Fix(
            .nginx,
            Text(
                "http2 leaves HTTP/1.1 in place; check for a stream or gRPC server on this port.",
                zh: "http2 并不去掉 HTTP/1.1；检查该端口是否是 stream 或 gRPC 服务器。"
            )
        ),
        Fix(
            .haproxy,
            Text("List http/1.1 on the bind line.", zh: "在 bind 行上列出 http/1.1。"),
            snippet: "bind :443 ssl crt site.pem alpn h2,http/1.1"
        ),
        Fix(
            .nodeHTTP,
            Text("Let the http2 server take HTTP/1.1 as well.", zh: "让 http2 服务器同时接受 HTTP/1.1。"),
            snippet: "http2.createSecureServer({ cert, key, allowHTTP1: true });"
        ),
        Fix(
            .envoy,
            Text(
                "List both in alpn_protocols and set codec_type to AUTO.",
                zh: "在 alpn_protocols 中列出两者，并把 codec_type 设为 AUTO。"
            ),
            snippet: "alpn_protocols: [h2, http/1.1]"
        ),
        Fix(
            .traefik,
            Text("List both in alpnProtocols of the TLS options.", zh: "在 TLS 选项的 alpnProtocols 中列出两者。"),
            snippet: "alpnProtocols: [h2, http/1.1]"
        ),
        Fix(
            .aspNetCore,
            Text("Let Kestrel serve both.", zh: "让 Kestrel 同时支持两者。"),
            snippet: "listen.Protocols = HttpProtocols.Http1AndHttp2;"
        ),
        Fix(
            .goHTTP,
            Text("Leave http/1.1 in NextProtos.", zh: "NextProtos 中保留 http/1.1。"),
            snippet: #"&tls.Config{NextProtos: []string{"h2", "http/1.1"}}"#
        ),
        Fix(
            .netty,
            Text(
                "Offer both in the ApplicationProtocolConfig, and build the HTTP/1.1 pipeline for it.",
                zh: "在 ApplicationProtocolConfig 中提供两者，并为 HTTP/1.1 构建管线。"
            )
        ),
        Fix(
            .spring,
            Text(
                "With Tomcat or Netty, server.http2.enabled keeps HTTP/1.1; a gRPC server on the port does not.",
                zh: "使用 Tomcat 或 Netty 时 server.http2.enabled 会保留 HTTP/1.1；该端口若是 gRPC 服务器则不会。"
            )
        ),
        Fix(
            .swiftNIO,
            Text("Offer both.", zh: "同时提供两者。"),
            snippet: #"configuration.applicationProtocols = ["h2", "http/1.1"]"#
        ),
        Fix(
            .awsALB,
            Text(
                "Use a target group of protocol version HTTP1; HTTP2 and gRPC groups take no WebSockets.",
                zh: "目标组协议版本使用 HTTP1；HTTP2 与 gRPC 目标组不支持 WebSocket。"
            )
        ),
        Fix(
            .cloudflare,
            Text(
                "Cloudflare always offers http/1.1 to clients: look at the origin behind it.",
                zh: "Cloudflare 对客户端始终提供 http/1.1：请检查其后的源站。"
            )
        ),
    ]
}
