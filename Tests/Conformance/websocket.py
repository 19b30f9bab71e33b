#!/usr/bin/env python3
# Parley: Realtime voice server, doctor and client
# Copyright (c) the Parley authors
# SPDX-License-Identifier: Apache-2.0

"""Judges Parley's WebSocket layer with the Autobahn test suite: server and client, with and without compression.

usage: websocket.py [--cases all|quick|PATTERN,...] [--roles server,client] [--compression off,on] [--parley FILE]

A run fails unless every case is OK or informational, by its behaviour and by how the connection was closed; without
compression the cases about it are to be unimplemented. The suite, version 0.8.2 from PyPI, needs Python 2.7 (PYTHON27
names one); where there is none this says so and succeeds, or fails with CI=true.
"""

from __future__ import annotations

import argparse
import collections
import fnmatch
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HOME = ROOT / ".venv" / "autobahn"
REPORTS = ROOT / ".build" / "autobahn"
SUITE = "autobahntestsuite==0.8.2"
# The last one that makes environments for Python 2.7.
VIRTUALENV = "virtualenv==20.15.1"
ALL_CASES = 517
COMPRESSION = {12, 13}
# Seconds instead of minutes: everything but large messages, and every kind of compression once or twice.
QUICK = [f"{section}.*" for section in (1, 2, 3, 4, 5, 6, 7, 10)]
QUICK += [f"12.{kind}.{size}" for kind in range(1, 6) for size in (1, 7)]
QUICK += [f"13.{kind}.{size}" for kind in range(1, 8) for size in (3, 8)]
# In these the suite as the server wants each message compressed for itself, and does so only with clients that offer it.
FORGETFUL = ("13.2.", "13.5.", "13.6.", "13.7.")
SECTIONS = {
    1: "framing", 2: "pings and pongs", 3: "reserved bits", 4: "opcodes", 5: "fragmentation", 6: "UTF-8",
    7: "closing", 9: "large messages", 10: "automatic fragmentation", 12: "compression: contents",
    13: "compression: parameters",
}
PATIENCE = 60.0


class Unavailable(Exception):
    """The suite cannot be had on this machine."""


def python27() -> str:
    roots = [os.environ.get("PYENV_ROOT", ""), str(Path.home() / ".pyenv"), "/usr/local/pyenv", "/opt/pyenv"]
    found = [os.environ.get("PYTHON27"), shutil.which("python2.7"), shutil.which("pypy2.7"), shutil.which("pypy")]
    for root in filter(None, roots):
        found += [str(path) for path in sorted(Path(root).glob("versions/*2.7*/bin/python"))]
    for path in filter(None, found):
        asked = [path, "-c", "import sys, pip; print('%d.%d' % sys.version_info[:2])"]
        try:
            answer = subprocess.run(asked, capture_output=True, text=True)
        except OSError:
            continue
        if answer.stdout.strip() == "2.7":
            return path
    raise Unavailable("the Autobahn test suite needs CPython 2.7 or PyPy 2.7 with pip, and there is none; PYTHON27 names one")


def installed() -> Path:
    """The suite's program, installed if it is not there."""
    wstest = HOME / "env" / "bin" / "wstest"
    if wstest.exists():
        return wstest
    python = python27()
    shutil.rmtree(HOME, ignore_errors=True)
    HOME.mkdir(parents=True)
    tool = HOME / "virtualenv"
    print(f"installing {SUITE} on {python}", file=sys.stderr)
    steps = [
        [python, "-m", "pip", "install", "--quiet", "--target", str(tool), VIRTUALENV],
        [python, "-m", "virtualenv", "--quiet", str(HOME / "env")],
        [str(HOME / "env" / "bin" / "pip"), "install", "--quiet", SUITE],
    ]
    log = HOME / "install.log"
    with log.open("wb") as output:
        for step in steps:
            env = {**os.environ, "PYTHONPATH": str(tool)} if "virtualenv" in step else None
            if subprocess.run(step, stdout=output, stderr=subprocess.STDOUT, env=env).returncode:
                wstest.unlink(missing_ok=True)
                raise Unavailable(f"{SUITE} cannot be installed; {log} says why")
    return wstest


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Run:
    """One role, with or without compression: a folder with the reports and logs."""

    def __init__(self, wstest: Path, parley: Path, role: str, compression: bool) -> None:
        self.wstest, self.parley, self.role, self.compression = wstest, parley, role, compression
        self.name = f"{role}, {'with' if compression else 'without'} compression"
        self.agent = f"parley-{role}-{'deflate' if compression else 'plain'}"
        self.folder = REPORTS / self.agent
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)

    def cases(self, patterns: list[str]) -> dict[str, dict[str, object]]:
        if self.role == "server":
            return self._as_server(patterns)
        if not self.compression:
            return self._as_client(patterns, [], "all")
        usual = [one for one in patterns if not one.startswith(FORGETFUL)]
        forgetful = [one for one in patterns if one.startswith(FORGETFUL)]
        if "*" in patterns or "13.*" in patterns:
            forgetful = [f"{family}*" for family in FORGETFUL]
        found = {}
        if usual:
            found |= self._as_client(usual, [f"{family}*" for family in FORGETFUL], "usual", "--compression")
        if forgetful:
            found |= self._as_client(forgetful, [], "forgetful", "--compression", "--no-context-takeover")
        return found

    def _as_server(self, patterns: list[str]) -> dict[str, dict[str, object]]:
        command = [str(self.parley), "serve", "--echo", "--engine", "loopback", "--port", "0"]
        if self.compression:
            command.append("--compression")
        with open(self.folder / "parley.log", "wb") as log:
            server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)
            try:
                port = None
                for line in server.stdout:
                    if ready := re.match(r"parley listening on http://\S+:(\d+)$", line):
                        port = int(ready[1])
                        break
                if port is None:
                    raise SystemExit(f"the server did not start; see {log.name}")
                servers = [{"agent": self.agent, "url": f"ws://127.0.0.1:{port}/echo"}]
                self._suite("fuzzingclient", self.folder, {"servers": servers}, patterns, []).wait()
            finally:
                stop(server)
        return self._report(self.folder)

    def _as_client(
        self, patterns: list[str], excluded: list[str], name: str, *flags: str
    ) -> dict[str, dict[str, object]]:
        folder = self.folder / name
        folder.mkdir()
        port = free_port()
        suite = self._suite("fuzzingserver", folder, {"url": f"ws://127.0.0.1:{port}"}, patterns, excluded)
        try:
            wait_for(port, suite)
            command = [str(self.parley), "websocket-suite-client", f"ws://127.0.0.1:{port}", "--agent", self.agent]
            with open(folder / "parley.log", "wb") as log:
                if subprocess.run([*command, *flags], stdout=log, stderr=subprocess.STDOUT).returncode:
                    raise SystemExit(f"the client failed; see {log.name}")
        finally:
            stop(suite)
        return self._report(folder)

    def _suite(
        self, mode: str, folder: Path, spec: dict[str, object], patterns: list[str], excluded: list[str]
    ) -> subprocess.Popen[bytes]:
        spec = {
            **spec, "outdir": str(folder), "options": {"failByDrop": False}, "cases": patterns,
            "exclude-cases": excluded, "exclude-agent-cases": {},
        }
        path = folder / "spec.json"
        path.write_text(json.dumps(spec))
        with open(folder / "suite.log", "wb") as log:
            command = [str(self.wstest), "-m", mode, "-s", str(path), "-w", "0"]
            return subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)

    def _report(self, folder: Path) -> dict[str, dict[str, object]]:
        index = folder / "index.json"
        if not index.exists():
            raise SystemExit(f"{self.name}: the suite wrote no report; see {folder}/suite.log")
        return json.loads(index.read_text()).get(self.agent, {})


