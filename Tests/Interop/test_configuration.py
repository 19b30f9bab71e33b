# Parley: Realtime voice server, doctor and client
# Copyright (c) the Parley authors
# SPDX-License-Identifier: Apache-2.0

"""The configuration file, the environment and the command line, and SIGHUP with sessions open."""

from __future__ import annotations

import os
import re
import signal
import ssl
import subprocess
import time
from pathlib import Path

import pytest
from websockets.exceptions import InvalidStatus

from dialects import GA, user_text, written_text
from openai_sdk import SDKPeer
from server import Server, binary, fetch


def parley(*arguments: object, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    command = [str(binary()), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, env={**os.environ, **(env or {})})


def shown(*arguments: object, env: dict[str, str] | None = None) -> dict[str, str]:
    ended = parley("config", "show", *arguments, env=env)
    assert ended.returncode == 0, ended
    return {line.split()[0]: " ".join(line.split()[1:]) for line in ended.stdout.splitlines()}


def test_the_stronger_source_counts(tmp_path: Path) -> None:
    file = tmp_path / "parley.yaml"
    file.write_text("port: 1\nmax_sessions: 2\nidle-timeout: 3\nallow-origin: [https://a.example]\necho: true\napi-key: sk-secret\n")
    env = {"PARLEY_MAX_SESSIONS": "20", "PARLEY_IDLE_TIMEOUT": "30", "PARLEY_API_KEYS": "sk-other"}
    rows = shown("--config", file, "--idle-timeout=300", env=env)
    assert rows["port"] == f"1 ({file}:1)"
    assert rows["max-sessions"] == "20 (PARLEY_MAX_SESSIONS)"
    assert rows["idle-timeout"] == "300 (command line)"
    assert rows["allow-origin"] == f"https://a.example ({file}:4)"
    assert rows["echo"] == f"true ({file}:5)"
    assert rows["api-key"] == f"*** ({file}:6)" and rows["PARLEY_API_KEYS"] == "*** (environment)"
    assert rows["host"] == "127.0.0.1 (default)"
    assert shown(env={"PARLEY_CONFIG": str(file)})["port"] == f"1 ({file}:1)"


def test_what_servers_are_set_to_is_shown_without_their_secrets(tmp_path: Path) -> None:
    file = tmp_path / "parley.yaml"
    file.write_text(
        "llm:\n  url: http://127.0.0.1:9/?api-key=planted0123456789\n  first-byte: 30s\n"
        "  extra: {api_token: planted, max_tokens: 5}\n"
        "tts: {url: auto, key-env: SPEECH_KEY}\nupstream-limits: {blocked: 5s}\n"
        "models:\n  r: {engine: relay, upstream: 'wss://x.example/?key=planted0123456789', limits: {connect: 5s}}\n"
    )
    env = {"SPEECH_KEY": "planted"}
    rows = shown("--config", file, env=env)
    for row, text in [("llm", "'30s'"), ("llm", "5"), ("tts", "SPEECH_KEY"), ("upstream-limits", "'5s'"), ("model", "'5s'")]:
        assert text in rows[row], rows[row]
    assert "planted" not in "".join(rows.values())
    assert parley("config", "check", file, env=env).returncode == 0


@pytest.mark.parametrize("option", ["--llm={url: auto, first: 1s}", "--model=x={engine: pipeline, llm: {url: auto, first: 1s}}"])
def test_the_command_line_takes_the_same(option: str) -> None:
    ended = parley("serve", option)
    assert ended.returncode == 2 and "first: there is no such field; did you mean 'first-byte'" in ended.stderr, ended


def test_every_option_of_serve_has_a_key() -> None:
    options = set(re.findall(r"^ +--([a-z-]+)", parley("serve", "--help").stdout, re.MULTILINE))
    assert len(options) > 20
    assert options - set(shown()) <= {"config", "version", "help"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("prot: 1", "1: prot: there is no such field; did you mean 'port'"),
        ("# x\nport: many", "2: port: expected a whole number, got 'many'"),
        ("port: 70000", "1: port: "),
        ("engine: remote", "1: engine: expected 'local', 'pipeline'"),
        ("echo: perhaps", "1: echo: expected true or false, got 'perhaps'"),
        ("host: [a, b]", "1: host: expected a single value, got a list"),
        ("log-level: loud", "1: log-level: expected "),
        ("max-sessions: 0", "1: max-sessions: --max-sessions expects 1 or more"),
        ("tls-cert: x", "1: tls-cert: --tls-cert and --tls-key belong together"),
        ("keys: /nowhere", "1: keys: --keys: cannot read '/nowhere'"),
        ("script: x\nengine: local", "1: script: --script is for --engine scripted"),
        ("models: local", "1: models: expected a mapping of models to engines"),
        ("models:\n  a: locl", "2: models.a: expected an engine"),
        ("models:\n  a: {engine: scripted}", "2: models.a: 'script' is missing"),
        ("models:\n  a: {engine: loopback, seed: 1}", "2: models.a.seed: there is no such field"),
        ("llm: {url: 'http://x', frst-byte: 1s}", "1: llm.frst-byte: there is no such field; did you mean 'first-byte'"),
        ("llm:\n  url: http://x\n  connect: 5", "3: llm.connect: expected a time with its unit such as 500ms or 10s"),
        ("llm: {url: 'http://x', voice: a}", "1: llm.voice: there is no such field"),
        ("llm: {model: a}", "1: llm: 'url' is missing"),
        ("llm: [a]", "1: llm: expected the URL of a server, 'auto', or a mapping with 'url', got a list"),
        ("stt: {url: auto, total: 2h}", "1: stt.total: expected a time with its unit such as 500ms or 10s, from 10ms to 1h"),
        ("stt: {url: auto, path: inference}", "1: stt.path: expected the endpoint's path, such as '/inference'"),
        ("stt: {url: auto, stream: perhaps}", "1: stt.stream: expected true or false"),
        ("tts:\n  url: ftp://x\n  format: mp3", "2: tts.url: expects http://… or https://…"),
        ("tts:\n  url: ftp://x\n  format: mp3", "3: tts.format: expected 'pcm' or 'wav', got 'mp3'"),
        ("tts: {url: auto, voices: a}", "1: tts.voices: expected a mapping of the clients' voices to the server's"),
        ("tts: {url: auto, extra: 1}", "1: tts.extra: expected a mapping of the request's members to their values"),
        ("stt: {url: auto, ca: /no/such.pem}", "1: stt.ca: cannot read PEM certificates from '/no/such.pem'"),
        ("tts: {url: auto, key-env: PARLEY_NOPE}", "1: tts.key-env: the environment has no variable 'PARLEY_NOPE'"),
        ("models:\n  a: {engine: pipeline, llm: {url: auto, idle: 1ms}}", "2: models.a.llm.idle: expected a time"),
        ("upstream-limits: {connect: 500ms}", "1: upstream-limits.connect: expected a time with its unit such as 10s"),
        ("upstream-limits:\n  held-bytes: -1", "2: upstream-limits.held-bytes: expected a number of bytes from 0"),
        ("models:\n  a:\n    engine: relay\n    limits: {blokced: 1s}", "4: models.a.limits.blokced: there is no such"),
        ("models:\n  a: {engine: relay, upstream: 'ws://x', model-alias: a*b=c}", "2: models.a.model-alias: expected NAME=MODEL"),
        ("models:\n  a: {engine: relay, upstream: 'ws://x', session-policy: /no}", "2: models.a.session-policy: cannot read '/no'"),
        ("port: 1\nport: 2", "2: 'port' is given twice"),
        ("- a", "1: expected a mapping of options to values, got a list"),
        ("a: [", "1: ']' is missing"),
    ],
)
def test_what_is_wrong_is_told_with_file_line_and_field(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "bad.yaml"
    file.write_text(text)
    for command in [("config", "check", file), ("serve", "--config", file)]:
        ended = parley(*command)
        assert ended.returncode == 2 and f"{file}:{message}" in ended.stderr, ended


def test_what_is_wrong_in_the_environment_is_told() -> None:
    ended = parley("serve", env={"PARLEY_PORT": "many"})
    assert ended.returncode == 2 and "PARLEY_PORT: expected a whole number, got 'many'" in ended.stderr


@pytest.mark.parametrize(
    ("models", "message"),
    [
        ("", "fallback 'spare' is not in the table of models"),
        ("models: {spare: {engine: relay, upstream: 'ws://x'}}\n", "fallback 'spare' is answered by a relay, too"),
    ],
)
def test_a_fallback_that_cannot_answer_is_told(tmp_path: Path, models: str, message: str) -> None:
    file = tmp_path / "parley.yaml"
    file.write_text("upstream: ws://127.0.0.1:9\nfallback: spare\n" + models)
    for command in [("config", "check", file), ("serve", "--config", file)]:
        ended = parley(*command)
        assert ended.returncode == 2 and message in ended.stderr, ended


def test_a_right_file_is_right(tmp_path: Path) -> None:
    (tmp_path / "mock.yaml").write_text("rules: [{hear: any, say: mocked}]")
    file = tmp_path / "parley.json"
    file.write_text('{"port": 0, "models": {"mock-*": {"engine": "scripted", "script": "%s/mock.yaml"}}}' % tmp_path)
    ended = parley("config", "check", file)
    assert ended.returncode == 0 and "is right" in ended.stdout, ended
    (tmp_path / "mock.yaml").write_text("rules: [{hear: any, sya: mocked}]")
    ended = parley("config", "check", file)
    assert ended.returncode == 2 and "mock.yaml:1: rules[0].sya" in ended.stderr, ended


def answer(peer: SDKPeer) -> str:
    peer.send(user_text("hi"))
    peer.send(GA.respond(text_only=True))
    events = [peer.receive()]
    while events[-1]["type"] != "response.done":
        events.append(peer.receive())
    return written_text(events, GA)


def reload(server: Server, line: str) -> None:
    """Sends SIGHUP and waits for the log to say what came of it."""
    seen = server.log.count(line)
    server.process.send_signal(signal.SIGHUP)
    deadline = time.monotonic() + 30
    while server.log.count(line) == seen:
        assert time.monotonic() < deadline, server.log
        time.sleep(0.05)


def test_sighup_reloads_and_drops_nobody(tmp_path: Path) -> None:
    for name in ["a", "b"]:
        (tmp_path / f"{name}.yaml").write_text("rules: [{hear: any, say: mock %s}]" % name)
    file = tmp_path / "parley.yaml"
    key = tmp_path / "keys"
    key.write_text("sk-one\n")

    def write(mock: str, port: int = 0, level: str = "info") -> None:
        file.write_text(
            f"port: {port}\nkeys: {key}\nlog-level: {level}\n"
            f"models:\n  'm*': {{engine: scripted, script: {tmp_path}/{mock}.yaml}}\n"
        )

    write("a")
    with Server("--config", str(file), "--engine", "loopback") as server:
        first = SDKPeer(server, GA, key="sk-one", model="m1")
        assert answer(first) == "mock a"
        write("b")
        key.write_text("sk-two\n")
        reload(server, "configuration reloaded")
        assert answer(first) == "mock a"
        with pytest.raises(InvalidStatus):
            SDKPeer(server, GA, key="sk-one", model="m1")
        with SDKPeer(server, GA, key="sk-two", model="m1") as second:
            assert answer(second) == "mock b"

        file.write_text("keys: /nowhere")
        reload(server, "configuration not reloaded")
        assert f"{file}:1: keys" in server.log
        with SDKPeer(server, GA, key="sk-two", model="m1") as third:
            assert answer(third) == "mock b"

        file.write_text("host: 127.0.0.2\n" + file.read_text().replace("keys: /nowhere", f"keys: {key}"))
        reload(server, "host cannot change while the server runs")
        assert answer(first) == "mock a"
        first.close()
        assert server.process.poll() is None


def test_sighup_changes_log_level_and_limits(tmp_path: Path) -> None:
    file = tmp_path / "parley.yaml"

    def write(**options: object) -> None:
        file.write_text("".join(f"{name.replace('_', '-')}: {value}\n" for name, value in options.items()))

    def refused(server: Server) -> int:
        with pytest.raises(InvalidStatus) as refusal:
            SDKPeer(server, GA)
        return refusal.value.response.status_code

    write(max_sessions=1)
    with Server("--config", str(file), "--engine", "loopback") as server, SDKPeer(server, GA) as first:

        def is_debugged() -> bool:
            """Whether the log has a line of level debug about an event that is refused."""
            before = server.log.count("client event refused")
            first.send({"type": "no.such.event"})
            while first.receive()["type"] != "error":
                pass
            return server.log.count("client event refused") > before

        assert refused(server) == 503
        assert not is_debugged()
        write(max_sessions=2, log_level="debug")
        reload(server, "configuration reloaded")
        with SDKPeer(server, GA):
            assert is_debugged()
        write(max_sessions=9, log_level="notice", connections_per_address=1)
        reload(server, "configuration reloaded")
        # Of this machine only when the limit is given; the session that is open counts.
        assert refused(server) == 429
        assert not is_debugged()
        write(handshakes_per_second=1)
        reload(server, "configuration reloaded")
        assert 429 in {refused_or_not(server) for _ in range(20)}
        write(max_head_bytes=10000, log_format="json")
        reload(server, "max-head-bytes cannot change while the server runs")
        assert "log-format cannot change while the server runs" in server.log
        assert not is_debugged()


def refused_or_not(server: Server) -> int:
    try:
        with SDKPeer(server, GA):
            return 101
    except InvalidStatus as refusal:
        return refusal.response.status_code


def test_sighup_reads_the_certificate_again(tmp_path: Path) -> None:
    certificate, key = tmp_path / "c.pem", tmp_path / "k.pem"

    def make(name: str) -> None:
        command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        subprocess.run(
            [*command, "-days", "2", "-subj", f"/CN={name}", "-keyout", str(key), "-out", str(certificate)],
            check=True,
            capture_output=True,
        )

    make("first")
    with Server("--engine", "loopback", "--tls-cert", str(certificate), "--tls-key", str(key)) as server:
        seen = [ssl.get_server_certificate(("127.0.0.1", server.port))]
        assert seen[0].strip() == certificate.read_text().strip()
        make("second")
        reload(server, "configuration reloaded")
        assert ssl.get_server_certificate(("127.0.0.1", server.port)).strip() == certificate.read_text().strip()
        certificate.write_text("no certificate")
        reload(server, "configuration not reloaded")
        assert fetch(server.http("/healthz"), context=ssl._create_unverified_context()).status == 200
