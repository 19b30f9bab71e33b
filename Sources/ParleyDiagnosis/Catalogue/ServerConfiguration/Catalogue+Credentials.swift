// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

// Keys that are missing or refused.

extension Catalogue {
    static let srvAuthRequired = Cause(
        "srv-auth-required",
        .serverConfiguration,
        title: Text("The server wants credentials", zh: "服务器要求身份验证"),
        symptoms: [
            "HTTP Authentication failed; no valid credentials available",
            "server rejected WebSocket connection: HTTP 401",
        ],
        explanation: Text(
            """
            The handshake was refused with 401, or 403 and words about a token or key, whatever the origin and path. \
            Header clients send `Authorization: Bearer KEY`; a browser cannot send that header, so its key must \
            travel as a subprotocol, a cookie or a query parameter, and the server has to look there.
            """,
            zh: """
                无论来源和路径如何，握手都以 401（或提到令牌、密钥的 403）被拒绝。能设置头的客户端发送 \
                `Authorization: Bearer KEY`；浏览器无法发送该头，密钥只能放在子协议、cookie 或查询参数里，服务器也须\
                到那里去找。
                """
        ),
        fixes: [
            Fix(
                Text(
                    """
                    Send a valid, unexpired key where the server looks for it. From a browser, Realtime servers take \
                    the subprotocols `realtime` and `openai-insecure-api-key.KEY`; use an ephemeral key there.
                    """,
                    zh: """
                        在服务器查找的位置发送有效且未过期的密钥。浏览器中，Realtime 服务器接受子协议 `realtime` 和 \
                        `openai-insecure-api-key.KEY`；请在那里使用临时密钥。
                        """
                ),
                snippet: "new WebSocket(url, ['realtime', 'openai-insecure-api-key.' + ephemeralKey])"
            ),
            Fix(
                .nodeWS,
                Text(
                    """
                    ws before 8.18 ignores finishRequest, so openai-realtime-api-beta on Node sends no key with it: \
                    update ws. On the server, verifyClient answers 401 unless told otherwise.
                    """,
                    zh: """
                        ws 8.18 之前的版本忽略 finishRequest，因此 Node 上的 openai-realtime-api-beta 不会发出密钥：\
                        请升级 ws。服务器端 verifyClient 默认回答 401。
                        """
                )
            ),
            Fix(
                .nginx,
                Text(
                    "Check auth_basic and auth_request for this location.",
                    zh: "检查该 location 的 auth_basic 与 auth_request。"
                )
            ),
            Fix(
                .awsAPIGateway,
                Text(
                    """
                    403 comes from the authorizer of $connect: look at its log, and at what it is given (headers or \
                    query).
                    """,
                    zh: "403 来自 $connect 的授权方：查看其日志以及它收到的内容（头或查询）。"
                )
            ),
            Fix(
                .traefik,
                Text(
                    "Check the basicAuth or forwardAuth middleware of the router.",
                    zh: "检查路由的 basicAuth 或 forwardAuth 中间件。"
                )
            ),
            Fix(
                .envoy,
                Text("Check jwt_authn and ext_authz.", zh: "检查 jwt_authn 与 ext_authz。")
            ),
            Fix(
                .djangoChannels,
                Text(
                    "Check AuthMiddlewareStack and the consumer's own test of scope[\"user\"].",
                    zh: "检查 AuthMiddlewareStack 以及 consumer 对 scope[\"user\"] 的判断。"
                )
            ),
            Fix(
                .uvicorn,
                Text(
                    """
                    A FastAPI dependency that wants a header or query raises before accept: read the token from the \
                    subprotocols or the query for browsers.
                    """,
                    zh: """
                        需要某个头或查询参数的 FastAPI 依赖会在 accept 之前抛错：对浏览器请从子协议或查询中读取令牌。
                        """
                )
            ),
            Fix(
                .spring,
                Text(
                    "Permit the path in Spring Security, or let a HandshakeInterceptor read the token.",
                    zh: "在 Spring Security 中放行该路径，或由 HandshakeInterceptor 读取令牌。"
                ),
                snippet: #"http.authorizeHttpRequests(a -> a.requestMatchers("/v1/realtime").permitAll());"#
            ),
            Fix(
                .aspNetCore,
                Text(
                    "JWT bearer reads only the header: take access_token from the query for WebSockets.",
                    zh: "JWT bearer 只读取头：WebSocket 请从查询参数 access_token 读取。"
                ),
                snippet: """
                    options.Events = new JwtBearerEvents { OnMessageReceived = c => { c.Token = c.Request.Query["access_token"]; return Task.CompletedTask; } };
                    """
            ),
            Fix(
                .socketIO,
                Text(
                    "Send the token in auth, and read socket.handshake.auth.",
                    zh: "在 auth 中发送令牌，服务器读取 socket.handshake.auth。"
                )
            ),
            Fix(
                .openAI,
                Text(
                    "Use a project key on servers and an ephemeral key from /v1/realtime/client_secrets in browsers.",
                    zh: "服务器使用项目密钥，浏览器使用从 /v1/realtime/client_secrets 获取的临时密钥。"
                )
            ),
            Fix(
                .azureOpenAI,
                Text(
                    """
                    Send the header api-key, or Authorization with an Entra token; browsers put api-key= into the \
                    query.
                    """,
                    zh: "发送 api-key 头，或携带 Entra 令牌的 Authorization；浏览器把 api-key= 放进查询。"
                )
            ),
            Fix(
                .parley,
                Text(
                    "Use one of the keys it was started with (--api-key, --keys).",
                    zh: "使用启动时配置的密钥之一（--api-key、--keys）。"
                )
            ),
        ],
        proof: .comparison,
        whatWouldDecide: Text(
            """
            `--key KEY` or `--header 'Authorization: Bearer KEY'`: the same refusal with and without Origin, and 101 \
            with the key.
            """,
            zh: """
                使用 `--key KEY` 或 `--header 'Authorization: Bearer KEY'`：有无 Origin 都同样被拒绝，而带上密钥得到 \
                101。
                """
        ),
        sources: [
            "RFC 9110 §15.5.2, §11.6.1",
            "openai/openai-realtime-api-beta#2",
            "openai/openai-realtime-agents#6",
        ]
    )

