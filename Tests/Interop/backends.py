# Parley: Realtime voice server, doctor and client
# Copyright (c) the Parley authors
# SPDX-License-Identifier: Apache-2.0

"""Servers of chat completions, transcriptions and speech that say what a test wants: the user's own, in a test."""

from __future__ import annotations

import json
import math
import queue
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from dialects import Event
from peers import DEADLINE

RATE = 24000
# A tenth of a second of sound.
TONE = b"".join(struct.pack("<h", int(9000 * math.sin(index / 20))) for index in range(RATE // 10))


class Exchange:
    """One request, and the answer to it as it is made."""

    def __init__(self, handler: BaseHTTPRequestHandler, body: bytes) -> None:
        self._handler = handler
        self.path, self.headers, self.body = handler.path, handler.headers, body
        self._streams = False

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    def answer(self, value: Any, status: int = 200, kind: str = "application/json") -> None:
        data = value if isinstance(value, bytes) else json.dumps(value).encode()
        self._handler.send_response(status)
        self._handler.send_header("Content-Type", kind)
        self._handler.send_header("Content-Length", str(len(data)))
        self._handler.end_headers()
        self._handler.wfile.write(data)

    def begin(self, kind: str = "text/event-stream") -> None:
        self._handler.send_response(200)
        self._handler.send_header("Content-Type", kind)
        self._handler.send_header("Transfer-Encoding", "chunked")
        self._handler.end_headers()

    def chunk(self, data: bytes) -> None:
        self._handler.wfile.write(b"%x\r\n%b\r\n" % (len(data), data))
        self._handler.wfile.flush()

    def end(self) -> None:
        self._handler.wfile.write(b"0\r\n\r\n")
        self._handler.wfile.flush()

    def event(self, value: Any) -> None:
        self.chunk(b"data: " + (value if isinstance(value, bytes) else json.dumps(value).encode()) + b"\n\n")

    def delta(self, reason: str | None = None, **delta: Any) -> None:
        self.event({"choices": [{"index": 0, "finish_reason": reason, "delta": delta}]})

    def drop(self) -> None:
        """Closes the connection without ending the answer."""
        self._handler.close_connection = True
        self._handler.connection.shutdown(socket.SHUT_RDWR)

    def wait_closed(self) -> bool:
        """Whether the client has closed the connection, before the test would give up."""
        self._handler.connection.settimeout(DEADLINE)
        try:
            return self._handler.connection.recv(1) == b""
        except ConnectionError:
            return True
        except TimeoutError:
            return False


class Backend:
    """A server whose answers are made by `answer`; `requests` gets what was asked, `returned` what `answer` returned."""

    def __init__(self, answer: Callable[[Exchange], Any]) -> None:
        self.requests: queue.Queue[Exchange] = queue.Queue()
        self.returned: queue.Queue[Any] = queue.Queue()
        self._connections: list[socket.socket] = []
        backend = self

        class Listener(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_: Any) -> None:
                """A connection that a test has closed is no error."""

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self) -> None:
                super().setup()
                backend._connections.append(self.connection)

            def log_message(self, *_: Any) -> None:
                pass

            def do_GET(self) -> None:
                Exchange(self, b"").answer({"object": "list", "data": [{"id": "tiny", "owned_by": "llamacpp"}]})

            def do_HEAD(self) -> None:
                """What opens a connection ahead of a question."""
                self.send_response(200)
                self.send_header("Content-Length", "100")
                self.end_headers()

            def do_POST(self) -> None:
                exchange = Exchange(self, self.rfile.read(int(self.headers["Content-Length"])))
                backend.requests.put(exchange)
                backend.returned.put(answer(exchange))

        self._server = Listener(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def request(self) -> Exchange:
        return self.requests.get(timeout=DEADLINE)

    def __enter__(self) -> Backend:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Ends, with the connections that clients have kept."""
        self._server.shutdown()
        self._server.server_close()
        for connection in self._connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


def say(exchange: Exchange, text: str, usage: Event | None = None) -> None:
    """An answer in text, word by word, with the oddities of a real server."""
    exchange.begin()
    exchange.delta(role="assistant", content=None)
    exchange.chunk(b": a comment\n\n")
    exchange.delta(reasoning_content="I should not say this aloud.")
    for word in text.split(" "):
        exchange.delta(content=word + " ")
    exchange.delta("stop")
    if usage:
        exchange.event({"choices": [], "usage": usage})
    exchange.event(b"[DONE]")
    exchange.end()


def speak(exchange: Exchange, pieces: int = 5) -> None:
    """Raw samples in chunks that end within a sample."""
    exchange.begin("audio/pcm")
    sound = TONE * pieces
    for start in range(0, len(sound), 4801):
        exchange.chunk(sound[start : start + 4801])
    exchange.end()


def talking(*texts: str, **options: Any) -> Callable[[Exchange], None]:
    """A model that says these texts one after the other, the last one again and again."""
    answers: Iterator[str] = iter(texts)
    last = texts[-1]
    return lambda exchange: say(exchange, next(answers, last), **options)
