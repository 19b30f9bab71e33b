#!/usr/bin/env python3
# Parley: Realtime voice server, doctor and client
# Copyright (c) the Parley authors
# SPDX-License-Identifier: Apache-2.0

"""Many short sessions, most of them broken off, after which the server must hold no more than after the first few.

    soak.py [--sessions 50000] [--at-once 32] [--engine local]

Compared are what the process holds after a warm-up and at the end: memory, descriptors, child processes, and what
/readyz counts. PARLEY_BIN names the server.
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import json
import os
import socket
import struct
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from server import Server, fetch
from wire import CLOSE, TEXT, Wire, frame, handshake

# What allocators keep back differs from run to run; a leak of one session's state, about 20 KB, is 1 GB after 50,000.
TOLERATED_KILOBYTES = 24 * 1024
# Seconds.
SETTLING = 30.0
# So often in a row the same must be seen.
LOOKS = 5
AUDIO = base64.b64encode(bytes(9_600)).decode()
APPEND = frame(TEXT, json.dumps({"type": "input_audio_buffer.append", "audio": AUDIO}).encode())
ITEM = {
    "type": "conversation.item.create",
    "item": {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "hello"}]},
}


@dataclass(frozen=True)
class Held:
    """What a server's process holds."""

    kilobytes: int
    descriptors: dict[str, str]
    children: set[str]
    sessions: int
    connections: int

    def __str__(self) -> str:
        return (
            f"{self.kilobytes / 1024:.1f} MiB, {len(self.descriptors)} descriptors, {len(self.children)} child "
            f"processes, {self.sessions} sessions, {self.connections} connections"
        )

    def is_idle(self, reserve: int) -> bool:
        """Nobody is served, and as many programs as belong there stand ready to speak."""
        return self.sessions == 0 and self.connections == 0 and len(self.children) == reserve

    def holds_the_same_as(self, other: Held | None) -> bool:
        """Compared by what they are: a program's pipes have other numbers than those of the one before it."""
        return other is not None and (self.descriptors, self.children) == (other.descriptors, other.children)


def open_descriptors(process: Path) -> dict[str, str]:
    found = {}
    for descriptor in (process / "fd").iterdir():
        # One that is closed between the two questions is not held.
        with contextlib.suppress(FileNotFoundError):
            found[descriptor.name] = os.readlink(descriptor)
    return found


def is_running(child: str) -> bool:
    try:
        return Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


def running_children(process: Path) -> set[str]:
    """Without those that have ended and wait to be asked for their exit code."""
    found = set()
    for task in (process / "task").iterdir():
        # A thread may end between the questions.
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            children = (task / "children").read_text().split()
            found.update(child for child in children if is_running(child))
    return found


def held(server: Server) -> Held:
    process = Path(f"/proc/{server.process.pid}")
    status = (process / "status").read_text()
    # Before the question over HTTP, which holds a connection of its own.
    descriptors, children = open_descriptors(process), running_children(process)
    ready = fetch(server.http("/readyz")).json
    return Held(
        kilobytes=int(status.split("VmRSS:")[1].split()[0]),
        descriptors=descriptors,
        children=children,
        sessions=ready["sessions"],
        connections=ready["connections"] - 1,
    )


def settled(server: Server, reserve: int, at_most: Held | None = None) -> Held:
    """What is held when the server is idle and nothing has changed for some looks.

    One look is not enough: a program that has just been ended counts for a moment as the one in reserve, without its
    pipes.
    """
    end = time.monotonic() + SETTLING
    last, alike = None, 0
    while True:
        now = held(server)
        is_settled = now.is_idle(reserve) and (not at_most or len(now.descriptors) <= len(at_most.descriptors))
        alike = alike + 1 if is_settled and now.holds_the_same_as(last) else 0
        if alike == LOOKS or time.monotonic() > end:
            return now
        last = now
        time.sleep(0.2)


# The ways in which a session ends.


def reset(wire: Wire) -> None:
    """TCP is broken off, not ended."""
    wire.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def opened(wire: Wire) -> None:
    assert wire.upgrade("/v1/realtime")[0] == 101
    assert wire.receive_event()["type"] == "session.created"


def after_connect(wire: Wire) -> None:
    pass


