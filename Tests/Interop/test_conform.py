# Parley: Realtime voice server, doctor and client
# Copyright (c) the Parley authors
# SPDX-License-Identifier: Apache-2.0

"""`parley conform`: our own black-box suite against our own server, and against one that is none."""

from __future__ import annotations

import json
import os
import subprocess

import pytest
from conftest import KEY
from server import binary, free_port

DEADLINE = 240.0


def conform(*arguments: str, key: str | None = None) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, **({"PARLEY_CONFORM_KEY": key} if key else {})}
    return subprocess.run(
        [str(binary()), "conform", *arguments], capture_output=True, text=True, timeout=DEADLINE, env=env
    )


# What a server with or without keys cannot be asked, and nothing else, may be left out.
UNASKED = {
    "server": {"handshake.wrong-key", "handshake.wrong-key-browser"},
    "keyed_server": {"handshake.null-key"},
}
TOO_QUICK = "complete before"


@pytest.mark.parametrize("name", UNASKED)
def test_the_server_conforms_in_both_dialects(name, request) -> None:
    server = request.getfixturevalue(name)
    done = conform(f"ws://127.0.0.1:{server.port}", "--json", "-", key=KEY if name == "keyed_server" else None)
    checks = json.loads(done.stdout)["checks"]
    failed = [check for check in checks if check["outcome"] == "failed"]
    assert not failed, json.dumps(failed, indent=1)[:4000]
    # An answer that is whole before it can be interrupted decides nothing; test_chromium.py interrupts for certain.
    skipped = [check for check in checks if check["outcome"] == "skipped" and TOO_QUICK not in check["reason"]]
    assert {check["id"] for check in skipped} == UNASKED[name]
    assert {check["dialect"] for check in checks} == {"ga", "beta"}
    assert done.returncode == 0, done.stderr
    assert KEY not in done.stdout + done.stderr


def test_an_address_where_nothing_listens_is_exit_code_3() -> None:
    done = conform(f"ws://127.0.0.1:{free_port()}")
    assert done.returncode == 3
    assert "no session" in done.stderr


def test_wrong_usage_is_exit_code_2() -> None:
    assert conform("not a url").returncode == 2
    assert conform().returncode == 2
