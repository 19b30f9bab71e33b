# Parley: Realtime voice server, doctor and client
# Copyright (c) the Parley authors
# SPDX-License-Identifier: Apache-2.0

"""What a test of the doctor says: a server, how the doctor is asked, and what it has to answer."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

# Starts a server in an empty directory; while the context lives, it can be asked at the port it gives.
Start = Callable[[Path], AbstractContextManager[int]]

CHROME, FIREFOX, NODE, UNDICI = "chrome-realtime-console", "firefox-realtime-console", "node-ws", "node-undici"
PYTHON, AIOHTTP, CLIENT, SDK = "python-websockets", "python-aiohttp", "python-websocket-client", "openai-python"
GORILLA, OKHTTP, JAVA = "go-gorilla", "okhttp", "java-http"

CLASSES = {"srv": 1, "net": 2, "fw": 3, "tls": 4, "org": 5, "code": 6, "ver": 7}

REALTIME = "/v1/realtime?model=m"
OFFER = ("--subprotocol", "realtime", "--subprotocol", "openai-insecure-api-key.sk-case")
PAGE = ("--origin", "http://localhost:5173")
BROWSER = ("--client", "browser")


@dataclass(frozen=True)
class Case:
    """One server and what is wrong with it."""

    # The cause that must be named first; empty where nothing is wrong.
    cause: str
    # What fails, in words.
    what: str
    start: Start
    # What the doctor is told beside the address.
    flags: tuple[str, ...] = ()
    path: str = "/"
    scheme: str = "ws"
    host: str = "127.0.0.1"
    # Clients that connect and clients that do not.
    ok: tuple[str, ...] = ()
    fail: tuple[str, ...] = ()
    # Other causes that may be named first: what cannot be told apart from outside.
    also: tuple[str, ...] = ()
    # The server software that has to be recognised.
    software: str = ""

    @property
    def id(self) -> str:
        return f"{self.cause or 'healthy'}: {self.what}"

    @property
    def number(self) -> int:
        return CLASSES[self.cause.partition("-")[0]] if self.cause else 0

    def arguments(self, port: int, directory: Path) -> list[str]:
        """The doctor's arguments; `{port}`, `{dir}` and `{behind}`, the port behind a proxy, are filled in."""
        behind = directory / "behind/port"
        known = {
            "{port}": str(port),
            "{dir}": str(directory),
            "{behind}": behind.read_text() if behind.exists() else "",
        }
        fill = list(self.flags)
        for name, value in known.items():
            fill = [flag.replace(name, value) for flag in fill]
        return [f"{self.scheme}://{self.host}:{port}{self.path}", *fill]
