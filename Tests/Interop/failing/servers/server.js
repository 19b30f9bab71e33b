// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

// Small servers with node's http and the ws library: server.js NAME PORT.

"use strict";

const http = require("http");
const { WebSocketServer } = require("ws");

const [name, port] = [process.argv[2], Number(process.argv[3])];

function echo(server) {
    server.on("connection", (socket) => {
        socket.on("error", () => {});
        socket.on("message", (data, isBinary) => socket.send(data, { binary: isBinary }));
    });
}

function plain(handler) {
    return http.createServer(handler).listen(port, "127.0.0.1");
}

const servers = {
    ws: () => echo(new WebSocketServer({ host: "127.0.0.1", port })),
    path: () => echo(new WebSocketServer({ host: "127.0.0.1", port, path: "/ws" })),
    small: () => echo(new WebSocketServer({ host: "127.0.0.1", port, maxPayload: 1000 })),
    verify: () =>
        echo(
            new WebSocketServer({
                host: "127.0.0.1",
                port,
                verifyClient: ({ origin }) => !origin || origin === "https://app.example.test",
            }),
        ),
    plain: () =>
        plain((request, response) => {
            response.writeHead(404, { "Content-Type": "text/html" });
            response.end(`<pre>Cannot GET ${request.url.split("?")[0]}</pre>`);
        }),
    destroy: () => plain(() => {}).on("upgrade", (request, socket) => socket.destroy()),
    busy: () =>
        plain((_, response) => response.writeHead(503, { "Retry-After": "1" }).end("busy")).on("upgrade", (_, socket) =>
            socket.end("HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 4\r\n\r\nbusy"),
        ),
    engine: () => {
        const refusal = '{"code":5,"message":"Unsupported protocol version"}';
        plain((_, response) => response.writeHead(400, { "Content-Type": "application/json" }).end(refusal)).on(
            "upgrade",
            (_, socket) =>
                socket.end(
                    `HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\nContent-Length: ${refusal.length}\r\n\r\n${refusal}`,
                ),
        );
    },
};

servers[name]();
