// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyEvents

@testable import ParleyHandshake

extension KnownClient {
    static let browsers = [
        KnownClient(
            name: "Chromium, beta library and console",
            target: "/?model=gpt-4o-realtime-preview-2024-10-01",
            fields: chromium + [("Sec-WebSocket-Protocol", three)],
            family: .chromium,
            selected: "realtime",
            dialect: .beta,
            source: .subprotocol,
            model: "gpt-4o-realtime-preview-2024-10-01"
        ),
        KnownClient(
            name: "Chromium, beta library in relay mode without a key",
            target: "/",
            fields: chromium
                + [("Sec-WebSocket-Protocol", "realtime, openai-insecure-api-key.null, openai-beta.realtime-v1")],
            family: .chromium,
            selected: "realtime",
            dialect: .beta
        ),
        KnownClient(
            name: "Chromium, plain page without subprotocols",
            target: "/v1/realtime?model=m",
            fields: chromium,
            family: .chromium,
            model: "m"
        ),
        KnownClient(
            name: "Firefox, beta library",
            target: "/v1/realtime?model=gpt-realtime",
            fields: [
                ("User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0"),
                ("Accept", "*/*"),
                ("Accept-Language", "en-US,en;q=0.5"), ("Accept-Encoding", "gzip, deflate, br, zstd"),
                ("Origin", "http://127.0.0.1:18790"),
                ("Sec-WebSocket-Protocol", three), ("Sec-WebSocket-Extensions", "permessage-deflate"),
                ("Connection", "Upgrade"),
                ("Sec-Fetch-Dest", "empty"), ("Sec-Fetch-Mode", "websocket"), ("Sec-Fetch-Site", "same-site"),
                ("Pragma", "no-cache"),
                ("Cache-Control", "no-cache"), ("Upgrade", "websocket"),
            ],
            family: .firefox,
            selected: "realtime",
            dialect: .beta,
            source: .subprotocol,
            model: "gpt-realtime"
        ),
        KnownClient(
            name: "openai-node GA in a browser",
            target: "/v1/realtime?model=gpt-realtime",
            fields: chromium + [("Sec-WebSocket-Protocol", "realtime, openai-insecure-api-key.KEY")],
            family: .chromium,
            selected: "realtime",
            source: .subprotocol,
            model: "gpt-realtime"
        ),
        KnownClient(
            name: "openai-node GA in a browser for Azure, key in the query",
            target: "/openai/realtime?api-version=2025-08-28&deployment=voice&api-key=KEY",
            fields: chromium + [("Sec-WebSocket-Protocol", "realtime")],
            family: .chromium,
            selected: "realtime",
            source: .queryKey,
            model: "voice"
        ),
        KnownClient(
            name: "openai-node GA in a browser for Azure, token in the query",
            target: "/openai/v1/realtime?model=voice&Authorization=Bearer+KEY",
            fields: chromium + [("Sec-WebSocket-Protocol", "realtime")],
            family: .chromium,
            selected: "realtime",
            source: .queryAuthorization,
            model: "voice"
        ),
        KnownClient(
            name: "openai-agents-js in a browser",
            target: "/v1/realtime?model=gpt-realtime",
            fields: chromium
                + [("Sec-WebSocket-Protocol", "realtime, openai-insecure-api-key.KEY, openai-agents-sdk.0.3.7")],
            family: .chromium,
            selected: "realtime",
            source: .subprotocol,
            model: "gpt-realtime"
        ),
        KnownClient(
            name: "Azure rt-client in a browser",
            target:
                "/openai/realtime?api-version=2024-10-01-preview&x-ms-client-request-id=1&deployment=voice&api-key=KEY",
            fields: chromium,
            family: .chromium,
            dialect: .beta,
            source: .queryKey,
            model: "voice"
        ),
        KnownClient(
            name: "documentation's standard WebSocket with organisation and project",
            target: "/v1/realtime?model=gpt-realtime",
            fields: chromium + [
                (
                    "Sec-WebSocket-Protocol",
                    "realtime, openai-insecure-api-key.KEY, openai-organization.O, openai-project.P, "
                        + "openai-beta.realtime-v1"
                )
            ],
            family: .chromium,
            selected: "realtime",
            dialect: .beta,
            source: .subprotocol,
            model: "gpt-realtime"
        ),
        KnownClient(
            name: "a page that offers no realtime",
            target: "/v1/realtime",
            fields: chromium + [("Sec-WebSocket-Protocol", "openai-beta.realtime-v1, openai-insecure-api-key.KEY")],
            family: .chromium,
            selected: "openai-beta.realtime-v1",
            dialect: .beta,
            source: .subprotocol
        ),
        KnownClient(
            name: "a page with an empty key",
            target: "/v1/realtime",
            fields: chromium + [("Sec-WebSocket-Protocol", "realtime, openai-insecure-api-key.")],
            family: .chromium,
            selected: "realtime"
        ),
    ]
}
