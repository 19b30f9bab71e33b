# Parley: Realtime voice server, doctor and client
# Copyright (c) the Parley authors
# SPDX-License-Identifier: Apache-2.0

"""Starts the server under test and stops it again."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import ssl
import subprocess
import tempfile
import threading
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parents[2]
START_DEADLINE = 60.0
STOP_DEADLINE = 30.0
READY = re.compile(r"^parley listening on (https?)://(\S+):(\d+)$")


def binary() -> Path:
    return Path(os.environ.get("PARLEY_BIN") or ROOT / ".build/debug/parley").resolve()


class Server:
    """One `parley serve` on a port of its own choice. Its log is kept in a file, for when a test fails."""

    def __init__(self, *arguments: str, env: dict[str, str] | None = None, open_files: int | None = None) -> None:
        self.arguments = arguments
        self.tls = any(a.startswith("--tls") for a in arguments)
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as the server
        command = [str(binary()), "serve", "--port", "0", *arguments]
        if not {"--engine", "--llm", "--stt", "--tts"} & set(arguments):
            command += ["--engine", "local"]
        if open_files:
            # Both limits, as the server raises the soft one to the hard one.
            command = ["sh", "-c", f'ulimit -n {open_files}; exec "$0" "$@"', *command]
        self.process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
            env={**os.environ, "NO_COLOR": "1", **(env or {})},
        )
        self.port = self._wait_ready()
        # Whatever else it prints must not fill the pipe.
        threading.Thread(target=self.process.stdout.read, daemon=True).start()

    def _wait_ready(self) -> int:
        watchdog = threading.Timer(START_DEADLINE, self.process.kill)
        watchdog.start()
        try:
            for line in self.process.stdout:
                if ready := READY.match(line.rstrip("\n")):
                    return int(ready[3])
        finally:
            watchdog.cancel()
        code = self.process.wait()
        raise AssertionError(f"the server ended with exit code {code} before it was ready:\n{self.log}")

    @property
    def log(self) -> str:
        size = os.fstat(self._log.fileno()).st_size
        return os.pread(self._log.fileno(), size, 0).decode(errors="replace")

    def url(self, path: str = "/v1/realtime", host: str = "127.0.0.1", **query: str) -> str:
        scheme = "wss" if self.tls else "ws"
        return f"{scheme}://{host}:{self.port}{path}" + (f"?{urlencode(query)}" if query else "")

    def http(self, path: str = "") -> str:
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}{path}"

    def certificate(self) -> ssl.SSLContext:
        """A context that trusts this server's own certificate, and checks it and the name in it."""
        context = ssl.create_default_context(cadata=ssl.get_server_certificate(("127.0.0.1", self.port)))
        assert context.verify_mode == ssl.CERT_REQUIRED and context.check_hostname
        return context

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=STOP_DEADLINE)

    def signal(self) -> None:
        self.process.send_signal(signal.SIGTERM)

    def wait(self) -> int:
        """The exit code, which must come within the deadline."""
        try:
            return self.process.wait(timeout=STOP_DEADLINE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError(f"the server did not end on SIGTERM:\n{self.log}") from None

    def stop(self) -> None:
        """A server that is told to end does so, and calls it success."""
        if self.process.poll() is None:
            self.signal()
        code = self.wait()
        assert code == 0, f"the server ended with exit code {code}:\n{self.log}"

    def __enter__(self) -> Server:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        try:
            self.stop()
        finally:
            self._log.close()


class Answer:
    """A plain HTTP answer, whatever its status."""

    def __init__(self, status: int, headers: Any, body: bytes) -> None:
        self.status, self.headers, self.body = status, headers, body

    @property
    def json(self) -> Any:
        assert self.headers.get_content_type() == "application/json", self.headers.get_content_type()
        return json.loads(self.body)

    @property
    def error(self) -> Any:
        """The error object, whose members the contract names."""
        error = self.json["error"]
        assert {"type", "code", "message", "param", "cause"} <= set(error), error
        assert isinstance(error["type"], str) and error["message"], error
        return error


def fetch(
    url: str,
    method: str = "GET",
    body: Any = None,
    headers: dict[str, str] | None = None,
    context: ssl.SSLContext | None = None,
) -> Answer:
    data = None if body is None else json.dumps(body).encode()
    fields = {"Content-Type": "application/json"} if data is not None else {}
    request = urllib.request.Request(url, data=data, method=method, headers={**fields, **(headers or {})})
    handlers: list[urllib.request.BaseHandler] = [urllib.request.ProxyHandler({})]
    if context:
        handlers.append(urllib.request.HTTPSHandler(context=context))
    opener = urllib.request.build_opener(*handlers)
    try:
        with opener.open(request, timeout=STOP_DEADLINE) as answer:
            return Answer(answer.status, answer.headers, answer.read())
    except urllib.error.HTTPError as error:
        with error:
            return Answer(error.code, error.headers, error.read())


def free_port() -> int:
    """A port that nobody listens on now; for programs that cannot choose one themselves."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
