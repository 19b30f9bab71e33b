# Parley: Realtime voice server, doctor and client
# Copyright (c) the Parley authors
# SPDX-License-Identifier: Apache-2.0

"""Servers that answer a browser wrongly, as servers in the wild do. They prove that a test would notice."""

from __future__ import annotations

import base64
import hashlib
import json
import queue
import socket
import threading
from collections.abc import Callable
from contextlib import suppress

from peers import DEADLINE

_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_HELLO = json.dumps({"type": "session.created", "event_id": "event_1", "session": {}}).encode()


class Double:
    """Accepts connections, reads one request each and lets `answer` write to the socket. An answer of None is none.

    `seen` gets every request's target once it has been answered, or ignored.
    """

    def __init__(self, answer: Callable[[str, dict[str, str]], bytes | None]) -> None:
        self._answer = answer
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._sockets: list[socket.socket] = []
        self._seen: queue.Queue[tuple[str, bool]] = queue.Queue()
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def url(self, path: str) -> str:
        return f"ws://127.0.0.1:{self.port}{path}"

    def wait_seen(self) -> tuple[str, bool]:
        """The target of the next request, and whether it was answered."""
        return self._seen.get(timeout=DEADLINE)

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self._sockets.append(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        request = b""
        while b"\r\n\r\n" not in request:
            received = connection.recv(65536)
            if not received:
                return
            request += received
        lines = request.decode("latin-1").split("\r\n")
        fields = dict(_field(line) for line in lines[1:] if ": " in line)
        target = lines[0].split(" ")[1]
        answer = self._answer(target, fields)
        if answer is not None:
            connection.sendall(answer)
        self._seen.put((target, answer is not None))

    def drop(self) -> None:
        """Ends every connection."""
        for connection in self._sockets:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()
        self._sockets.clear()

    def __enter__(self) -> Double:
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()
        self.drop()


def _field(line: str) -> tuple[str, str]:
    name, value = line.split(": ", 1)
    return name.lower(), value


def _switching(fields: dict[str, str], *extra: str) -> bytes:
    accept = base64.b64encode(hashlib.sha1((fields["sec-websocket-key"] + _GUID).encode()).digest()).decode()
    head = ["HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade"]
    lines = [*head, f"Sec-WebSocket-Accept: {accept}", *extra]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + bytes([0x81, len(_HELLO)]) + _HELLO


def without_subprotocol() -> Double:
    """Opens every WebSocket and selects none of the subprotocols that were offered."""
    return Double(lambda target, fields: _switching(fields))


def with_subprotocol() -> Double:
    """The same with the one field more: what the double above would have to do."""
    return Double(lambda target, fields: _switching(fields, "Sec-WebSocket-Protocol: realtime"))


def exact_path() -> Double:
    """Takes the query for a part of the path: what is not exactly `/` is never answered."""

    def answer(target: str, fields: dict[str, str]) -> bytes | None:
        return _switching(fields, "Sec-WebSocket-Protocol: realtime") if target == "/" else None

    return Double(answer)
