# Parley: Realtime voice server, doctor and client
# Copyright (c) the Parley authors
# SPDX-License-Identifier: Apache-2.0

"""The servers that are measured side by side, each on the first processor, and the generator on another one."""

from __future__ import annotations

import json
import os
import re
import resource
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
NODE_MODULES = "/usr/share/nodejs"
START_DEADLINE = 30.0
READY = re.compile(r"^(?:ready |parley listening on \S+:)(\d+)$")
ALLOWED = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else [0]


def allow_files() -> None:
    """As many open files as the system lets us have; the servers inherit it."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def pinned(processor: int) -> Callable[[], None]:
    return lambda: os.sched_setaffinity(0, {processor})


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """One running server."""

    def __init__(
        self,
        name: str,
        command: list[str],
        env: dict[str, str] | None = None,
        processor: int = ALLOWED[0],
        port: int | None = None,
    ) -> None:
        """Starts it and waits until it says its port, or, where that is given, takes connections there."""
        self.name = name
        self.process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={**os.environ, **(env or {})},
            preexec_fn=pinned(processor),
        )
        if port is not None:
            return self._await(port, command)
        watchdog = threading.Timer(START_DEADLINE, self.process.kill)
        watchdog.start()
        for line in self.process.stdout:
            if ready := READY.match(line.rstrip("\n")):
                self.port = int(ready[1])
                watchdog.cancel()
                return
        raise SystemExit(f"bench: {name} ended before it was ready: {' '.join(command)}")

    def _await(self, port: int, command: list[str]) -> None:
        end = time.monotonic() + START_DEADLINE
        while self.process.poll() is None and time.monotonic() < end:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    self.port = port
                    return
            time.sleep(0.05)
        self.stop()
        raise SystemExit(f"bench: {self.name} cannot be reached: {' '.join(command)}")

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Peers:
    """How each server is started."""

    def __init__(self, parley: Path, floor: Path, python: str) -> None:
        self.parley, self.floor, self.python = parley, floor, python

    def parley_server(self, *arguments: str) -> Server:
        serve = "serve --port 0 --max-sessions 20000 --log-level error".split()
        # One event loop, as there is one processor.
        loops = {"NIO_SINGLETON_GROUP_LOOP_COUNT": "1"}
        return Server("parley", [str(self.parley), *serve, *arguments], loops)

    def start(self, name: str, processor: int = ALLOWED[0]) -> Server:
        port = str(free_port())
        match name:
            case "parley":
                return self.parley_server("--engine", "loopback")
            case "floor":
                return Server(name, [str(self.floor), port], processor=processor)
            case "python":
                return Server(name, [self.python, str(HERE / "servers/loopback.py"), port])
            case "node":
                return Server(name, ["node", str(HERE / "servers/loopback.js"), port], {"NODE_PATH": NODE_MODULES})
        raise SystemExit(f"bench: there is no server '{name}'")

    def kernels(self, name: str) -> dict[str, float] | None:
        """How long the steps of a message take, in ns."""
        command = {
            "parley": [str(self.parley), "kernels"],
            "python": [self.python, str(HERE / "servers/loopback.py"), "kernels"],
            "node": ["node", str(HERE / "servers/loopback.js"), "kernels"],
        }.get(name)
        if not command:
            return None
        done = subprocess.run(command, capture_output=True, text=True, check=True, preexec_fn=pinned(ALLOWED[-1]))
        return json.loads(done.stdout)

    def load(self, server: Server, *arguments: str) -> dict[str, Any]:
        """Runs `parley bench` against a server and gives its report."""
        command = [str(self.parley), "bench", f"ws://127.0.0.1:{server.port}", "--json", "-", "--threads", "1"]
        command += ["--server-pid", str(server.process.pid), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, preexec_fn=pinned(ALLOWED[-1]))
        try:
            report = json.loads(done.stdout)
        except json.JSONDecodeError:
            raise SystemExit(f"bench: {server.name}: {' '.join(command)}\n{done.stderr}") from None
        for failure in report["failures"]:
            print(f"bench: {server.name}: {failure['count']} × {failure['reason']}", file=sys.stderr)
        return report
