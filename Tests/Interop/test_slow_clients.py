# Parley: Realtime voice server, doctor and client
# Copyright (c) the Parley authors
# SPDX-License-Identifier: Apache-2.0

"""Clients that take their time or send too much before the server knows what they want, and what may come with a head."""

from __future__ import annotations

import json
import socket
import ssl
from collections.abc import Iterator
from contextlib import suppress

import pytest

from peers import DEADLINE
from server import Server
from wire import TEXT, Wire, frame, handshake, request


@pytest.fixture(scope="module", params=["ws", "wss"])
def hasty(request: pytest.FixtureRequest) -> Iterator[Server]:
    """A server that waits one second for a head and takes small ones only."""
    tls = ["--tls-self-signed"] if request.param == "wss" else []
    limits = ["--handshake-timeout", "1", "--max-head-bytes", "2000", "--max-head-fields", "20"]
    with Server("--engine", "loopback", *limits, *tls) as server:
        yield server


class Line:
    """One connection, with TLS where the server has it."""

    def __init__(self, server: Server) -> None:
        self.port = server.port
        self.socket = server.connect()
        if server.tls:
            context = ssl._create_unverified_context()
            self.socket = context.wrap_socket(self.socket)

    def rest(self) -> bytes:
        """All that comes until the server ends the connection; a TimeoutError when it does not."""
        data = b""
        with suppress(ConnectionResetError, ssl.SSLEOFError):
            while piece := self.socket.recv(65536):
                data += piece
        return data

    def is_healthy(self) -> bool:
        """Whether a plain request is answered; the connection stays."""
        self.socket.sendall(request("/healthz", self.port))
        data = b""
        while not data.endswith(b"}"):
            piece = self.socket.recv(65536)
            assert piece
            data += piece
        return data.startswith(b"HTTP/1.1 200 ")

    def refused(self) -> tuple[int, str]:
        """Status and code of the refusal that ends the connection."""
        head, _, body = self.rest().partition(b"\r\n\r\n")
        assert b"\r\nconnection: close" in head.lower()
        return int(head.split(b" ")[1]), json.loads(body)["error"]["code"]

    def __enter__(self) -> Line:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()


@pytest.mark.parametrize("length", [1, 20, -1], ids=["a byte", "a line", "all but one"])
def test_a_head_that_comes_to_no_end_is_answered_and_closed(hasty, length: int) -> None:
    with Line(hasty) as line:
        line.socket.sendall(handshake("/v1/realtime", line.port)[:length])
        assert line.refused() == (408, "handshake_timeout")


def test_a_byte_now_and_then_wins_no_time(hasty) -> None:
    with Line(hasty) as line:
        line.socket.settimeout(0.1)
        data = b""
        for byte in handshake("/v1/realtime", line.port):
            with suppress(TimeoutError, BlockingIOError):
                data += line.socket.recv(1024)
                break
            line.socket.sendall(bytes([byte]))
        line.socket.settimeout(DEADLINE)
        assert (data + line.rest()).startswith(b"HTTP/1.1 408 ")


def test_a_silent_connection_is_closed(hasty) -> None:
    with Line(hasty) as line:
        assert line.rest() == b""


@pytest.mark.parametrize("beginning", [b"", b"\x16\x03\x01"], ids=["nothing", "the beginning of a hello"])
def test_a_tls_handshake_has_the_same_time(hasty, beginning: bytes) -> None:
    """Where there is no TLS, its hello is turned away at once, without an answer too."""
    with hasty.connect() as raw:
        raw.sendall(beginning)
        with suppress(ConnectionResetError):
            assert raw.recv(1024) == b""


