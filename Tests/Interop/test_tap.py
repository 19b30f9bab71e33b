# Parley: Realtime voice server, doctor and client
# Copyright (c) the Parley authors
# SPDX-License-Identifier: Apache-2.0

"""`parley tap` and `parley mirror` with real clients: what passes, what is said of it, and that no key is shown."""

from __future__ import annotations

import json
import os
import re
import signal
import ssl
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from clients import websockets_peer
from conftest import NODE_MODULES
from dialects import GA
from peers import Closed, ProcessPeer
from server import Server, binary, free_port
from wire import Wire

DEADLINE = 120.0
SECRET = "sk-tap.Secret_0123456789"
LISTENING = re.compile(r"listening on ws://[^:]+:(\d+)")

# A client by hand that forgets the mask.
UNMASKED = """
import base64, os, socket, sys
from urllib.parse import urlsplit
url = urlsplit(sys.argv[1])
s = socket.create_connection((url.hostname, url.port), timeout=60)
s.sendall(("GET /echo HTTP/1.1\\r\\nHost: %s\\r\\nUpgrade: websocket\\r\\nConnection: Upgrade\\r\\n"
    "Sec-WebSocket-Key: %s\\r\\nSec-WebSocket-Version: 13\\r\\nAuthorization: Bearer %s\\r\\n\\r\\n"
    % (url.netloc, base64.b64encode(os.urandom(16)).decode(), sys.argv[2])).encode())
while b"\\r\\n\\r\\n" not in s.recv(4096): pass
s.sendall(b"\\x81\\x05hello")
while s.recv(4096): pass
sys.exit(1)
"""


class Watcher:
    """A running `parley tap` or `parley mirror`."""

    def __init__(self, *arguments: str) -> None:
        env = {**os.environ, "LC_ALL": "C", "NO_COLOR": "1"}
        self.process = subprocess.Popen(
            [str(binary()), *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env
        )
        self.seen: list[str] = []
        self.port = 0
        watchdog = threading.Timer(DEADLINE, self.process.kill)
        watchdog.start()
        for line in self.process.stderr:
            self.seen.append(line)
            if found := LISTENING.search(line):
                self.port = int(found[1])
                break
        watchdog.cancel()
        assert self.port, "".join(self.seen)

    def end(self, interrupt: bool = True) -> tuple[int, dict[str, Any], str]:
        """The exit code, the report, and all that was written."""
        if interrupt:
            self.process.send_signal(signal.SIGINT)
        out, err = self.process.communicate(timeout=DEADLINE)
        return self.process.returncode, json.loads(out), "".join(self.seen) + err + out

    def __enter__(self) -> Watcher:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()


def tap(server: Any, path: str = "/v1/realtime") -> Watcher:
    return Watcher("tap", "--to", server.url(path), "--json", "-", "--no-probes")


def node_peer(node: str, url: str, **configuration: Any) -> ProcessPeer:
    client = Path(__file__).parent / "node/client.js"
    env = {**os.environ, "NODE_PATH": os.environ.get("NODE_PATH", str(NODE_MODULES))}
    return ProcessPeer([node, str(client)], {"url": url, **configuration}, env)


def test_a_client_talks_through_the_tap(server) -> None:
    with tap(server) as running:
        url = f"ws://127.0.0.1:{running.port}/v1/realtime?model={GA.model}"
        with websockets_peer(url, headers={"Authorization": f"Bearer {SECRET}"}) as peer:
            assert peer.receive()["type"] == "session.created"
            peer.send({"type": "session.update", "session": {"type": "realtime", "instructions": SECRET}})
            assert peer.receive()["type"] == "session.updated"
        code, report, written = running.end()
    assert report["verdict"] == "connects" and code == 0, written
    evidence = report["evidence"][0]
    assert evidence["probe"] == "tap"
    assert evidence["data"]["conversation"]["first_event"]["type"] == "session.created"
    assert "> GET /v1/realtime" in written and "session.updated" in written
    assert SECRET not in written


def test_node_talks_through_the_tap(server, node: str) -> None:
    with tap(server) as running:
        url = f"ws://127.0.0.1:{running.port}/v1/realtime?model={GA.model}"
        with node_peer(node, url, protocols=["realtime", f"openai-insecure-api-key.{SECRET}"]) as peer:
            assert peer.protocol == "realtime"
            assert peer.receive()["type"] == "session.created"
        code, report, written = running.end()
    assert code == 0 and report["verdict"] == "connects", written
    assert SECRET not in written


def test_a_client_that_does_not_mask_is_found_out(tmp_path: Path) -> None:
    client = tmp_path / "client with blank.py"
    client.write_text(UNMASKED)
    report_file = tmp_path / "report.json"
    with Server("--engine", "loopback", "--echo") as server:
        done = subprocess.run(
            [
                *[str(binary()), "tap", "--to", server.url("/echo"), "--expect", "echo", "--json", str(report_file)],
                *["--run", f"{sys.executable} '{client}' {{url}} {SECRET}"],
            ],
            capture_output=True,
            text=True,
            timeout=DEADLINE,
            env={**os.environ, "LC_ALL": "C"},
        )
    report = json.loads(report_file.read_text())
    assert done.returncode == 1, done.stderr
    assert report["cause"]["id"] == "code-unmasked-client"
    assert report["cause"]["confidence"] == "certain"
    assert report["evidence"][0]["data"]["exit_status"] == 1
    assert any(item["probe"] == "as_asked" for item in report["evidence"])
    assert SECRET not in done.stdout + done.stderr + report_file.read_text()


def test_a_server_that_is_not_there_is_reported_at_once() -> None:
    with Watcher("tap", "--to", f"ws://127.0.0.1:{free_port()}/", "--json", "-", "--no-probes") as running:
        with Wire(running.port) as wire:
            wire.request("/", fields={"Authorization": f"Bearer {SECRET}"})
            wire.rest()
        code, report, written = running.end()
    assert code == 1 and report["cause"]["id"] == "net-refused", written
    assert SECRET not in written


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["tap"], "--to"),
        (["tap", "--to", "ftp://127.0.0.1"], "ws://127.0.0.1:8080"),
        (["tap", "--to", "ws://127.0.0.1:1", "--listen", "nowhere"], "HOST:PORT"),
        (["tap", "--to", "ws://127.0.0.1:1", "--run", "say 'x"], "not closed"),
        (["tap", "--to", "ws://127.0.0.1:1", "--run", ""], "{url}"),
        (["tap", "--to", "ws://127.0.0.1:1", "--run-timeout", "0"], "--run-timeout"),
        (["mirror", "--answer", "sub-nune"], "sub-none"),
        (["mirror", "--client", "firefox-realtime"], "firefox-realtime-console"),
        (["mirror", "--count", "0"], "--count"),
    ],
)
def test_wrong_usage_says_what_to_write_instead(arguments: list[str], words: str) -> None:
    done = subprocess.run([str(binary()), *arguments], capture_output=True, text=True, timeout=DEADLINE)
    assert done.returncode == 2, done.stdout
    assert words in done.stderr
    assert not done.stdout


