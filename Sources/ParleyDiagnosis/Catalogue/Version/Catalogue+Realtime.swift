// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

// Dialects of the Realtime API and of socket.io.

extension Catalogue {
    static let verRealtimeBetaRejected = Cause(
        "ver-realtime-beta-rejected",
        .version,
        title: Text(
            "The client asks for the beta dialect, which the server no longer speaks",
            zh: "客户端请求 beta 方言，服务器已不再支持"
        ),
        symptoms: [
            "The Realtime Beta API is no longer supported.",
            "close 4000 invalid_request_error.beta_api_shape_disabled",
        ],
        explanation: Text(
            """
            The client sends the beta marker (header `OpenAI-Beta: realtime=v1`, or the subprotocol \
            `openai-beta.realtime-v1`), and the server offers the GA (general availability) dialect only: it opens, \
            sends the error `beta_api_shape_disabled` and closes with 4000. Old samples and openai-realtime-api-beta \
            send it.
            """,
            zh: """
                客户端发送了 beta 标记（头 `OpenAI-Beta: realtime=v1` 或子协议 `openai-beta.realtime-v1`），而服务器\
                只提供 GA（正式版）方言：连接打开后发送错误 `beta_api_shape_disabled` 并以 4000 关闭。旧示例和 \
                openai-realtime-api-beta 会发送它。
                """
        ),
        fixes: [
            Fix(
                Text(
                    """
                    Remove the OpenAI-Beta header and the subprotocol openai-beta.realtime-v1, and move to a GA \
                    client: session.type, output_modalities, audio.input and audio.output instead of the beta names. \
                    Or use a server that speaks both.
                    """,
                    zh: """
                        去掉 OpenAI-Beta 头和子协议 openai-beta.realtime-v1，并改用 GA 客户端：用 session.type、\
                        output_modalities、audio.input 和 audio.output 取代 beta 的名称。或使用同时支持两者的服务器。
                        """
                ),
                snippet: """
                    { "type": "session.update", "session": { "type": "realtime", "output_modalities": ["audio"] } }
                    """
            ),
            Fix(
                .realtimeClient,
                Text(
                    """
                    openai-python: client.realtime.connect instead of client.beta.realtime.connect; openai-node: \
                    openai/realtime instead of openai/beta/realtime.
                    """,
                    zh: """
                        openai-python：用 client.realtime.connect 取代 client.beta.realtime.connect；openai-node：用 \
                        openai/realtime 取代 openai/beta/realtime。
                        """
                ),
                snippet: #"async with client.realtime.connect(model="gpt-realtime") as connection: ..."#
            ),
            Fix(
                .openAI,
                Text("The service switched the beta off; there is no way back.", zh: "该服务已关闭 beta，无法恢复。")
            ),
            Fix(
                .azureOpenAI,
                Text(
                    "Use /openai/v1/realtime?model=… without the beta header for GA.",
                    zh: "GA 使用 /openai/v1/realtime?model=…，不带 beta 头。"
                )
            ),
            Fix(
                .parley,
                Text(
                    "Parley speaks both dialects: point the beta client at it, with its own upstream if need be.",
                    zh: "Parley 同时支持两种方言：让 beta 客户端连接它，必要时由它转发到上游。"
                ),
                snippet: """
                    parley serve --engine relay --upstream wss://api.openai.com/v1/realtime --upstream-dialect ga
                    """
            ),
        ],
        proof: .comparison,
        whatWouldDecide: Text(
            "`--header 'OpenAI-Beta: realtime=v1'` and without it: session.created comes only without.",
            zh: "分别带与不带 `--header 'OpenAI-Beta: realtime=v1'`：只有不带时才收到 session.created。"
        ),
        sources: [
            "https://platform.openai.com/docs/guides/realtime",
            "BerriAI/litellm#18969",
            "pickle-com/glass#220",
            "langwatch/scenario#602",
            "lightseekorg/smg#1516",
            "infinitocloud/asterisk_to_openai_rt_community#4",
        ]
    )

