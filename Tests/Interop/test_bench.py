# Parley: Realtime voice server, doctor and client
# Copyright (c) the Parley authors
# SPDX-License-Identifier: Apache-2.0

"""`parley bench` against our own server and against those of other libraries; small loads, for what is counted."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from conftest import KEY, NODE_MODULES, Server
from doubles import without_subprotocol
from server import ROOT, binary, free_port

DEADLINE = 120.0
DOUBLES = ROOT / "Benchmarks/servers"


def bench(url: str, *arguments: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(binary()), "bench", url, "--warmup", "200ms", *arguments],
        capture_output=True,
        text=True,
        timeout=DEADLINE,
        env={**os.environ, **(env or {})},
    )


def measured(url: str, *arguments: str, env: dict[str, str] | None = None) -> dict[str, Any]:
    done = bench(url, "--json", "-", *arguments, env=env)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def loopback() -> Iterator[Server]:
    with Server("--engine", "loopback", "--echo") as server:
        yield server


def started(command: list[str], env: dict[str, str] | None = None) -> Iterator[str]:
    """A double, as a URL."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, **(env or {})})
    watchdog = threading.Timer(DEADLINE, process.kill)
    watchdog.start()
    try:
        line = process.stdout.readline()
        assert line.startswith("ready "), line
        yield f"ws://127.0.0.1:{line.split()[1]}"
    finally:
        watchdog.cancel()
        process.terminate()
        process.wait()


@pytest.fixture(scope="module")
def python_double() -> Iterator[str]:
    yield from started([sys.executable, str(DOUBLES / "loopback.py"), "0"])


@pytest.fixture(scope="module")
def node_double(node: str) -> Iterator[str]:
    env = {"NODE_PATH": os.environ.get("NODE_PATH", str(NODE_MODULES))}
    yield from started([node, str(DOUBLES / "loopback.js"), "0"], env)


@pytest.mark.parametrize("dialect", ["ga", "beta"])
def test_every_append_is_answered(loopback: Server, dialect: str) -> None:
    url = f"ws://127.0.0.1:{loopback.port}"
    pid = str(loopback.process.pid)
    report = measured(url, "--sessions", "20", "--duration", "2s", "--dialect", dialect, "--server-pid", pid)
    assert report["opened"] == report["open"] == 20
    assert report["failures"] == []
    # What is under way when a second of counting begins and ends may make a difference of one for each session.
    assert abs(report["sent"] - report["answered"]) <= 20
    assert report["answered"] >= 20 * 10
    assert report["latency_us"]["count"] >= report["answered"]
    assert report["server"]["cpu_seconds"] > 0
    assert not any("other audio" in warning for warning in report["warnings"])


@pytest.mark.parametrize("double", ["python_double", "node_double"])
def test_other_servers_are_measured_the_same_way(double: str, request: pytest.FixtureRequest) -> None:
    url = request.getfixturevalue(double)
    report = measured(url, "--sessions", "5", "--duration", "1s", "--chunk-ms", "20", "--rate", "max")
    assert report["answered"] > 0
    assert report["failures"] == []
    assert abs(report["sent"] - report["answered"]) <= 5
    assert not any("other audio" in warning for warning in report["warnings"])


def test_handshakes_idle_sessions_and_plain_echoes(loopback: Server) -> None:
    url = f"ws://127.0.0.1:{loopback.port}"
    handshakes = measured(url, "--mode", "handshake", "--sessions", "4", "--duration", "1s")
    assert handshakes["answered"] > 4 and handshakes["failures"] == []
    idle = measured(url, "--mode", "idle", "--sessions", "30", "--duration", "1s", "--ramp", "300ms")
    assert idle["open"] == 30 and idle["sent"] == 0
    echo = measured(loopback.url("/echo"), "--mode", "echo", "--bytes", "70000", "--sessions", "3", "--duration", "1s")
    assert echo["answered"] >= 3 and echo["failures"] == []


@pytest.mark.parametrize("turns", [[], ["--vad"]], ids=["committed", "detected"])
@pytest.mark.parametrize("dialect", ["ga", "beta"])
def test_a_spoken_turn_is_timed_to_its_first_audio(server: Server, dialect: str, turns: list[str]) -> None:
    url = f"ws://127.0.0.1:{server.port}"
    report = measured(url, "--mode", "talk", "--sessions", "2", "--duration", "6s", "--dialect", dialect, *turns)
    assert report["failures"] == []
    assert report["answered"] >= 2
    assert 0 < report["latency_us"]["p50"] < 10_000_000


