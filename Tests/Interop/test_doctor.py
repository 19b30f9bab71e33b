# Parley: Realtime voice server, doctor and client
# Copyright (c) the Parley authors
# SPDX-License-Identifier: Apache-2.0

"""`parley doctor`: its command line, its exit codes, and what it says of our own server."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest
from server import binary, free_port

DEADLINE = 120.0
SECRET = "sk-doctor.Secret_0123456789"


def doctor(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "LC_ALL": "C", **environment}
    return subprocess.run(
        [str(binary()), "doctor", *arguments], capture_output=True, text=True, timeout=DEADLINE, env=env
    )


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "Which address?"),
        ([""], "Which address?"),
        (["ws://127.0.0.1:1", "--client", "firefx"], "firefox-realtime-console"),
        (["ws://127.0.0.1:1", "--header", f"Authorization Bearer {SECRET}"], "'Name: value'"),
        (["ws://127.0.0.1:1", "--header", f"X: 1\r\nAuthorization: {SECRET}"], "'Name: value'"),
        (["ws://127.0.0.1:1", "--resolve", "voice.example.com"], "NAME=ADDRESS"),
        (["ws://127.0.0.1:1", "--resolve", "voice.example.com=elsewhere"], "NAME=ADDRESS"),
        (["ws://127.0.0.1:1", "--timeout", "0"], "--timeout"),
        (["ws://127.0.0.1:1", "--hold", "-1"], "--hold"),
        (["ws://127.0.0.1:1", "--send-bytes", "0"], "--send-bytes"),
        (["ws://127.0.0.1:1", "--server", "inetd"], "nginx"),
        (["ws://127.0.0.1:1", "--ca", "/nowhere/ca.pem"], "/nowhere/ca.pem"),
        (["ws://127.0.0.1:1", "--json", "-", "--html", "-"], "standard output"),
        (["ws://127.0.0.1:1", "--replay", "report.json"], "leave out the address"),
        (["--replay", "/nowhere/report.json"], "/nowhere/report.json"),
        (["--error", ""], "--error"),
    ],
)
def test_wrong_usage_says_what_to_write_instead(arguments: list[str], words: str) -> None:
    done = doctor(*arguments)
    assert done.returncode == 2, done.stdout
    assert words in done.stderr
    assert SECRET not in done.stderr + done.stdout
    assert not done.stdout


def test_help_has_examples() -> None:
    done = doctor("--help")
    assert done.returncode == 0
    assert "parley doctor ws://127.0.0.1:8080/v1/realtime" in done.stdout
    assert "--replay" in done.stdout


def test_a_file_that_is_no_report_is_named_with_what_is_wrong(tmp_path: Path) -> None:
    file = tmp_path / "report.json"
    file.write_text('{"schema":"parley.doctor/2"}')
    done = doctor("--replay", str(file))
    assert done.returncode == 2
    assert 'schema: expected "parley.doctor/1", got "parley.doctor/2"' in done.stderr


def test_the_server_is_healthy_for_every_client(server) -> None:
    done = doctor(f"ws://127.0.0.1:{server.port}/v1/realtime?model=m", "--json", "-", PARLEY_DOCTOR_KEY=SECRET)
    report = json.loads(done.stdout)
    assert report["verdict"] == "connects", json.dumps(report["profiles"], indent=1)
    assert report["class"] == 0 and report["cause"] is None
    # openai-node takes wss: addresses only, and nobody can tell what it would meet here.
    assert {profile["id"] for profile in report["profiles"] if not profile["connects"]} <= {"openai-node"}
    assert done.returncode == 0
    assert SECRET not in done.stdout + done.stderr


def test_a_port_where_nothing_listens_is_a_network_cause(tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    stored = tmp_path / "report.json"
    done = doctor(f"ws://127.0.0.1:{free_port()}/", "--json", str(stored), "--html", str(page))
    assert done.returncode == 1, done.stdout
    assert done.stdout.splitlines()[0].startswith("It does not connect.")
    assert "class 2" in done.stdout and "net-refused" in done.stdout
    assert "\x1b" not in done.stdout + done.stderr
    assert "net-refused" in page.read_text()
    again = doctor("--replay", str(stored), "--json", "-")
    assert again.returncode == 1
    assert again.stdout == stored.read_text()
    chinese = doctor("--replay", str(stored), LC_ALL="zh_CN.UTF-8")
    assert chinese.stdout.startswith("无法连接。")


def test_a_message_alone_has_possible_causes_only() -> None:
    done = doctor("--error", "WebSocket connection failed: net::ERR_CERT_DATE_INVALID", "--json", "-")
    report = json.loads(done.stdout)
    assert done.returncode == 3
    assert report["verdict"] == "inconclusive" and report["cause"] is None
    assert "tls-expired" in [cause["id"] for cause in report["other_causes"]]