    static let verRealtimeBetaOnly = Cause(
        "ver-realtime-beta-only",
        .version,
        title: Text("The server speaks only the beta dialect", zh: "服务器只支持 beta 方言"),
        symptoms: [
            "close 4000 invalid_request_error.missing_beta_header",
            "session.created never comes",
        ],
        explanation: Text(
            """
            The client speaks GA and sends no beta marker; the server is of the beta days and answers with an error \
            that asks for `OpenAI-Beta: realtime=v1`, or never sends session.created. With the header it sends a \
            session in the beta shape (modalities, input_audio_format), which a GA client does not understand.
            """,
            zh: """
                客户端使用 GA，不发送 beta 标记；服务器停留在 beta 时期，以要求 `OpenAI-Beta: realtime=v1` 的错误回\
                答，或始终不发送 session.created。带上该头后它发送 beta 形式的会话（modalities、\
                input_audio_format），GA 客户端无法理解。
                """
        ),
        fixes: [
            Fix(
                Text(
                    """
                    Update the server to the GA dialect, or use the beta client of the SDK with the header \
                    OpenAI-Beta: realtime=v1, or put a server that translates in front.
                    """,
                    zh: """
                        把服务器升级到 GA 方言，或使用 SDK 的 beta 客户端并带上 OpenAI-Beta: realtime=v1，或在前面放\
                        一个做转换的服务器。
                        """
                ),
                snippet: #"websockets.connect(url, additional_headers={"OpenAI-Beta": "realtime=v1"})"#
            ),
            Fix(
                .azureOpenAI,
                Text(
                    "Deployments of preview models answer in beta at /openai/realtime?api-version=…&deployment=….",
                    zh: "预览模型的部署在 /openai/realtime?api-version=…&deployment=… 上以 beta 应答。"
                )
            ),
            Fix(
                .realtimeClient,
                Text(
                    "openai-python: client.beta.realtime.connect sends the header.",
                    zh: "openai-python：client.beta.realtime.connect 会发送该头。"
                )
            ),
            Fix(
                .parley,
                Text("Relay to it and serve both dialects.", zh: "转发到它，并同时提供两种方言。"),
                snippet: "parley serve --engine relay --upstream URL --upstream-dialect beta"
            ),
        ],
        proof: .comparison,
        whatWouldDecide: Text(
            "With `--header 'OpenAI-Beta: realtime=v1'` session.created comes, without it an error or nothing.",
            zh: "带 `--header 'OpenAI-Beta: realtime=v1'` 收到 session.created，不带则是错误或没有消息。"
        ),
        sources: [
            "https://platform.openai.com/docs/guides/realtime",
            "BerriAI/litellm#18969",
        ]
    )

