# Parley: Realtime voice server, doctor and client
# Copyright (c) the Parley authors
# SPDX-License-Identifier: Apache-2.0

"""What is measured: runs of the load generator, and the rows of the table that are read from their reports."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median
from typing import Any

Report = dict[str, Any]


@dataclass
class Row:
    """One line of the table. `values` has a list for each server, a value a round."""

    id: str
    title: str
    unit: str
    higher_is_better: bool = False
    values: dict[str, list[float]] = field(default_factory=dict)
    # Whose multiple ours is given as.
    reference: str = "floor"

    def add(self, server: str, value: float | None) -> None:
        if value is not None:
            self.values.setdefault(server, []).append(round(value, 3))

    def median(self, server: str) -> float | None:
        return median(self.values[server]) if self.values.get(server) else None

    def is_relative(self) -> bool:
        """Whether a multiple of the reference means anything.

        The floor holds next to no memory, and added latency can be lost in the noise.
        """
        theirs, ours = self.values.get(self.reference, []), self.values.get("parley", [])
        return self.unit != "KiB" and len(theirs) == len(ours) > 0 and all(value > 0 for value in theirs + ours)

    def against(self) -> list[float]:
        """Ours as a multiple of the reference, round by round; as it is where there is none."""
        ours = self.values.get("parley", [])
        return [a / b for a, b in zip(ours, self.values[self.reference])] if self.is_relative() else ours


@dataclass
class Run:
    """One run of `parley bench`, and what is read from its report."""

    title: str
    arguments: list[str]
    rows: list[tuple[Row, Callable[[Report], float | None]]]
    # Whether it needs a server that holds no memory of earlier sessions.
    is_fresh: bool = False


def cpu(report: Report) -> float | None:
    return report["server"]["cpu_us_each"]


def rate(report: Report) -> float:
    return report["per_second"]


def latency(percentile: str) -> Callable[[Report], float]:
    return lambda report: report["latency_us"][percentile]


def _memory(report: Report) -> float:
    return report["server"]["resident_bytes_per_session"] / 1024


def _sessions(report: Report) -> float | None:
    return report["server"]["sessions_per_core"]


IDLE, SATURATED = 1000, 200
PACED = {100: 300, 20: 100}


def runs(seconds: float) -> list[Run]:
    """All runs, in their order."""
    time = ["--duration", f"{seconds}s", "--warmup", "500ms"]
    idle = ["--mode", "idle", "--sessions", str(IDLE), "--duration", "1s", "--warmup", "200ms"]
    all_runs = [
        Run(
            f"{IDLE} idle sessions",
            idle,
            [(Row("idle.memory", f"memory of an idle session, {IDLE} sessions", "KiB"), _memory)],
            is_fresh=True,
        )
    ]
    for ms, sessions in PACED.items():
        rows = [
            (Row(f"paced{ms}.cpu", f"CPU a message, {sessions} sessions at real-time rate, {ms} ms", "µs"), cpu),
            (Row(f"paced{ms}.p50", f"latency p50, {sessions} sessions at real-time rate, {ms} ms", "µs"), latency("p50")),
            (Row(f"paced{ms}.p99", f"latency p99, {sessions} sessions at real-time rate, {ms} ms", "µs"), latency("p99")),
        ]
        if ms == 100:
            rows.append((Row("talking.memory", f"memory of a talking session, {sessions} sessions", "KiB"), _memory))
        arguments = ["--sessions", str(sessions), "--chunk-ms", str(ms), *time]
        all_runs.append(Run(f"{sessions} sessions at real-time rate, {ms} ms", arguments, rows, is_fresh=ms == 100))
    for ms in PACED:
        arguments = ["--rate", "max", "--sessions", str(SATURATED), "--chunk-ms", str(ms), *time]
        rows = [
            (Row(f"full{ms}.cpu", f"CPU a message, saturated, {ms} ms", "µs"), cpu),
            (Row(f"full{ms}.sessions", f"real-time sessions a core, saturated, {ms} ms", "", True), _sessions),
            (Row(f"full{ms}.rate", f"messages a second, saturated, {ms} ms", "/s", True), rate),
        ]
        all_runs.append(Run(f"saturated by {SATURATED} sessions, {ms} ms", arguments, rows))
    arguments = ["--mode", "handshake", "--sessions", "32", *time]
    rows = [
        (Row("handshake.cpu", "CPU a handshake and close", "µs"), cpu),
        (Row("handshake.rate", "handshakes a second", "/s", True), rate),
    ]
    all_runs.append(Run("handshakes", arguments, rows))
    return all_runs


KERNELS = {
    "append.read": "step: read an append of 100 ms and decode its audio",
    "delta.write": "step: encode the audio and write the delta",
    "base64.decode": "step: base64 of 4,800 bytes to bytes",
    "base64.encode": "step: 4,800 bytes to base64",
    "frame.read": "step: read and unmask a frame of 6.4 KB",
    "frame.write": "step: write a frame of 6.4 KB",
}


def kernel_rows() -> dict[str, Row]:
    return {name: Row(f"step.{name}", title, "ns") for name, title in KERNELS.items()}
