# Parley: Realtime voice server, doctor and client
# Copyright (c) the Parley authors
# SPDX-License-Identifier: Apache-2.0

"""Sessions are recorded and happen again."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from dialects import GA, Dialect, append, user_text, written_text
from openai_sdk import SDKPeer
from scenarios import opening, text_turn, whole_conversation
from server import Server, binary
from talk import Talk


def replay(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [str(binary()), "replay", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


def test_a_session_is_recorded_and_replayed(tmp_path: Path, dialect: Dialect, pcm: bytes, silence: bytes) -> None:
    directory = tmp_path / "recordings"
    with Server("--record", str(directory)) as server:
        with Talk(SDKPeer(server, dialect), dialect) as talk:
            talk.run(opening(dialect))
            talk.run(whole_conversation(dialect, pcm, silence))
    (file,) = directory.iterdir()
    assert re.fullmatch(r"\d{8}T\d{6}Z-sess_\w{21}\.jsonl", file.name), file.name
    assert file.stat().st_mode & 0o777 == 0o600 and directory.stat().st_mode & 0o777 == 0o700
    for comparison in ["--strict", "--loose"]:
        same = replay(file, comparison)
        assert same.returncode == 0 and same.stdout.startswith("the same, "), same

    lines = file.read_text().splitlines(keepends=True)
    number = next(index for index, line in enumerate(lines) if '"type":"session.updated"' in line)
    changed = tmp_path / "changed.jsonl"
    lines[number] = lines[number].replace("session.updated", "session.changed")
    changed.write_text("".join(lines))
    different = replay(changed)
    assert different.returncode == 1, different
    assert different.stdout.startswith(f"line {number + 1} differs\n- recorded: ")
    assert "session.changed" in different.stdout and "+ replayed: " in different.stdout


def test_a_session_of_the_loopback_too(tmp_path: Path, dialect: Dialect, pcm: bytes) -> None:
    with Server("--engine", "loopback", "--record", str(tmp_path)) as server:
        with SDKPeer(server, dialect) as peer:
            assert peer.receive()["type"] == "session.created"
            peer.send(append(pcm[:4800]))
            assert peer.receive()["type"].endswith("audio.delta")
    (file,) = tmp_path.iterdir()
    for comparison in ["--strict", "--loose"]:
        same = replay(file, comparison)
        assert same.returncode == 0 and same.stdout.startswith("the same, "), same


def test_a_relayed_session_too(tmp_path: Path, dialect: Dialect, pcm: bytes, silence: bytes) -> None:
    key = "sk-upstream-0123456789"
    with (
        Server("--api-key", key) as upstream,
        Server(
            "--upstream", upstream.url(), "--record", str(tmp_path), "--no-auth", env={"PARLEY_UPSTREAM_KEY": key}
        ) as server,
        Talk(SDKPeer(server, dialect), dialect) as talk,
    ):
        talk.run(opening(dialect, "gpt-realtime"))
        talk.run(whole_conversation(dialect, pcm, silence))
    (file,) = tmp_path.iterdir()
    text = file.read_text()
    assert '"format":"parley.relay/1"' in text and key not in text
    for comparison in ["--strict", "--loose"]:
        same = replay(file, comparison)
        assert same.returncode == 0 and same.stdout.startswith("the same, "), same
    changed = tmp_path / "changed.jsonl"
    changed.write_text(text.replace('"type":"response.done"', '"type":"response.finished"', 1))
    assert replay(changed).returncode == 1


def test_a_recording_serves_as_a_mock(tmp_path: Path) -> None:
    def talk(server: Server) -> str:
        with Talk(SDKPeer(server, GA), GA) as talk:
            talk.run(opening(GA))
            talk.run(text_turn(GA))
            talk.peer.send(user_text("Say hello world"))
            talk.peer.send(GA.respond(text_only=True))
            events = [talk.peer.receive()]
            while events[-1]["type"] != "response.done":
                events.append(talk.peer.receive())
            return written_text(events, GA)

    with Server("--record", str(tmp_path)) as server:
        said = talk(server)
    (file,) = tmp_path.iterdir()
    with Server("--engine", "scripted", "--script", str(file)) as mock:
        assert talk(mock) == said == "hello world"


def test_an_unusable_file(tmp_path: Path) -> None:
    assert replay(tmp_path / "none.jsonl").returncode == 2
    broken = tmp_path / "broken.jsonl"
    broken.write_text('{"format":"other/1"}\n')
    ended = replay(broken)
    assert ended.returncode == 2 and "Line 1" in ended.stderr


def test_a_file_that_grows_too_long_ends_with_a_line_that_says_so(tmp_path: Path, dialect: Dialect) -> None:
    with Server("--record", str(tmp_path), "--record-file-bytes", "6000") as server:
        with Talk(SDKPeer(server, dialect), dialect) as talk:
            talk.run(opening(dialect))
            talk.run(text_turn(dialect))
        assert "recording ended early" in server.log
    (file,) = tmp_path.iterdir()
    assert '"in":"cut"' in file.read_text().splitlines()[-1]
    ended = replay(file)
    assert ended.returncode == 0 and "ends before its session" in ended.stderr


def test_a_full_directory_is_recorded_into_no_more(tmp_path: Path, dialect: Dialect) -> None:
    (tmp_path / "old.jsonl").write_bytes(b"x" * 2000)
    with Server("--record", str(tmp_path), "--record-directory-bytes", "1000") as server:
        with Talk(SDKPeer(server, dialect), dialect) as talk:
            talk.run(opening(dialect))
        assert "session not recorded" in server.log
    assert [file.name for file in tmp_path.iterdir()] == ["old.jsonl"]