    static let verRealtimeEventShape = Cause(
        "ver-realtime-event-shape",
        .version,
        title: Text(
            "Client and server shape Realtime events differently (beta and GA)",
            zh: "客户端与服务器的 Realtime 事件形式不同（beta 与 GA）"
        ),
        symptoms: [
            "Unknown parameter: 'session.type'.",
            "Missing required parameter: 'session.type'.",
        ],
        explanation: Text(
            """
            Both sides connect, but session.update fails: "Unknown parameter: 'session.type'" comes from a beta \
            server, "Missing required parameter: 'session.type'" from a GA server. The shape of session.created tells \
            the dialect: modalities and input_audio_format are beta, output_modalities and audio.input.format GA.
            """,
            zh: """
                双方已连接，但 session.update 失败："Unknown parameter: 'session.type'" 来自 beta 服务器，"Missing \
                required parameter: 'session.type'" 来自 GA 服务器。session.created 的形式可看出方言：modalities 与 \
                input_audio_format 为 beta，output_modalities 与 audio.input.format 为 GA。
                """
        ),
        fixes: [
            Fix(
                Text(
                    """
                    Speak one dialect on both sides. GA: session.type, output_modalities, audio.input and \
                    audio.output with their formats, events response.output_audio.delta; beta: modalities, voice, \
                    input_audio_format, events response.audio.delta.
                    """,
                    zh: """
                        两侧使用同一种方言。GA：session.type、output_modalities、带格式的 audio.input 与 \
                        audio.output，事件为 response.output_audio.delta；beta：modalities、voice、\
                        input_audio_format，事件为 response.audio.delta。
                        """
                ),
                snippet: """
                    { "type": "session.update", "session": { "type": "realtime", "output_modalities": ["audio"],
                      "audio": { "input": { "format": { "type": "audio/pcm", "rate": 24000 } }, "output": { "voice": "marin" } } } }
                    """
            ),
            Fix(
                .realtimeClient,
                Text(
                    "Update the SDK and frameworks on it to a version of the GA API.",
                    zh: "把 SDK 及其上的框架升级到支持 GA API 的版本。"
                )
            ),
            Fix(
                .openAI,
                Text("The service speaks GA.", zh: "该服务使用 GA。")
            ),
            Fix(
                .azureOpenAI,
                Text(
                    "/openai/v1/realtime speaks GA, /openai/realtime?api-version=… with a preview model beta.",
                    zh: "/openai/v1/realtime 为 GA，带预览模型的 /openai/realtime?api-version=… 为 beta。"
                )
            ),
            Fix(
                .parley,
                Text(
                    "Parley follows the client: send the beta header or subprotocol for beta, none for GA.",
                    zh: "Parley 跟随客户端：beta 请发送 beta 头或子协议，GA 则都不发。"
                )
            ),
        ],
        proof: .wire,
        whatWouldDecide: Text(
            """
            `--send '{"type":"session.update",…}'` with the client's own message shows the error; `parley tap` shows \
            it with the client itself.
            """,
            zh: """
                用 `--send '{"type":"session.update",…}'` 发送客户端自己的消息可看到错误；`parley tap` 可直接观察客户\
                端。
                """
        ),
        sources: [
            "https://platform.openai.com/docs/api-reference/realtime-client-events/session/update",
            "openai/openai-python#2638",
            "pipecat-ai/pipecat#1324",
            "TanStack/ai#586",
        ]
    )

    static let verRealtimeAzure = Cause(
        "ver-realtime-azure",
        .version,
        title: Text(
            "An Azure resource is asked in the way of OpenAI, or the reverse",
            zh: "用 OpenAI 的方式访问 Azure 资源（或相反）"
        ),
        symptoms: [
            "Unexpected response code: 404, body Resource not found"
        ],
        explanation: Text(
            """
            Azure OpenAI serves Realtime at other addresses: /openai/realtime?api-version=…&deployment=… for preview \
            deployments and /openai/v1/realtime?model=… for GA, with the header api-key. Other paths or a wrong \
            deployment get 404 "Resource not found" with an apim-request-id.
            """,
            zh: """
                Azure OpenAI 的 Realtime 使用不同的地址：预览部署为 /openai/realtime?api-version=…&deployment=…，GA \
                为 /openai/v1/realtime?model=…，并使用 api-key 头。其他路径或错误的部署名会得到 404 "Resource not \
                found"，带 apim-request-id。
                """
        ),
        fixes: [
            Fix(
                Text(
                    "Use the address that fits the deployment, with the deployment's name, and a key of the resource.",
                    zh: "使用与部署相符的地址、部署名称，以及该资源的密钥。"
                ),
                snippet: """
                    wss://RESOURCE.openai.azure.com/openai/v1/realtime?model=DEPLOYMENT
                    wss://RESOURCE.openai.azure.com/openai/realtime?api-version=2024-10-01-preview&deployment=DEPLOYMENT
                    """
            ),
            Fix(
                .azureOpenAI,
                Text(
                    "Check that the model is deployed in this resource and that its region has Realtime.",
                    zh: "确认该模型已部署在此资源中，且其区域支持 Realtime。"
                )
            ),
            Fix(
                .realtimeClient,
                Text(
                    "Use AsyncAzureOpenAI, or AsyncOpenAI with websocket_base_url of /openai/v1.",
                    zh: "使用 AsyncAzureOpenAI，或把 AsyncOpenAI 的 websocket_base_url 设为 /openai/v1。"
                ),
                snippet: #"AsyncOpenAI(websocket_base_url="wss://RESOURCE.openai.azure.com/openai/v1", api_key=KEY)"#
            ),
            Fix(
                .parley,
                Text("Parley takes both addresses and both kinds of key.", zh: "Parley 同时接受两种地址和两种密钥。")
            ),
        ],
        proof: .comparison,
        whatWouldDecide: Text(
            "Both addresses with `--header 'api-key: KEY'`: one answers 101, or 401 instead of 404.",
            zh: "用 `--header 'api-key: KEY'` 试两种地址：其中一个会得到 101，或由 404 变为 401。"
        ),
        sources: [
            "https://learn.microsoft.com/azure/ai-foundry/openai/how-to/realtime-audio-websockets"
        ]
    )