def test_slow_connections_hold_nobody_up_and_nothing_back(hasty) -> None:
    slow = [hasty.connect() for _ in range(50)]
    for connection in slow:
        connection.sendall(b"\x16\x03" if hasty.tls else b"GET / HTTP/1.1\r\n")
    with Line(hasty) as line:
        line.socket.sendall(handshake("/v1/realtime", line.port))
        assert line.socket.recv(1024).startswith(b"HTTP/1.1 101 ")
        for connection in slow:
            with suppress(ConnectionResetError):
                while connection.recv(1024):
                    pass
            connection.close()


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"Cookie": "x" * 2000}, "request_head_too_large"),
        ({f"X-{number}": "y" for number in range(20)}, "too_many_fields"),
    ],
    ids=["bytes", "fields"],
)
def test_a_head_above_a_limit_is_refused(hasty, fields: dict[str, str], code: str) -> None:
    for data in (handshake("/v1/realtime", hasty.port, fields), request("/healthz", hasty.port, fields=fields)):
        with Line(hasty) as line:
            line.socket.sendall(data)
            assert line.refused() == (431, code)
        with Line(hasty) as line:
            assert line.is_healthy()
            line.socket.sendall(data)
            assert line.refused() == (431, code)


def test_a_later_head_has_the_same_time_from_its_first_byte_on(hasty) -> None:
    with Line(hasty) as line:
        assert line.is_healthy()
        line.socket.sendall(b"\r\nGET /healthz HT")
        assert line.refused() == (408, "handshake_timeout")


@pytest.mark.parametrize(
    ("fields", "code"),
    [(b"", "host_missing"), (b"Host: localhost\r\nHost: localhost\r\n", "host_repeated")],
    ids=["none", "two"],
)
def test_a_plain_request_needs_one_host(hasty, fields: bytes, code: str) -> None:
    for is_later in (False, True):
        with Line(hasty) as line:
            assert not is_later or line.is_healthy()
            line.socket.sendall(b"GET /healthz HTTP/1.1\r\n" + fields + b"\r\n")
            assert line.refused() == (400, code)


@pytest.mark.parametrize(
    "lines",
    [
        "GET /v1/realtime HTTP/1.1\nHost: localhost\n\n",
        "GET /v1/realtime HTTP/1.1\r\nHost : localhost\r\n\r\n",
        "GET /v1/realtime HTTP/1.1\r\nHost: localhost\r\n folded\r\n\r\n",
        "GET /v1/realtime HTTP/1.1\r\nHost: local\0host\r\n\r\n",
        "GET  /v1/realtime HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "hello\r\n",
    ],
)
def test_what_could_be_read_in_two_ways_is_refused(hasty, lines: str) -> None:
    with Line(hasty) as line:
        line.socket.sendall(lines.encode())
        status, code = line.refused()
        assert status == 400 and code


@pytest.mark.parametrize("field", [{"Content-Length": "4"}, {"Transfer-Encoding": "chunked"}], ids=["length", "chunks"])
def test_an_upgrade_with_a_body_is_refused(hasty, field: dict[str, str]) -> None:
    with Line(hasty) as line:
        line.socket.sendall(handshake("/v1/realtime", line.port, field) + b"body")
        assert line.refused() == (400, "upgrade_with_body")


@pytest.mark.parametrize("cut", [0, 1, 7, 11])
def test_frames_behind_the_head_are_not_lost_wherever_they_are_cut(server, cut: int) -> None:
    sent = frame(TEXT, b'{"type":"input_audio_buffer.clear"}')
    with Wire(server.port) as wire:
        wire.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        wire.send(handshake("/v1/realtime", server.port) + sent[:cut])
        assert wire.answer()[0] == 101
        assert wire.receive_event()["type"] == "session.created"
        wire.send(sent[cut:] + sent)
        for _ in range(2):
            assert wire.receive_event()["type"] == "input_audio_buffer.cleared"


def test_requests_and_an_upgrade_in_one_segment_are_answered_in_their_order(server) -> None:
    with Wire(server.port) as wire:
        plain = request("/healthz", server.port)
        wire.send(plain + plain + handshake("/v1/realtime", server.port))
        assert [wire.answer()[0] for _ in range(3)] == [200, 200, 101]
        assert wire.receive_event()["type"] == "session.created"


def test_sigterm_ends_connections_whose_head_has_not_come() -> None:
    with Server("--engine", "loopback") as stopping, stopping.connect() as silent, stopping.connect() as slow:
        slow.sendall(b"GET / HTTP/1.1\r\n")
        with Wire(stopping.port) as wire:
            assert wire.upgrade("/v1/realtime")[0] == 101
        stopping.signal()
        assert silent.recv(1) == b"" and slow.recv(1) == b""
        assert stopping.wait() == 0
