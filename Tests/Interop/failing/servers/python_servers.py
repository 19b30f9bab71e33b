# Parley: Realtime voice server, doctor and client
# Copyright (c) the Parley authors
# SPDX-License-Identifier: Apache-2.0

"""Small servers with the Python libraries that people use: python_servers.py NAME PORT."""

from __future__ import annotations

import asyncio
import http.server
import sys

HOST = "127.0.0.1"


async def _forever() -> None:
    await asyncio.Event().wait()


async def websockets(port: int, **options: object) -> None:
    from websockets.asyncio.server import ServerConnection, serve

    async def handler(connection: ServerConnection) -> None:
        if "fail" in connection.request.headers.get("Sec-WebSocket-Protocol", ""):
            raise RuntimeError("no such session")
        async for message in connection:
            await connection.send(message)

    async with serve(handler, HOST, port, **options):
        await _forever()


async def aiohttp(port: int) -> None:
    from aiohttp import WSMsgType, web

    async def echo(request: web.Request, **options: object) -> web.WebSocketResponse:
        response = web.WebSocketResponse(**options)
        await response.prepare(request)
        async for message in response:
            if message.type == WSMsgType.TEXT:
                await response.send_str(message.data)
            elif message.type == WSMsgType.BINARY:
                await response.send_bytes(message.data)
        return response

    async def fails(request: web.Request) -> web.WebSocketResponse:
        raise RuntimeError("no database")

    async def offer(request: web.Request) -> web.WebSocketResponse:
        # The whole offer as one name.
        name = request.headers.get("Sec-WebSocket-Protocol", "")
        response = web.WebSocketResponse()
        if name:
            response.headers["Sec-WebSocket-Protocol"] = name
        await response.prepare(request)
        async for message in response:
            await response.send_str(message.data)
        return response

    app = web.Application()
    app.add_routes([web.get("/ws", echo), web.get("/raise", fails), web.get("/echo-offer", offer)])
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, HOST, port).start()
    await _forever()


async def tornado(port: int) -> None:
    from tornado.web import Application
    from tornado.websocket import WebSocketHandler

    class Echo(WebSocketHandler):
        def on_message(self, message: str | bytes) -> None:
            self.write_message(message, binary=isinstance(message, bytes))

    class Raise(Echo):
        def prepare(self) -> None:
            raise RuntimeError("no database")

    Application([("/ws", Echo), ("/raise", Raise)]).listen(port, HOST)
    await _forever()


def starlette(port: int, ws: str = "websockets") -> None:
    import uvicorn
    from starlette.applications import Starlette
    from starlette.routing import WebSocketRoute
    from starlette.websockets import WebSocket, WebSocketDisconnect

    async def echo(socket: WebSocket) -> None:
        await socket.accept()
        try:
            while True:
                await socket.send_text(await socket.receive_text())
        except WebSocketDisconnect:
            pass

    async def refuse(socket: WebSocket) -> None:
        await socket.close(1008)

    app = Starlette(routes=[WebSocketRoute("/ws", echo), WebSocketRoute("/refuse", refuse)])
    uvicorn.run(app, host=HOST, port=port, ws=ws, log_level="warning")


def files(port: int) -> None:
    http.server.ThreadingHTTPServer((HOST, port), http.server.SimpleHTTPRequestHandler).serve_forever()


SERVERS = {
    "websockets": lambda port: asyncio.run(websockets(port)),
    "websockets-small": lambda port: asyncio.run(websockets(port, max_size=1000)),
    "websockets-origins": lambda port: asyncio.run(websockets(port, origins=["https://app.example.test", None])),
    "websockets-subprotocols": lambda port: asyncio.run(websockets(port, subprotocols=["chat"])),
    "aiohttp": lambda port: asyncio.run(aiohttp(port)),
    "tornado": lambda port: asyncio.run(tornado(port)),
    "starlette": starlette,
    "uvicorn-none": lambda port: starlette(port, "none"),
    "files": files,
}

if __name__ == "__main__":
    SERVERS[sys.argv[1]](int(sys.argv[2]))