    static let srvAuthInBand = Cause(
        "srv-auth-in-band",
        .serverConfiguration,
        title: Text("The key is refused after the connection opened", zh: "连接打开之后密钥被拒绝"),
        symptoms: [
            #"{"type":"error","error":{"code":"invalid_api_key",…}}"#,
            "close 3000 (1008, 4xxx)",
        ],
        explanation: Text(
            """
            The server accepts the handshake and says only then that the key is missing or wrong: an error event such \
            as `invalid_api_key`, then Close 3000, 1008 or a code from 4000 on. It does so because page code cannot \
            read the status of a refused handshake. The connection is sound; the key is not.
            """,
            zh: """
                服务器先接受握手，然后才说明密钥缺失或错误：先是 `invalid_api_key` 之类的错误事件，再以 3000、1008 或 \
                4000 以上的代码关闭。这样做是因为页面代码读不到被拒绝握手的状态码。连接本身没有问题，问题在密钥。
                """
        ),
        fixes: [
            Fix(
                Text(
                    """
                    Read the error event before the Close, and send a valid key: a header from programs, \
                    `openai-insecure-api-key.KEY` as subprotocol from browsers. `null`, an empty key and an expired \
                    ephemeral key do not count; make ephemeral keys shortly before connecting.
                    """,
                    zh: """
                        查看 Close 之前的错误事件，并发送有效的密钥：程序用头，浏览器用子协议 \
                        `openai-insecure-api-key.KEY`。`null`、空密钥和过期的临时密钥都无效；临时密钥应在连接前不久创\
                        建。
                        """
                )
            ),
            Fix(
                .openAI,
                Text(
                    "Check that key, organisation and project belong together and may use the model.",
                    zh: "确认密钥、组织和项目相匹配，并有权使用该模型。"
                )
            ),
            Fix(
                .azureOpenAI,
                Text(
                    "Use the resource's own key (api-key), not one of the OpenAI platform.",
                    zh: "使用该资源自己的密钥（api-key），而不是 OpenAI 平台的密钥。"
                )
            ),
            Fix(
                .nodeWS,
                Text(
                    "openai-realtime-api-beta on Node needs ws 8.18 or later to send its headers.",
                    zh: "Node 上的 openai-realtime-api-beta 需要 ws 8.18 以上版本才能发出它的头。"
                ),
                snippet: "npm install ws@^8.18"
            ),
            Fix(
                .parley,
                Text(
                    "Use one of the keys it was started with, or an ephemeral key that has not expired.",
                    zh: "使用启动时配置的密钥之一，或未过期的临时密钥。"
                )
            ),
        ],
        proof: .wire,
        sources: [
            "RFC 6455 §7.4.2",
            "openai/openai-realtime-api-beta#2",
            "openai/openai-realtime-agents#6",
        ]
    )
}