def wait_for(port: int, suite: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and suite.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise SystemExit("the suite's server did not start")


def stop(process: subprocess.Popen) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def key(case: str) -> list[int]:
    return [int(part) for part in case.split(".")]


def judge(
    name: str, cases: dict[str, dict[str, object]], seconds: float, compression: bool, is_complete: bool
) -> bool:
    """Prints a table, and tells whether nothing is wrong."""
    table: dict[int, collections.Counter] = collections.defaultdict(collections.Counter)
    for case, result in cases.items():
        table[key(case)[0]][result["behavior"]] += 1
    columns = sorted({behaviour for row in table.values() for behaviour in row}, key=lambda b: (b != "OK", b))
    print(f"\n{name}: {len(cases)} cases in {seconds:.0f} s")
    print(f"{'section':32}" + "".join(f"{column:>15}" for column in columns))
    for section in sorted(table):
        row = "".join(f"{table[section][column] or '-':>15}" for column in columns)
        print(f"{section:2} {SECTIONS.get(section, ''):29}{row}")
    total = sum(table.values(), collections.Counter())
    print(f"{'all':32}" + "".join(f"{total[column]:>15}" for column in columns))
    bad = []
    for case, result in cases.items():
        fine = {"OK", "INFORMATIONAL"}
        if not compression and key(case)[0] in COMPRESSION:
            fine = {"UNIMPLEMENTED"}
        if result["behavior"] not in fine or result["behaviorClose"] not in {"OK", "INFORMATIONAL"}:
            bad.append(case)
    for case in sorted(bad, key=key):
        print(f"  {case}: {cases[case]['behavior']}, closed: {cases[case]['behaviorClose']}")
    if is_complete and len(cases) != ALL_CASES:
        print(f"  {len(cases)} cases were run, not {ALL_CASES}")
        return False
    return bool(cases) and not bad


def main() -> int:
    parser = argparse.ArgumentParser(description="Judges Parley's WebSocket layer with the Autobahn test suite.")
    parser.add_argument("--cases", default="all", help="all, quick, or patterns such as 6.*,12.1.1 (default: all)")
    parser.add_argument("--roles", default="server,client", help="server, client or both (default)")
    parser.add_argument("--compression", default="off,on", help="off, on or both (default)")
    parser.add_argument("--parley", type=Path, default=ROOT / ".build" / "release" / "parley")
    options = parser.parse_args()
    patterns = {"all": ["*"], "quick": QUICK}.get(options.cases, options.cases.split(","))
    try:
        wstest = installed()
    except Unavailable as reason:
        print(f"conformance-websocket: left out: {reason}.", file=sys.stderr)
        return 1 if os.environ.get("CI") == "true" else 0
    is_fine = True
    for compression in options.compression.split(","):
        for role in options.roles.split(","):
            run = Run(wstest, options.parley, role, compression == "on")
            start = time.monotonic()
            cases = run.cases(patterns)
            seconds = time.monotonic() - start
            is_fine &= judge(run.name, cases, seconds, run.compression, options.cases == "all")
    print(f"\nreports: {REPORTS}")
    return 0 if is_fine else 1


if __name__ == "__main__":
    sys.exit(main())
