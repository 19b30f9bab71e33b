# Parley: Realtime voice server, doctor and client
# Copyright (c) the Parley authors
# SPDX-License-Identifier: Apache-2.0

"""Relays side by side: Parley's, and HAProxy passing TCP on, before an upstream that shares the generator's processor."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from peers import ALLOWED, Peers, Server, free_port
from rows import Report, Row, cpu, latency, rate

DIRECT = "direct"
REFERENCE = "haproxy"
SESSIONS, SATURATED = 50, 100

HAPROXY = """
global
    nbthread 1
    maxconn 4000
defaults
    mode tcp
    timeout connect 5s
    timeout client 60s
    timeout server 60s
listen relay
    bind 127.0.0.1:{port}
    server upstream 127.0.0.1:{upstream}
"""


def relays() -> list[str]:
    """What is measured: the upstream without a relay first."""
    if shutil.which("haproxy"):
        return [DIRECT, REFERENCE, "parley"]
    print("bench: HAProxy is not installed: the relay is measured without a reference", file=sys.stderr)
    return [DIRECT, "parley"]


def row(id: str, title: str, unit: str, higher_is_better: bool = False) -> Row:
    return Row(f"relay.{id}", f"relay: {title}", unit, higher_is_better, reference=REFERENCE)


class Relays:
    """The rows about relays, and how they are measured."""

    def __init__(self, peers: Peers, seconds: float) -> None:
        self.peers = peers
        self.names = relays()
        time = ["--chunk-ms", "100", "--duration", f"{seconds}s", "--warmup", "500ms"]
        paced = f"{SESSIONS} sessions at real-time rate, 100 ms"
        self.cpu = row("paced.cpu", f"CPU a message, {paced}", "µs")
        self.added = {p: row(f"paced.{p}", f"added latency {p}, {paced}", "µs") for p in ("p50", "p99")}
        self.full_cpu = row("full.cpu", "CPU a message, saturated, 100 ms", "µs")
        self.full_rate = row("full.rate", "messages a second, saturated, 100 ms", "/s", True)
        self.rows = [self.cpu, *self.added.values(), self.full_cpu, self.full_rate]
        self.runs: list[tuple[list[str], Callable[[dict[str, Report]], None]]] = [
            (["--sessions", str(SESSIONS), *time], self._paced),
            (["--rate", "max", "--sessions", str(SATURATED), *time], self._saturated),
        ]

    def round(self, note: Callable[[str], None]) -> None:
        """Measures each once."""
        with tempfile.TemporaryDirectory() as folder:
            upstream = self.peers.start("floor", ALLOWED[-1])
            servers = {DIRECT: upstream}
            try:
                for name in self.names[1:]:
                    servers[name] = self._start(name, upstream.port, Path(folder))
                for arguments, read in self.runs:
                    reports = {}
                    for name in self.names:
                        note(f"relay {' '.join(arguments[:4])}: {name}")
                        reports[name] = self.peers.load(servers[name], *arguments)
                    read(reports)
            finally:
                for server in servers.values():
                    server.stop()

    def _start(self, name: str, upstream: int, folder: Path) -> Server:
        if name == "parley":
            return self.peers.parley_server("--upstream", f"ws://127.0.0.1:{upstream}/v1/realtime")
        port = free_port()
        settings = folder / "haproxy.cfg"
        settings.write_text(HAPROXY.format(port=port, upstream=upstream))
        return Server(name, ["haproxy", "-db", "-f", str(settings)], port=port)

    def _paced(self, reports: dict[str, Report]) -> None:
        for name in self.names[1:]:
            self.cpu.add(name, cpu(reports[name]))
        for percentile, added in self.added.items():
            read = latency(percentile)
            direct = read(reports[DIRECT])
            for name in self.names[1:]:
                added.add(name, read(reports[name]) - direct)

    def _saturated(self, reports: dict[str, Report]) -> None:
        for name in self.names:
            self.full_rate.add(name, rate(reports[name]))
            if name != DIRECT:
                self.full_cpu.add(name, cpu(reports[name]))
