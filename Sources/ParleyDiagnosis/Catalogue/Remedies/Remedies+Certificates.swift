// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

// Serving and trusting certificates, per software.

extension Remedies {
    /// Serve the right certificate with its whole chain.
    static let serveCertificate: [Fix] = [
        Fix(
            .nginx,
            Text(
                """
                ssl_certificate takes the full chain, leaf first, then the intermediates; reload nginx after a \
                renewal.
                """,
                zh: "ssl_certificate 应为完整证书链：先是叶子证书，再是中间证书；续期后重新加载 nginx。"
            ),
            snippet: """
                ssl_certificate     /etc/letsencrypt/live/NAME/fullchain.pem;
                ssl_certificate_key /etc/letsencrypt/live/NAME/privkey.pem;
                """
        ),
        Fix(
            .ingressNginx,
            Text(
                "Put the full chain into tls.crt of the Secret that the Ingress names, and the host under tls.hosts.",
                zh: "把完整证书链放入 Ingress 所引用 Secret 的 tls.crt，并在 tls.hosts 中列出主机。"
            ),
            snippet: "kubectl create secret tls realtime-tls --cert=fullchain.pem --key=privkey.pem"
        ),
        Fix(
            .apache,
            Text(
                """
                From 2.4.8 on SSLCertificateFile takes the full chain; before, SSLCertificateChainFile the \
                intermediates.
                """,
                zh: "2.4.8 起 SSLCertificateFile 使用完整证书链；更早的版本用 SSLCertificateChainFile 提供中间证书。"
            ),
            snippet: "SSLCertificateFile /etc/letsencrypt/live/NAME/fullchain.pem"
        ),
        Fix(
            .haproxy,
            Text("One file holds leaf, intermediates and key.", zh: "一个文件包含叶子证书、中间证书和私钥。"),
            snippet: "cat fullchain.pem privkey.pem > /etc/haproxy/certs/NAME.pem"
        ),
        Fix(
            .caddy,
            Text(
                "Let Caddy get the certificate, or name the full chain.",
                zh: "让 Caddy 自动获取证书，或指定完整证书链。"
            ),
            snippet: "tls /path/fullchain.pem /path/privkey.pem"
        ),
        Fix(
            .traefik,
            Text(
                "certFile takes the full chain; a router with a certResolver gets its own.",
                zh: "certFile 使用完整证书链；带 certResolver 的路由会自动获取证书。"
            ),
            snippet: "tls.certificates: [{ certFile: fullchain.pem, keyFile: privkey.pem }]"
        ),
        Fix(
            .envoy,
            Text("certificate_chain takes the full chain.", zh: "certificate_chain 使用完整证书链。")
        ),
        Fix(
            .iis,
            Text(
                "Import a PFX that holds the intermediates, and choose it in the site's https binding.",
                zh: "导入含中间证书的 PFX，并在站点的 https 绑定中选用。"
            ),
            snippet: "openssl pkcs12 -export -inkey privkey.pem -in fullchain.pem -out site.pfx"
        ),
        Fix(
            .awsALB,
            Text(
                "Choose an ACM certificate for the name, or import one with its chain.",
                zh: "为该名称选择 ACM 证书，或连同证书链一起导入。"
            ),
            snippet: """
                aws acm import-certificate --certificate fileb://cert.pem --private-key fileb://privkey.pem --certificate-chain fileb://chain.pem
                """
        ),
        Fix(
            .cloudflare,
            Text(
                """
                The edge certificate is Cloudflare's; give the origin a certificate for its name and set SSL/TLS to \
                Full (strict).
                """,
                zh: "边缘证书由 Cloudflare 提供；为源站配置匹配名称的证书，并把 SSL/TLS 设为 Full (strict)。"
            )
        ),
        Fix(
            .nodeHTTP,
            Text(
                "cert takes the full chain; call setSecureContext after a renewal.",
                zh: "cert 使用完整证书链；续期后调用 setSecureContext。"
            ),
            snippet: """
                https.createServer({ cert: fs.readFileSync('fullchain.pem'), key: fs.readFileSync('privkey.pem') });
                """
        ),
        Fix(
            .pythonWebSockets,
            Text("Load the full chain into the context.", zh: "在上下文中加载完整证书链。"),
            snippet: """
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                context.load_cert_chain("fullchain.pem", "privkey.pem")
                """
        ),
        Fix(
            .aiohttp,
            Text(
                "Load the full chain into the context given to run_app.",
                zh: "在传给 run_app 的上下文中加载完整证书链。"
            ),
            snippet: #"context.load_cert_chain("fullchain.pem", "privkey.pem")"#
        ),
        Fix(
            .uvicorn,
            Text("Name the full chain.", zh: "指定完整证书链。"),
            snippet: "uvicorn app:app --ssl-certfile fullchain.pem --ssl-keyfile privkey.pem"
        ),
        Fix(
            .gunicorn,
            Text("Name the full chain.", zh: "指定完整证书链。"),
            snippet: "gunicorn --certfile fullchain.pem --keyfile privkey.pem app:app"
        ),
        Fix(
            .goHTTP,
            Text("The first argument takes the full chain.", zh: "第一个参数使用完整证书链。"),
            snippet: #"http.ListenAndServeTLS(":443", "fullchain.pem", "privkey.pem", nil)"#
        ),
        Fix(
            .netty,
            Text("Give the builder the full chain.", zh: "给构建器传入完整证书链。"),
            snippet: #"SslContextBuilder.forServer(new File("fullchain.pem"), new File("privkey.pem")).build()"#
        ),
        Fix(
            .spring,
            Text("Name the full chain, or a keystore made from it.", zh: "指定完整证书链，或由它生成的密钥库。"),
            snippet: """
                server.ssl.certificate=classpath:fullchain.pem
                server.ssl.certificate-private-key=classpath:privkey.pem
                """
        ),
        Fix(
            .tomcat,
            Text("Import leaf and chain into one keystore.", zh: "把叶子证书与证书链导入同一个密钥库。"),
            snippet: "openssl pkcs12 -export -in fullchain.pem -inkey privkey.pem -out keystore.p12"
        ),
        Fix(
            .jetty,
            Text(
                "Import leaf and chain into the keystore of the SslContextFactory.",
                zh: "把叶子证书与证书链导入 SslContextFactory 的密钥库。"
            )
        ),
        Fix(
            .aspNetCore,
            Text(
                "Name the full chain, or a PFX that holds it, for Kestrel.",
                zh: "为 Kestrel 指定完整证书链，或包含证书链的 PFX。"
            ),
            snippet: """
                "Kestrel": { "Certificates": { "Default": { "Path": "fullchain.pem", "KeyPath": "privkey.pem" } } }
                """
        ),
        Fix(
            .axum,
            Text("Load the full chain with axum-server.", zh: "用 axum-server 加载完整证书链。"),
            snippet: #"RustlsConfig::from_pem_file("fullchain.pem", "privkey.pem").await?"#
        ),
        Fix(
            .swiftNIO,
            Text("Give the configuration the full chain.", zh: "给配置传入完整证书链。"),
            snippet: """
                TLSConfiguration.makeServerConfiguration(certificateChain: NIOSSLCertificate.fromPEMFile("fullchain.pem").map { .certificate($0) }, privateKey: .file("privkey.pem"))
                """
        ),
        Fix(
            .vapor,
            Text(
                "Set the TLS configuration of the HTTP server to the full chain.",
                zh: "把 HTTP 服务器的 TLS 配置设为完整证书链。"
            )
        ),
        Fix(
            .uWebSockets,
            Text("Name the full chain.", zh: "指定完整证书链。"),
            snippet: "uWS.SSLApp({ cert_file_name: 'fullchain.pem', key_file_name: 'privkey.pem' });"
        ),
        Fix(
            .mosquitto,
            Text(
                "Name the certificate and, for the intermediates, the full chain.",
                zh: "指定证书；需要中间证书时使用完整证书链。"
            ),
            snippet: """
                certfile /etc/mosquitto/fullchain.pem
                keyfile /etc/mosquitto/privkey.pem
                """
        ),
        Fix(
            .parley,
            Text("Name the full chain.", zh: "指定完整证书链。"),
            snippet: "parley serve --tls-cert fullchain.pem --tls-key privkey.pem"
        ),
    ]

    /// Make clients trust a private root.
    static let trustRoot: [Fix] = [
        Fix(
            Text(
                """
                On every client, install the root (or the self-signed certificate itself) in the trust store that \
                client uses: the system store for browsers, SSL_CERT_FILE for Python, Go and curl, \
                NODE_EXTRA_CA_CERTS for Node, the Java keystore for Java. `parley doctor --ca FILE` shows whether the \
                file is the right one.
                """,
                zh: """
                    在每个客户端上，把根证书（或自签名证书本身）安装到它使用的信任库：浏览器用系统信任库，Python、\
                    Go、curl 用 SSL_CERT_FILE，Node 用 NODE_EXTRA_CA_CERTS，Java 用其密钥库。`parley doctor --ca \
                    FILE` 可验证文件是否正确。
                    """
            ),
            snippet: """
                SSL_CERT_FILE=/path/root.pem python client.py
                NODE_EXTRA_CA_CERTS=/path/root.pem node client.js
                keytool -importcert -cacerts -alias private-root -file root.pem
                """
        )
    ]
}
