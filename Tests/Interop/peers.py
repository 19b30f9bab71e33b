# Parley: Realtime voice server, doctor and client
# Copyright (c) the Parley authors
# SPDX-License-Identifier: Apache-2.0

"""Clients as the scenarios see them: something that sends events and receives events until it is closed.

Each peer wraps one real client library. A peer that blocks while it reads has a thread that reads, so that every wait
has a deadline; the deadlines are generous and only end a test that would hang.
"""

from __future__ import annotations

import base64
import json
import queue
import subprocess
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dialects import Event, append

DEADLINE = 30.0
PIECE_MS = 100
BYTES_PER_MS = 48


@dataclass
class Closed(Exception):
    """The connection has ended: the code and the reason as the client library gives them to its application."""

    code: int
    reason: str = ""
    clean: bool = True


@dataclass
class Refused(Exception):
    """The server answered the upgrade with an HTTP response other than 101."""

    status: int
    body: str = ""


def pieces(pcm: bytes, ms: int = PIECE_MS) -> list[bytes]:
    size = ms * BYTES_PER_MS
    return [pcm[start : start + size] for start in range(0, len(pcm), size)]


def parse(text: str | bytes) -> Event:
    """A message as an event. JSON from the server is text, and a single object."""
    assert isinstance(text, str), f"the protocol has text messages only, but {len(text)} bytes of binary came"
    return json.loads(text)


class Peer:
    """A client with a thread that reads. A subclass says how to send a text, read one message, and close."""

    protocol: str | None = None

    def __init__(self) -> None:
        self._inbox: queue.Queue[Event | BaseException] = queue.Queue()
        self._end: BaseException | None = None

    def start(self) -> None:
        threading.Thread(target=self._read_all, daemon=True).start()

    def _read_all(self) -> None:
        try:
            while True:
                self._inbox.put(self.read())
        except BaseException as end:  # noqa: BLE001 - it is handed to the test, which knows what it expects
            self._inbox.put(end)

    def read(self) -> Event:
        raise NotImplementedError

    def send_text(self, text: str) -> None:
        raise NotImplementedError

    def close(self) -> None:
        raise NotImplementedError

    def send(self, event: Event) -> None:
        self.send_text(json.dumps(event))

    def append(self, pcm: bytes) -> None:
        for piece in pieces(pcm):
            self.send(append(piece))

    def receive(self, timeout: float = DEADLINE) -> Event:
        if self._end:
            raise self._end
        try:
            received = self._inbox.get(timeout=timeout)
        except queue.Empty:
            raise TimeoutError(f"nothing came from the server within {timeout:.0f} s") from None
        if isinstance(received, BaseException):
            self._end = received
            raise received
        return received

    def wait_closed(self, timeout: float = DEADLINE) -> Closed:
        """Drops what still comes and returns how the connection ended."""
        try:
            while True:
                self.receive(timeout)
        except Closed as closed:
            return closed

    def __enter__(self) -> Peer:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class RecordPeer(Peer):
    """A client in another language, which reports what happens to its socket as one record after another.

    Records: `open` (protocol), `message` (data), `refused` (status, body), `error` (message), `pong` (data),
    `close` (code, reason).
    """

    def __init__(self) -> None:
        super().__init__()
        self.records: list[dict[str, Any]] = []
        self.pongs: queue.Queue[str] = queue.Queue()
        self._handshake: queue.Queue[dict[str, Any] | BaseException] = queue.Queue()

    def next_record(self) -> dict[str, Any]:
        raise NotImplementedError

    def wait_open(self, timeout: float = DEADLINE) -> dict[str, Any]:
        """Returns when the handshake has succeeded; raises Refused or Closed when it has not."""
        try:
            result = self._handshake.get(timeout=timeout)
        except queue.Empty:
            raise TimeoutError(f"no answer to the upgrade within {timeout:.0f} s") from None
        if isinstance(result, BaseException):
            raise result
        self.protocol = result.get("protocol")
        return result

    def read(self) -> Event:
        try:
            while True:
                record = self.next_record()
                self.records.append(record)
                event = self._take(record)
                if event is not None:
                    return event
        except BaseException as end:
            self._handshake.put(end)
            raise

    def _take(self, record: dict[str, Any]) -> Event | None:
        match record["kind"]:
            case "open":
                self._handshake.put(record)
            case "message":
                return parse(record["data"])
            case "refused":
                raise Refused(record["status"], record.get("body", ""))
            case "close":
                raise Closed(record["code"], record.get("reason", ""), record.get("clean", True))
            case "error":
                pass  # A `close` follows.
            case "pong":
                self.pongs.put(record["data"])
            case _:
                raise AssertionError(f"the client reports: {record}")
        return None


class ProcessPeer(RecordPeer):
    """A client program that takes commands on its standard input and reports on its output, one JSON object a line."""

    def __init__(self, command: list[str], configuration: dict[str, Any], env: dict[str, str] | None = None) -> None:
        super().__init__()
        self._process = subprocess.Popen(
            [*command, json.dumps(configuration)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=env,
        )
        self.start()
        try:
            self.wait_open()
        except BaseException:
            self._end_process()
            raise

    def next_record(self) -> dict[str, Any]:
        line = self._process.stdout.readline()
        if not line:
            raise AssertionError(f"the client program ended with exit code {self._process.wait()}")
        return json.loads(line)

    def command(self, **members: Any) -> None:
        self._process.stdin.write(json.dumps(members) + "\n")
        self._process.stdin.flush()

    def send_text(self, text: str) -> None:
        self.command(send=text)

    def send_binary(self, data: bytes) -> None:
        self.command(binary=base64.b64encode(data).decode())

    def ping(self, text: str) -> str:
        self.command(ping=text)
        return self.pongs.get(timeout=DEADLINE)

    def close(self) -> None:
        if self._end is None:
            try:
                self.command(close=[1000, ""])
                self.wait_closed()
            except BrokenPipeError:
                pass
        self._end_process()

    def _end_process(self) -> None:
        self._process.stdin.close()
        try:
            self._process.wait(timeout=DEADLINE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            raise AssertionError("the client program did not end by itself") from None


class LibraryPeer(Peer):
    """A blocking Python library, given as three callables."""

    def __init__(
        self,
        read: Callable[[], str | bytes],
        send: Callable[[str], None],
        close: Callable[[], None],
        protocol: str | None = None,
    ) -> None:
        super().__init__()
        self._read, self._send, self._close, self.protocol = read, send, close, protocol
        self.start()

    def read(self) -> Event:
        return parse(self._read())

    def send_text(self, text: str) -> None:
        self._send(text)

    def close(self) -> None:
        self._close()
