# Parley: Realtime voice server, doctor and client
# Copyright (c) the Parley authors
# SPDX-License-Identifier: Apache-2.0

"""Measures Parley and its reference points side by side, or compares two results. `make bench` calls it.

    run.py measure --parley BIN --floor BIN --out FILE.json [--rounds 3] [--seconds 2] [--html FILE]
    run.py compare BASE.json NEW.json
    run.py table FILE.json          the table once more, as Markdown
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from typing import Any

import chart
from peers import ALLOWED, Peers, Server, allow_files
from relays import Relays
from rows import Row, kernel_rows, runs

SERVERS = ["floor", "parley", "node", "python"]
RELAYS = ["direct", "haproxy", "parley"]
# Less than this is not worth a word, whatever the rounds say.
LEAST_CHANGE = 0.03


def load_average() -> float:
    return round(os.getloadavg()[0], 2)


def machine() -> dict[str, Any]:
    model = platform.processor()
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.split(": ", 1)[1]
            break
    return {"processor": model, "cores": len(ALLOWED), "system": f"{platform.system()} {platform.release()}"}


def measure(arguments: argparse.Namespace) -> None:
    if not sys.platform.startswith("linux"):
        raise SystemExit("bench: processor time per message is read from /proc, which only Linux has")
    if len(ALLOWED) < 2:
        raise SystemExit("bench: needs two processors, one for the server and one for the generator")
    allow_files()
    peers = Peers(arguments.parley.resolve(), arguments.floor.resolve(), sys.executable)
    plan, steps = runs(arguments.seconds), kernel_rows()
    relays = Relays(peers, arguments.seconds)
    loads: list[float] = []
    total = arguments.rounds * (len(plan) * len(SERVERS) + len(relays.runs) * len(relays.names))
    done, began = 0, time.monotonic()

    def note(text: str) -> None:
        nonlocal done
        done += 1
        loads.append(load_average())
        print(f"bench: {done}/{total} {int(time.monotonic() - began):3} s  {text}", file=sys.stderr, flush=True)

    for number in range(arguments.rounds):
        servers: dict[str, Server] = {}
        try:
            for run in plan:
                for name in SERVERS:
                    if run.is_fresh and name in servers:
                        servers.pop(name).stop()
                    server = servers.get(name) or servers.setdefault(name, peers.start(name))
                    note(f"round {number + 1}: {run.title}: {server.name}")
                    report = peers.load(server, *run.arguments)
                    for warning in report["warnings"]:
                        print(f"bench:   {warning}", file=sys.stderr)
                    for row, read in run.rows:
                        row.add(server.name, read(report))
        finally:
            for server in servers.values():
                server.stop()
        relays.round(lambda text: note(f"round {number + 1}: {text}"))
        for name in SERVERS:
            for kernel, value in (peers.kernels(name) or {}).items():
                steps[kernel].add(name, value)
    rows = [row for run in plan for row, _ in run.rows] + relays.rows + list(steps.values())
    result = {
        "schema": "parley.benchmarks/1",
        "machine": machine(),
        "date": time.strftime("%Y-%m-%d"),
        "rounds": arguments.rounds,
        "seconds": arguments.seconds,
        "load_average": {"median": median(loads), "highest": max(loads)},
        "rows": [vars(row) for row in rows],
    }
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    arguments.out.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n")
    if arguments.html:
        arguments.html.write_text(chart.html(result, rows, [*SERVERS, *(name for name in RELAYS if name not in SERVERS)]))
    print(table(result))


def read(path: Path) -> tuple[dict[str, Any], list[Row]]:
    result = json.loads(path.read_text())
    return result, [Row(**row) for row in result["rows"]]


def number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def table(result: dict[str, Any]) -> str:
    """Medians of the rounds, and ours as a multiple of the reference."""
    load = result["load_average"]
    rows = [Row(**row) for row in result["rows"]]
    lines = [
        f"{result['machine']['processor']}, {result['machine']['cores']} cores, {result['machine']['system']}; "
        f"load average {load['median']} (highest {load['highest']}), {result['rounds']} rounds, {result['date']}"
    ]
    for reference, servers in (("floor", SERVERS), ("haproxy", RELAYS)):
        if not any(row.reference == reference for row in rows):
            continue
        lines += ["", f"| | unit | {' | '.join(servers)} | parley / {reference} |"]
        lines.append("|---|---|" + "---:|" * (len(servers) + 1))
        for row in (row for row in rows if row.reference == reference):
            ratio = median(row.against()) if row.is_relative() else None
            cells = [row.title, row.unit, *(number(row.median(name)) for name in servers), number(ratio)]
            lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def spread(values: list[float]) -> float:
    """Half of the distance of the extremes, as a part of the median: the noise between rounds."""
    return (max(values) - min(values)) / 2 / median(values) if median(values) else 0


def compare(base_path: Path, new_path: Path) -> None:
    """Compares multiples of the reference, since the machine may not be the same, nor as busy."""
    (base, base_rows), (new, new_rows) = read(base_path), read(new_path)
    if base["machine"] != new["machine"]:
        print(f"bench: not the same machine: {base['machine']} and {new['machine']}; trust ratios only", file=sys.stderr)
    known = {row.id: row for row in base_rows}
    width = max(len(row.title) for row in new_rows)
    print(f"{'':{width}}  {'before':>9}  {'now':>9}  {'change':>8}  {'noise':>7}  (multiples of the reference where there is one)")
    for row in new_rows:
        before = known[row.id].against() if row.id in known else []
        now = row.against()
        if not before or not now:
            continue
        change = median(now) / median(before) - 1 if median(before) else 0
        noise = spread(before) + spread(now)
        word = ""
        if abs(change) > max(noise, LEAST_CHANGE):
            word = "better" if (change > 0) == row.higher_is_better else "WORSE"
        line = f"{row.title:{width}}  {number(median(before)):>9}  {number(median(now)):>9}"
        print(f"{line}  {change:>+8.1%}  {noise:>7.1%}  {word}".rstrip())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    measuring = commands.add_parser("measure")
    measuring.add_argument("--parley", type=Path, required=True)
    measuring.add_argument("--floor", type=Path, required=True)
    measuring.add_argument("--out", type=Path, required=True)
    measuring.add_argument("--html", type=Path)
    measuring.add_argument("--rounds", type=int, default=3)
    measuring.add_argument("--seconds", type=float, default=2)
    comparing = commands.add_parser("compare")
    comparing.add_argument("base", type=Path)
    comparing.add_argument("new", type=Path)
    commands.add_parser("table").add_argument("file", type=Path)
    arguments = parser.parse_args()
    match arguments.command:
        case "measure":
            measure(arguments)
        case "compare":
            compare(arguments.base, arguments.new)
        case "table":
            print(table(read(arguments.file)[0]))


if __name__ == "__main__":
    main()
