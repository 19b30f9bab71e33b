# Parley: Realtime voice server, doctor and client
# Copyright (c) the Parley authors
# SPDX-License-Identifier: Apache-2.0

"""A server of which every byte is written by hand: what goes wrong is said by the function that serves a connection."""

from __future__ import annotations

import base64
import hashlib
import json
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from .case import Start

_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
# A connection that has nothing more to say is kept until the doctor ends it, but never longer than this.
PATIENCE = 60.0
TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10
CREATED = {"type": "session.created", "event_id": "event_1", "session": {"id": "sess_1", "object": "realtime.session"}}


class Gone(Exception):
    """The other side has ended the connection."""


@dataclass
class Connection:
    """One connection of a client, with its request once that was read."""

    socket: socket.socket
    method: str = ""
    target: str = ""
    # Names in lower case.
    fields: dict[str, str] = field(default_factory=dict)
    # Names and values as sent.
    raw: list[tuple[str, str]] = field(default_factory=list)
    rest: bytes = b""

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    @property
    def upgrades(self) -> bool:
        return "websocket" in self.fields.get("upgrade", "").lower()

    @property
    def offered(self) -> list[str]:
        return [one.strip() for one in self.fields.get("sec-websocket-protocol", "").split(",") if one.strip()]

    def read_request(self) -> None:
        while b"\r\n\r\n" not in self.rest:
            self._receive()
        head, _, self.rest = self.rest.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        self.method, self.target = lines[0].split(" ")[:2]
        self.raw = [(name, value.strip()) for name, _, value in (line.partition(":") for line in lines[1:])]
        self.fields = {name.lower(): value for name, value in self.raw}

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    # Answers

    def answer(self, status: int, reason: str, body: str = "", *fields: str, version: str = "1.1") -> None:
        head = [f"HTTP/{version} {status} {reason}", *fields, f"Content-Length: {len(body.encode())}"]
        self.send(("\r\n".join(head) + "\r\n\r\n" + body).encode())

    def accept_value(self) -> str:
        return accept_of(self.fields.get("sec-websocket-key", ""))

    def switch(
        self,
        *fields: str,
        accept: str | None = None,
        head: tuple[str, ...] | None = None,
        line: str = "HTTP/1.1 101 Switching Protocols",
    ) -> None:
        """A 101; `head` replaces Upgrade and Connection."""
        lines = [line, *(head if head is not None else ("Upgrade: websocket", "Connection: Upgrade"))]
        value = self.accept_value() if accept is None else accept
        lines += [f"Sec-WebSocket-Accept: {value}"] * bool(value) + [*fields]
        self.send(("\r\n".join(lines) + "\r\n\r\n").encode())

    def switch_realtime(self) -> None:
        self.switch(*["Sec-WebSocket-Protocol: realtime"] * ("realtime" in self.offered))

    # Frames

    def frame(self, opcode: int, payload: bytes = b"", first: int = 0x80, mask: bool = False) -> None:
        size = len(payload)
        bit = 0x80 if mask else 0
        if size < 126:
            length = bytes([bit | size])
        elif size < 1 << 16:
            length = bytes([bit | 126]) + struct.pack(">H", size)
        else:
            length = bytes([bit | 127]) + struct.pack(">Q", size)
        key = b"\x11\x22\x33\x44" if mask else b""
        body = bytes(byte ^ key[i % 4] for i, byte in enumerate(payload)) if mask else payload
        self.send(bytes([first | opcode]) + length + key + body)

    def event(self, event: dict[str, object]) -> None:
        self.frame(TEXT, json.dumps(event).encode())

    def close(self, code: int | None = 1000, reason: str = "") -> None:
        self.frame(CLOSE, b"" if code is None else struct.pack(">H", code) + reason.encode())

    def read_frame(self) -> tuple[int, bytes]:
        opcode = self._take(1)[0] & 15
        size = self._take(1)[0] & 127
        if size == 126:
            size = struct.unpack(">H", self._take(2))[0]
        elif size == 127:
            size = struct.unpack(">Q", self._take(8))[0]
        key = self._take(4)
        return opcode, bytes(byte ^ key[i % 4] for i, byte in enumerate(self._take(size)))

    def echo(self, reply: Callable[[Connection, int, bytes], None] | None = None, pongs: bool = True) -> None:
        """A decent server until the client closes; `reply` may answer messages in another way."""
        while True:
            opcode, payload = self.read_frame()
            if opcode == CLOSE:
                self.frame(CLOSE, payload[:2])
                return
            if opcode == PING:
                if pongs:
                    self.frame(PONG, payload)
            elif opcode in (TEXT, BINARY):
                if reply:
                    reply(self, opcode, payload)
                else:
                    self.frame(opcode, payload)

    # Ends

    def reset(self) -> None:
        """RST in place of FIN."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def stay(self) -> None:
        """Says nothing more; ends when the client does."""
        while self.socket.recv(65536):
            pass

    def _receive(self) -> None:
        data = self.socket.recv(65536)
        if not data:
            raise Gone
        self.rest += data

    def _take(self, count: int) -> bytes:
        while len(self.rest) < count:
            self._receive()
        taken, self.rest = self.rest[:count], self.rest[count:]
        return taken


def accept_of(key: str) -> str:
    return base64.b64encode(hashlib.sha1((key + _GUID).encode()).digest()).decode()


Serve = Callable[[Connection], None]


class RawServer:
    """Listens on a port of its own and gives every connection a thread."""

    def __init__(self, serve: Serve, tls: ssl.SSLContext | None = None, reads: bool = True, host: str = "127.0.0.1"):
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._serve, self._tls, self._reads = serve, tls, reads
        self._listener = socket.create_server((host, 0), family=family, backlog=64)
        self._open: set[socket.socket] = set()
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                accepted, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._handle, args=(accepted,), daemon=True).start()

    def _handle(self, accepted: socket.socket) -> None:
        accepted.settimeout(PATIENCE)
        self._open.add(accepted)
        # What the client does to the connection is its own affair.
        with suppress(OSError, Gone, ValueError, IndexError), accepted:
            connection = Connection(self._tls.wrap_socket(accepted, server_side=True) if self._tls else accepted)
            with connection.socket:
                if self._reads:
                    connection.read_request()
                self._serve(connection)
        self._open.discard(accepted)

    def __enter__(self) -> RawServer:
        return self

    def __exit__(self, *_: object) -> None:
        # A listener that only is closed goes on accepting where a thread waits for it.
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in list(self._open):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


def raw(serve: Serve, *, reads: bool = True, host: str = "127.0.0.1") -> Start:
    """A server that does this with every connection."""

    @contextmanager
    def start(_: Path) -> Iterator[int]:
        with RawServer(serve, reads=reads, host=host) as server:
            yield server.port

    return start


def upgrading(then: Serve, otherwise: Serve | None = None) -> Serve:
    """Does this with handshakes; what is none gets the answer that a decent server gives."""

    def serve(connection: Connection) -> None:
        if connection.upgrades:
            then(connection)
        elif otherwise:
            otherwise(connection)
        else:
            connection.answer(426, "Upgrade Required", "Upgrade Required", "Upgrade: websocket", "Connection: close")

    return serve


def raw_upgrade(then: Serve, otherwise: Serve | None = None) -> Start:
    return raw(upgrading(then, otherwise))