def after_half_a_head(wire: Wire) -> None:
    request = handshake("/v1/realtime", wire.port)
    wire.send(request[: len(request) // 2])


def after_request(wire: Wire) -> None:
    wire.send(handshake("/v1/realtime", wire.port))


def reset_after_request(wire: Wire) -> None:
    wire.send(handshake("/v1/realtime", wire.port))
    reset(wire)


def reset_after_101(wire: Wire) -> None:
    assert wire.upgrade("/v1/realtime")[0] == 101
    reset(wire)


def after_created(wire: Wire) -> None:
    opened(wire)


def in_an_append(wire: Wire) -> None:
    opened(wire)
    wire.send(APPEND[: len(APPEND) // 2])


def reset_after_appends(wire: Wire) -> None:
    opened(wire)
    wire.send(APPEND * 10)
    reset(wire)


def in_a_response(wire: Wire, text: str = "text") -> None:
    opened(wire)
    wire.send_event(ITEM)
    wire.send_event({"type": "response.create", "response": {"output_modalities": [text]}})
    while wire.receive_event()["type"] != "response.created":
        pass


def reset_in_a_spoken_response(wire: Wire) -> None:
    in_a_response(wire, "audio")
    reset(wire)


def without_goodbye(wire: Wire) -> None:
    in_a_response(wire)
    while wire.receive_event()["type"] != "response.done":
        pass


def with_goodbye(wire: Wire) -> None:
    opened(wire)
    wire.send_frame(CLOSE, b"\x03\xe8")
    assert wire.receive_close()[0] == 1000
    wire.rest()


def refused(wire: Wire) -> None:
    assert wire.upgrade("/nowhere")[0] == 404


QUICK: list[Callable[[Wire], None]] = [
    after_connect, after_half_a_head, after_request, reset_after_request, reset_after_101, after_created,
    in_an_append, reset_after_appends, with_goodbye, refused,
]  # fmt: skip
# These keep an engine busy.
ANSWERED: list[Callable[[Wire], None]] = [in_a_response, without_goodbye, reset_in_a_spoken_response]


def ways(engine: str) -> list[Callable[[Wire], None]]:
    return QUICK + ANSWERED if engine == "local" else QUICK


def run_sessions(server: Server, count: int, at_once: int, engine: str, report: Callable[[str], None]) -> None:
    """Opens and breaks off so many sessions. What a client sees must be what it may see."""
    kinds = ways(engine)
    numbers = iter(range(count))
    lock = threading.Lock()
    failures: list[str] = []
    begun = time.monotonic()

    def work() -> None:
        while not failures:
            with lock:
                number = next(numbers, None)
            if number is None:
                return
            way = kinds[number % len(kinds)]
            try:
                with Wire(server.port) as wire:
                    way(wire)
            except Exception as error:  # noqa: BLE001 - whatever it is, it ends the run
                failures.append(f"session {number}, {way.__name__}: {error!r}")
            if number % 5_000 == 4_999:
                rate = (number + 1) / (time.monotonic() - begun)
                report(f"{number + 1} sessions, {rate:.0f}/s: {held(server)}")

    threads = [threading.Thread(target=work) for _ in range(at_once)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures, failures[0]


def soak(count: int, at_once: int, engine: str, report: Callable[[str], None] = lambda _: None) -> tuple[Held, Held]:
    """What a server held after a tenth of the sessions, at least 500, and after all."""
    warm_up = max(count // 10, 500)
    # One program of the synthesizer waits for a sentence.
    reserve = 1 if engine == "local" else 0
    with Server("--engine", engine, "--log-level", "error") as server:
        fresh = settled(server, reserve)
        report(f"fresh: {fresh}")
        run_sessions(server, warm_up, at_once, engine, lambda _: None)
        before = settled(server, reserve)
        report(f"after a warm-up of {warm_up}: {before}")
        run_sessions(server, count, at_once, engine, report)
        after = settled(server, reserve, before)
        report(f"after {count} more: {after}")
    return before, after


def kind(target: str) -> str:
    """`pipe` for `pipe:[4711]`; a file's own path."""
    return target if target.startswith("/") else target.removeprefix("anon_inode:").split(":")[0]


def leaks(before: Held, after: Held) -> list[str]:
    """What is held in the end and was not after the warm-up."""
    found = []
    if after.kilobytes - before.kilobytes > TOLERATED_KILOBYTES:
        found.append(f"{(after.kilobytes - before.kilobytes) / 1024:.1f} MiB of memory")
    if len(after.descriptors) > len(before.descriptors):
        kinds = Counter(map(kind, after.descriptors.values())) - Counter(map(kind, before.descriptors.values()))
        found.append("descriptors: " + ", ".join(f"{count} {name}" for name, count in kinds.items()))
    if len(after.children) > len(before.children):
        found.append(f"{len(after.children) - len(before.children)} child processes")
    for name in ("sessions", "connections"):
        if getattr(after, name):
            found.append(f"{getattr(after, name)} {name}")
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sessions", type=int, default=50_000)
    parser.add_argument("--at-once", type=int, default=32)
    parser.add_argument("--engine", choices=["local", "loopback"], default="local")
    options = parser.parse_args()
    found = leaks(*soak(options.sessions, options.at_once, options.engine, lambda line: print(line, flush=True)))
    print("leaked: " + "; ".join(found) if found else "nothing leaked")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
