# Parley: Realtime voice server, doctor and client
# Copyright (c) the Parley authors
# SPDX-License-Identifier: Apache-2.0

"""A double of the hosted service: what it says at the door and at the end, which no server of ours does by itself."""

from __future__ import annotations

import json
import queue
import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.server import Server, ServerConnection, serve

from peers import DEADLINE

Script = Callable[["Session"], None]

BETA_REFUSED = {
    "type": "invalid_request_error",
    "code": "beta_api_shape_disabled",
    "message": "The Realtime Beta API is no longer supported. Please use /v1/realtime for the GA API.",
    "param": None,
    "event_id": None,
}
EXPIRED = "Your session hit the maximum duration of 60 minutes."


class Session:
    """One client of the double, from its request on."""

    def __init__(self, connection: ServerConnection) -> None:
        self._connection = connection
        self.target = connection.request.path
        self.headers = connection.request.headers

    def send(self, event_type: str, **members: Any) -> None:
        self._connection.send(json.dumps({"type": event_type, "event_id": "event_up", **members}))

    def receive(self) -> Any:
        return json.loads(self._connection.recv(timeout=DEADLINE))

    def close(self, code: int | None, reason: str = "") -> None:
        """Sends a close frame, an empty one for None, and waits for the end."""
        if code is not None:
            return self._connection.close(code, reason)
        with self._connection.send_context():
            self._connection.protocol.send_close()
        self.end()

    def created(self) -> None:
        self.send("session.created", session={"type": "realtime", "object": "realtime.session", "id": "sess_up"})

    def end(self) -> tuple[int, str]:
        """Waits until the other side closes; its code and reason, 1005 for none."""
        try:
            while True:
                self._connection.recv(timeout=DEADLINE)
        except ConnectionClosed as end:
            return (end.rcvd.code, end.rcvd.reason) if end.rcvd else (1006, "")


class Hosted:
    """Runs a script with every client. `sessions` gets each when its script has ended, with what that gave back."""

    def __init__(self, script: Callable[[Session], Any], context: ssl.SSLContext | None = None) -> None:
        self.sessions: queue.Queue[tuple[Session, Any]] = queue.Queue()

        def handle(connection: ServerConnection) -> None:
            session = Session(connection)
            result = None
            with suppress(ConnectionClosed):
                result = script(session)
            self.sessions.put((session, result))

        self._server: Server = serve(handle, "127.0.0.1", 0, ssl=context, select_subprotocol=lambda *_: None)
        self.port = self._server.socket.getsockname()[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def url(self, scheme: str = "ws", host: str = "127.0.0.1") -> str:
        return f"{scheme}://{host}:{self.port}/v1/realtime"

    def next(self) -> tuple[Session, Any]:
        return self.sessions.get(timeout=DEADLINE)

    def __enter__(self) -> Hosted:
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()


class ConnectProxy:
    """An HTTP proxy that makes a tunnel to `port` of this machine, whatever host it is asked for."""

    def __init__(self, port: int) -> None:
        self._to = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.asked: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        head = b""
        while b"\r\n\r\n" not in head:
            received = connection.recv(4096)
            if not received:
                return
            head += received
        self.asked.put(head.split(b"\r\n")[0].decode())
        other = socket.create_connection(("127.0.0.1", self._to))
        connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        threading.Thread(target=self._copy, args=(other, connection), daemon=True).start()
        self._copy(connection, other)

    @staticmethod
    def _copy(source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while received := source.recv(65536):
                sink.sendall(received)
        with suppress(OSError):
            sink.shutdown(socket.SHUT_WR)

    def __enter__(self) -> ConnectProxy:
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()