def test_tls_and_a_key_from_the_environment() -> None:
    with Server("--engine", "loopback", "--tls-self-signed", "--api-key", KEY) as server:
        url = f"wss://127.0.0.1:{server.port}"
        few = ["--sessions", "3", "--duration", "1s", "--insecure"]
        assert measured(url, *few, env={"PARLEY_BENCH_KEY": KEY})["answered"] > 0
        assert measured(url, *few, "--header", f"Authorization: Bearer {KEY}")["answered"] > 0
        refused = bench(url, *few)
        assert refused.returncode == 1
        assert "401" in refused.stderr
        untrusted = bench(url, "--sessions", "1", "--key", KEY)
        assert untrusted.returncode == 1 and "certificate" in untrusted.stderr
        assert KEY not in untrusted.stdout + untrusted.stderr


def test_the_search_ends_with_a_number_of_sessions(loopback: Server) -> None:
    url = f"ws://127.0.0.1:{loopback.port}"
    limits = ["--sessions", "2", "--ramp-to", "8", "--limit-ms", "5000", "--duration", "1s"]
    report = measured(url, *limits)
    assert [step["sessions"] for step in report["steps"]] == [2, 4, 8]
    assert all(step["carried"] for step in report["steps"])


def test_charts_are_written(loopback: Server, tmp_path: Path) -> None:
    url = f"ws://127.0.0.1:{loopback.port}"
    for name in ["bench.svg", "bench.html"]:
        done = bench(url, "--sessions", "2", "--duration", "1s", "--chart", str(tmp_path / name))
        assert done.returncode == 0, done.stderr
        assert "latency" in done.stdout
    root = ElementTree.parse(tmp_path / "bench.svg").getroot()
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert "<pre>" in (tmp_path / "bench.html").read_text()


def test_an_interrupt_reports_what_was_measured() -> None:
    with without_subprotocol() as double:
        command = [str(binary()), "bench", double.url("/"), "--mode", "idle", "--sessions", "1", "--duration", "60m"]
        process = subprocess.Popen([*command, "--json", "-"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        # The connection that looks whether anybody is there, and the session.
        double.wait_seen()
        double.wait_seen()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=DEADLINE)
    report = json.loads(out)
    assert report["stopped"] is True, err
    assert report["schema"] == "parley.bench/1"


def test_sessions_that_a_server_ends_are_failures(loopback: Server) -> None:
    with Server("--engine", "loopback", "--max-session-duration", "1") as server:
        done = bench(f"ws://127.0.0.1:{server.port}", "--sessions", "2", "--duration", "3s", "--json", "-")
    assert done.returncode == 1
    assert any("1001" in failure["reason"] for failure in json.loads(done.stdout)["failures"])


def test_an_address_where_nothing_listens_is_exit_code_1() -> None:
    done = bench(f"ws://127.0.0.1:{free_port()}")
    assert done.returncode == 1
    assert "refused" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["127.0.0.1:80"], "ws://"),
        (["ws://h", "--sessions", "0"], "--sessions"),
        (["ws://h", "--chunk-ms", "5"], "--chunk-ms"),
        (["ws://h", "--duration", "0s"], "--duration"),
        (["ws://h", "--duration", "soon"], "--duration"),
        (["ws://h", "--ramp-to", "10"], "--ramp-to"),
        (["ws://h", "--mode", "idle", "--sessions", "5", "--ramp-to", "10"], "--ramp-to"),
        (["ws://h", "--vad"], "--vad"),
        (["ws://h", "--mode", "talk", "--rate", "max"], "--rate"),
        (["ws://h", "--input", "/nowhere.wav"], "--input"),
        (["ws://h", "--header", "no colon"], "--header"),
        (["ws://h", "--server-pid", "99999999"], "--server-pid"),
        (["ws://h", "--chart", "chart.png"], "--chart"),
        ([], "url"),
    ],
)
def test_wrong_usage_is_exit_code_2(arguments: list[str], named: str) -> None:
    done = subprocess.run([str(binary()), "bench", *arguments], capture_output=True, text=True, timeout=DEADLINE)
    assert done.returncode == 2, done.stdout + done.stderr
    assert named in done.stderr
