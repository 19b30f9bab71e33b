# Parley: Realtime voice server, doctor and client
# Copyright (c) the Parley authors
# SPDX-License-Identifier: Apache-2.0

"""The script behind two libraries: Python's `websockets`, and Node's `ws` in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.server import ServerConnection, serve

from conftest import NODE_MODULES

from .script import Close, Script

_NODE = Path(__file__).parent / "server.js"


def pieces(text: str, fragments: int) -> list[str]:
    """A message cut into so many pieces, or as it is."""
    size = max(1, -(-len(text) // fragments))
    return [text[i : i + size] for i in range(0, len(text), size)]


class Foreign:
    """A server on a port of its own; `fragments` cuts its messages, `compression` lets it agree to permessage-deflate."""

    def __init__(self, fragments: int = 1, compression: bool = False) -> None:
        self.fragments, self.compression = fragments, compression
        self.sessions: list[Script] = []
        # What each connection agreed to.
        self.extensions: list[str] = []
        self.port = 0

    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/v1/realtime"


class PythonWebsockets(Foreign):
    def __enter__(self) -> PythonWebsockets:
        self._server = serve(
            self._talk,
            "127.0.0.1",
            0,
            select_subprotocol=lambda _, offered: "realtime" if "realtime" in offered else None,
            compression="deflate" if self.compression else None,
        )
        self.port = self._server.socket.getsockname()[1]
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()

    def _talk(self, connection: ServerConnection) -> None:
        request = connection.request
        offered = ",".join(request.headers.get_all("Sec-WebSocket-Protocol"))
        headers = {name.lower(): value for name, value in request.headers.raw_items()}
        script = Script.of([one.strip() for one in offered.split(",")], headers)
        self.sessions.append(script)
        self.extensions.append(connection.response.headers.get("Sec-WebSocket-Extensions", ""))
        with suppress(ConnectionClosed):
            self._say(connection, script.begin())
            for message in connection:
                self._say(connection, script.take(message))

    def _say(self, connection: ServerConnection, events: Any) -> None:
        for event in events:
            if isinstance(event, Close):
                connection.close(event.code, event.reason)
                return
            text = json.dumps(event)
            connection.send(pieces(text, self.fragments) if self.fragments > 1 else text)


class NodeWS(Foreign):
    def __init__(self, node: str, fragments: int = 1, compression: bool = False) -> None:
        super().__init__(fragments, compression)
        self._node = node

    def __enter__(self) -> NodeWS:
        env = {**os.environ, "NODE_PATH": os.environ.get("NODE_PATH", str(NODE_MODULES))}
        settings = json.dumps({"compression": self.compression})
        self._process = subprocess.Popen(
            [self._node, str(_NODE), settings], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=env
        )
        assert self._process.stdin and self._process.stdout
        self.port = json.loads(self._process.stdout.readline())["port"]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait()
        self._thread.join()
        self._process.stdin.close()
        self._process.stdout.close()

    def _serve(self) -> None:
        for line in self._process.stdout:
            record = json.loads(line)
            number = record["connection"]
            if record["kind"] == "open":
                self.sessions.append(Script.of(record["protocols"], record["headers"]))
                self.extensions.append(record["extensions"])
                self._say(number, self.sessions[-1].begin())
            else:
                self._say(number, self.sessions[number].take(record["data"]))

    def _say(self, number: int, events: Any) -> None:
        for event in events:
            if isinstance(event, Close):
                self._do(connection=number, close=[event.code, event.reason])
            else:
                self._do(connection=number, send=pieces(json.dumps(event), self.fragments))

    def _do(self, **command: Any) -> None:
        with suppress(BrokenPipeError):
            self._process.stdin.write(json.dumps(command) + "\n")
            self._process.stdin.flush()