    static let verSocketioEio = Cause(
        "ver-socketio-eio",
        .version,
        title: Text(
            "A socket.io server and a client of another kind or version",
            zh: "socket.io 服务器与其他类型或版本的客户端"
        ),
        symptoms: [
            "The client is using an unsupported version of the Socket.IO or Engine.IO protocols",
            #"{"code":0,"message":"Transport unknown"}"#,
        ],
        explanation: Text(
            """
            socket.io is a protocol of its own on top of WebSocket (Engine.IO), and its majors differ: clients of \
            version 2 do not understand servers of 3 or 4. A plain WebSocket client gets 400 "Transport unknown" or a \
            first message `0{"sid":…}` that it cannot read.
            """,
            zh: """
                socket.io 是建立在 WebSocket 之上的独立协议（Engine.IO），主版本之间也不同：第 2 版客户端不能与 3、4 \
                版服务器通信。普通 WebSocket 客户端会得到 400 "Transport unknown"，或看不懂的首条消息 `0{"sid":…}`。
                """
        ),
        fixes: [
            Fix(
                Text(
                    """
                    Use a socket.io client of the same major version as the server, or a plain WebSocket server for \
                    plain clients.
                    """,
                    zh: "使用与服务器主版本相同的 socket.io 客户端；普通客户端则使用普通 WebSocket 服务器。"
                ),
                snippet: "io('https://realtime.example', { transports: ['websocket'] })"
            ),
            Fix(
                .socketIO,
                Text(
                    "Let a server of version 3 or 4 take clients of version 2.",
                    zh: "让 3 或 4 版服务器接受 2 版客户端。"
                ),
                snippet: "new Server(httpServer, { allowEIO3: true });"
            ),
            Fix(
                .nodeWS,
                Text(
                    "ws cannot talk to a socket.io server: connect with socket.io-client.",
                    zh: "ws 无法与 socket.io 服务器通信：请用 socket.io-client 连接。"
                ),
                snippet: "npm install socket.io-client"
            ),
            Fix(
                .werkzeug,
                Text(
                    "Flask-SocketIO 5 needs clients of version 3 or 4.",
                    zh: "Flask-SocketIO 5 需要 3 或 4 版客户端。"
                )
            ),
            Fix(
                .uvicorn,
                Text(
                    "python-socketio 5 needs clients of version 3 or 4; mount its ASGI app at /socket.io.",
                    zh: "python-socketio 5 需要 3 或 4 版客户端；把它的 ASGI 应用挂载在 /socket.io。"
                )
            ),
            Fix(
                .nginx,
                Text(
                    "With several servers, long polling needs sticky sessions: ip_hash, or transports: ['websocket'].",
                    zh: "有多台服务器时长轮询需要会话保持：使用 ip_hash，或 transports: ['websocket']。"
                ),
                snippet: "upstream realtime { ip_hash; server 127.0.0.1:8001; server 127.0.0.1:8002; }"
            ),
        ],
        proof: .wire,
        whatWouldDecide: Text(
            """
            The path /socket.io/?EIO=4&transport=websocket against EIO=3: the one that answers `0{"sid"` names the \
            version.
            """,
            zh: "比较 /socket.io/?EIO=4&transport=websocket 与 EIO=3：回答 `0{\"sid\"` 的就是所用版本。"
        ),
        sources: [
            "https://socket.io/docs/v4/troubleshooting-connection-issues/",
            "socketio/socket.io#1577",
            "socketio/socket.io#3022",
            "juharris/switch-remoteplay#37",
        ]
    )
}
