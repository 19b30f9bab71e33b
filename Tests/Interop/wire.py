# Parley: Realtime voice server, doctor and client
# Copyright (c) the Parley authors
# SPDX-License-Identifier: Apache-2.0

"""Raw TCP: what no client library would send, written by hand; and a forwarder that counts connections."""

from __future__ import annotations

import json
import os
import socket
import struct
import threading
from typing import Any

from dialects import Event
from peers import DEADLINE

TEXT, BINARY, CLOSE = 1, 2, 8
COMPRESSED = 0x40


def request(target: str, port: int, method: str = "GET", fields: dict[str, str] | None = None) -> bytes:
    all_fields = {"Host": f"127.0.0.1:{port}", **(fields or {})}
    lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in all_fields.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def handshake(target: str, port: int, fields: dict[str, str] | None = None) -> bytes:
    upgrade = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    }
    return request(target, port, fields={**upgrade, **(fields or {})})


def frame(opcode: int, payload: bytes) -> bytes:
    """One whole, masked frame. The opcode may carry reserved bits."""
    mask = os.urandom(4)
    size = len(payload)
    head = bytes([0x80 | opcode])
    if size < 126:
        head += bytes([0x80 | size])
    elif size < 1 << 16:
        head += bytes([0x80 | 126]) + struct.pack(">H", size)
    else:
        head += bytes([0x80 | 127]) + struct.pack(">Q", size)
    return head + mask + bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload))


class Wire:
    """One TCP connection, used for HTTP requests first and, after an upgrade, for frames."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=DEADLINE)
        self.stream = self.socket.makefile("rb")
        self.port = port

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def request(self, target: str, method: str = "GET", fields: dict[str, str] | None = None) -> None:
        self.send(request(target, self.port, method, fields))

    def answer(self) -> tuple[int, dict[str, str], bytes]:
        """Status, fields with lower-case names (a field that comes twice is joined by a comma) and body."""
        status = self.stream.readline().decode("latin-1").split(" ")
        fields: dict[str, str] = {}
        while (line := self.stream.readline().decode("latin-1").strip()) != "":
            name, _, value = line.partition(":")
            name, value = name.lower(), value.strip()
            fields[name] = f"{fields[name]}, {value}" if name in fields else value
        assert len(status) > 1, "the server closed the connection instead of answering"
        return int(status[1]), fields, self._body(fields) if int(status[1]) != 101 else b""

    def _body(self, fields: dict[str, str]) -> bytes:
        if fields.get("transfer-encoding", "").lower() != "chunked":
            return self.stream.read(int(fields.get("content-length", "0")))
        body = b""
        while size := int(self.stream.readline().split(b";")[0], 16):
            body += self.stream.read(size)
            self.stream.readline()
        self.stream.readline()
        return body

    def upgrade(self, target: str, fields: dict[str, str] | None = None) -> tuple[int, dict[str, str], bytes]:
        self.send(handshake(target, self.port, fields))
        return self.answer()

    # Frames.

    def send_frame(self, opcode: int, payload: bytes) -> None:
        self.send(frame(opcode, payload))

    def send_event(self, event: Event) -> None:
        self.send_frame(TEXT, json.dumps(event).encode())

    def receive_frame(self) -> tuple[int, bytes]:
        first, payload = self.receive_marked_frame()
        return first & 0x0F, payload

    def receive_marked_frame(self) -> tuple[int, bytes]:
        """A frame's first byte as it is, and the payload."""
        first, second = self._exactly(2)
        assert first & 0x80 and not second & 0x80, "the server sends whole, unmasked frames"
        size = second
        if size == 126:
            (size,) = struct.unpack(">H", self._exactly(2))
        elif size == 127:
            (size,) = struct.unpack(">Q", self._exactly(8))
        return first, self._exactly(size)

    def receive_event(self) -> Event:
        opcode, payload = self.receive_frame()
        assert opcode == TEXT, (opcode, payload)
        return json.loads(payload)

    def receive_close(self) -> tuple[int, str]:
        opcode, payload = self.receive_frame()
        assert opcode == CLOSE, (opcode, payload)
        return struct.unpack(">H", payload[:2])[0], payload[2:].decode()

    def rest(self) -> bytes:
        """What still comes until the server ends the connection; raises TimeoutError when it keeps it open."""
        try:
            return self.stream.read()
        except ConnectionResetError:
            return b""

    def _exactly(self, size: int) -> bytes:
        data = self.stream.read(size)
        assert len(data) == size, "the server ended the connection in the middle of a frame"
        return data

    def __enter__(self) -> Wire:
        return self

    def __exit__(self, *_: object) -> None:
        self.stream.close()
        self.socket.close()


class Forwarder:
    """Hands every connection on to another port, and counts them."""

    def __init__(self, target: int) -> None:
        self.connections = 0
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            far = socket.create_connection(("127.0.0.1", self._target))
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=self._pump, args=(source, sink), daemon=True).start()

    @staticmethod
    def _pump(source: Any, sink: Any) -> None:
        try:
            while data := source.recv(65536):
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def __enter__(self) -> Forwarder:
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()