def test_the_mirror_knows_a_client_and_is_a_server_to_it(node: str) -> None:
    with Watcher("mirror", "--client", "node-ws", "--client", "python-websockets", "--json", "-") as running:
        url = f"ws://127.0.0.1:{running.port}/v1/realtime?model=m"
        with node_peer(node, url, headers={"Authorization": f"Bearer {SECRET}"}) as peer:
            assert peer.receive()["type"] == "session.created"
        code, report, written = running.end()
    assert code == 0 and report["verdict"] == "connects", written
    likeness = report["evidence"][0]["data"]["likeness"]
    assert "node-ws" in likeness["clients"]
    differences = {item["client"]: item["lines"] for item in likeness["differences"]}
    assert differences["node-ws"] == []
    assert any("User-Agent" in line for line in differences["python-websockets"])
    assert SECRET not in written


def test_the_mirror_answers_as_it_is_told_by_the_path(node: str) -> None:
    with Watcher("mirror", "--json", "-") as running:
        base = f"ws://127.0.0.1:{running.port}/answer"
        protocols = ["realtime", f"openai-insecure-api-key.{SECRET}"]
        with pytest.raises(Closed):
            node_peer(node, f"{base}/sub-none", protocols=protocols)
        with node_peer(node, f"{base}/close-4001", protocols=protocols) as peer:
            assert peer.wait_closed().code == 4001
        with node_peer(node, f"{base}/utf8", protocols=protocols) as peer:
            peer.wait_closed()
        _, report, written = running.end()
    assert report["cause"] is None
    closes = {item["variant"]: item["data"]["conversation"].get("client_close") for item in report["evidence"]}
    assert closes["utf8"]["code"] == 1007, written
    assert SECRET not in written


def test_the_mirror_finds_a_client_that_does_not_mask() -> None:
    with Watcher("mirror", "--count", "1", "--json", "-") as running:
        client = [sys.executable, "-c", UNMASKED, f"ws://127.0.0.1:{running.port}/", SECRET]
        subprocess.run(client, capture_output=True, timeout=DEADLINE, check=False)
        code, report, written = running.end(interrupt=False)
    assert code == 1 and report["cause"]["id"] == "code-unmasked-client", written
    assert SECRET not in written


@pytest.mark.parametrize("is_trusted", [True, False])
def test_a_server_with_tls_is_reached_when_it_is_trusted(tls_server, tmp_path: Path, is_trusted: bool) -> None:
    ca = tmp_path / "ca.pem"
    ca.write_text(ssl.get_server_certificate(("127.0.0.1", tls_server.port)))
    trust = ["--ca", str(ca)] if is_trusted else []
    target = tls_server.url("/v1/realtime")
    with Watcher("tap", "--to", target, "--json", "-", "--no-probes", *trust) as running:
        url = f"ws://127.0.0.1:{running.port}/v1/realtime?model={GA.model}"
        if is_trusted:
            with websockets_peer(url) as peer:
                assert peer.receive()["type"] == "session.created"
        else:
            with Wire(running.port) as wire:
                wire.request("/v1/realtime")
                assert wire.rest() == b""
        code, report, written = running.end()
    if is_trusted:
        assert code == 0 and report["verdict"] == "connects", written
    else:
        assert code == 1 and report["cause"]["class"] == 4, written
        assert "< HTTP" not in written
