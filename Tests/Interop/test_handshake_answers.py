# Parley: Realtime voice server, doctor and client
# Copyright (c) the Parley authors
# SPDX-License-Identifier: Apache-2.0

"""`parley talk` before a server that answers upgrades in many ways, where PARLEY_HANDSHAKE_SERVER names one.

The server is a Python program: `PROGRAM FOLDER PORT` serves each of its ways on a port of its own from PORT on, lists them
in FOLDER/cases.json and writes to FOLDER/server.jsonl how each connection went. What is checked here holds for any way;
which outcome is right is known for those of `ParleyClientTests`.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from server import binary

PROGRAM = os.environ.get("PARLEY_HANDSHAKE_SERVER")
DEADLINE = 60.0
# For the opening of a connection, in seconds.
PATIENCE = "4"
AT_ONCE = 3

pytestmark = pytest.mark.skipif(not PROGRAM, reason="PARLEY_HANDSHAKE_SERVER names no server")


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, list[dict[str, Any]]]]:
    folder = tmp_path_factory.mktemp("answers")
    port = random.randrange(20_000, 30_000)
    command = [sys.executable, str(PROGRAM), str(folder), str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            # It says so when it listens.
            assert process.stdout and process.stdout.readline()
            yield folder, json.loads((folder / "cases.json").read_text())["cases"]
        finally:
            process.kill()


@pytest.mark.parametrize("how", [(), ("--as-browser", "--dialect", "beta", "--key", "sk-never-shown")])
def test_every_answer_leads_to_a_session_or_a_reason(cases: tuple[Path, list[dict[str, Any]]], how: tuple[str, ...]):
    folder, every = cases

    def talk(case: dict[str, Any]) -> str:
        done = subprocess.run(
            [binary(), "talk", case["url"], "--timeout", PATIENCE, *how],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=DEADLINE,
        )
        name = case["name"]
        if "sk-never-shown" in done.stdout + done.stderr:
            return f"{name} shows the key"
        if done.returncode == 0 and not done.stderr:
            return ""
        if done.returncode == 3 and done.stderr.startswith("error: "):
            status = name[:3] if name[:3].isdecimal() and name[:3] != "101" else ""
            return "" if status in done.stderr else f"{name} does not say {status}: {done.stderr}"
        return f"{name} ends with {done.returncode}: {done.stderr}"

    with ThreadPoolExecutor(AT_ONCE) as pool:
        wrong = [line for line in pool.map(talk, every) if line]
    assert not wrong, "\n".join(wrong)
    lines = [json.loads(line) for line in (folder / "server.jsonl").read_text().splitlines()]
    left = {line["case"] for line in lines if line["events"] and line["events"][-1][1] == "still-open"}
    assert lines and not left, f"connections are left open: {left}"
