# Parley: Realtime voice server, doctor and client
# Copyright (c) the Parley authors
# SPDX-License-Identifier: Apache-2.0

"""`parley talk` with a microphone, a loudspeaker, a terminal and Ctrl-C; the sound programs are stand-ins on PATH."""

from __future__ import annotations

import base64
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Iterator

import pytest

import speech
from foreign.servers import PythonWebsockets
from server import Server, binary
from test_talk import turn

DEADLINE = 60.0

# Notes down how it was called, says what it has to say, and goes on like a microphone: silence at the pace of sound.
# Like one, it ends without a word when nobody listens.
RECORDER = """
import os, signal, sys, time
signal.signal(signal.SIGPIPE, signal.SIG_DFL)
here = os.path.dirname(__file__)
open(here + "/recorder.arguments", "w").write(" ".join(sys.argv[1:]))
def say(path):
    sys.stdout.buffer.write(open(path, "rb").read())
    sys.stdout.buffer.flush()
say(here + "/first.pcm")
while True:
    if os.path.exists(here + "/second.pcm"):
        say(here + "/second.pcm")
        os.remove(here + "/second.pcm")
    sys.stdout.buffer.write(bytes(4800))
    sys.stdout.buffer.flush()
    time.sleep(0.1)
"""

# Keeps what it is to play, and says when it was told to end.
PLAYER = """
import os, sys
here = os.path.dirname(__file__)
with open(here + "/played.pcm", "wb", buffering=0) as file:
    while piece := sys.stdin.buffer.read1(65536):
        file.write(piece)
open(here + "/player.ended", "w").close()
"""


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """A folder that is PATH."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "first.pcm").write_bytes(b"")
    return folder


def put(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(f"#!{sys.executable}\n{text}")
    (folder / name).chmod(0o755)


@contextmanager
def talking(folder: Path, url: str, *arguments: str, **streams: Any) -> Iterator[subprocess.Popen[str]]:
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **streams}
    env = {**os.environ, "PATH": str(folder)}
    command = [binary(), "talk", url, *arguments]
    with subprocess.Popen(command, stdin=subprocess.PIPE, text=True, env=env, **streams) as process:
        try:
            yield process
        finally:
            process.kill()


def until(reached: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + DEADLINE
    while not reached():
        assert time.monotonic() < end, f"{what} did not come"
        time.sleep(0.02)


def finish(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    """Ends standard input and waits: exit code, and the rest of both outputs."""
    out, err = process.communicate(timeout=DEADLINE)
    return process.returncode, out or "", err or ""


def voiced(pcm: bytes) -> int:
    """How many samples are no digital silence."""
    return sum(1 for i in range(0, len(pcm) - 1, 2) if pcm[i : i + 2] != b"\0\0")


@pytest.mark.parametrize(("recorder", "player"), [("arecord", "aplay"), ("rec", "play")])
def test_a_question_by_microphone_is_answered_by_loudspeaker(
    server: Server, programs: Path, recorder: str, player: str
) -> None:
    put(programs, recorder, RECORDER)
    put(programs, player, PLAYER)
    (programs / "first.pcm").write_bytes(speech.say("what time is it"))
    with talking(programs, server.url(), "--input", "mic", "--output", "speaker") as process:
        heard, said = turn([process.stdout.readline(), process.stdout.readline()])
        assert heard == "> what time is it\n"
        assert said.startswith("It is ")
        code, out, err = finish(process)
    assert (code, out, err) == (0, "", "")
    assert "24000" in (programs / "recorder.arguments").read_text()
    # All of the answer was played, to its end.
    assert (programs / "player.ended").exists()
    assert voiced((programs / "played.pcm").read_bytes()) > 24_000


def test_what_was_said_last_is_answered_though_the_input_has_ended(server: Server, programs: Path) -> None:
    put(programs, "arecord", RECORDER)
    put(programs, "aplay", PLAYER)
    (programs / "first.pcm").write_bytes(speech.say("what time is it"))
    with talking(programs, server.url(), "--input", "mic", "--output", "speaker") as process:
        # What was understood, as a rule; on a busy machine the answer may come first.
        first = process.stdout.readline()
        code, rest, err = finish(process)
    assert (code, err) == (0, "")
    assert re.search(r"^It is .+\n", first + rest, re.MULTILINE)
    assert voiced((programs / "played.pcm").read_bytes()) > 24_000


def test_push_to_talk_sends_what_is_said_between_two_enters(server: Server, programs: Path, tmp_path: Path) -> None:
    put(programs, "arecord", RECORDER)
    arguments = ("--input", "mic", "--push-to-talk", "--events")
    with talking(programs, server.url(), *arguments) as process:
        lines = iter(process.stderr.readline, "")
        # In any order.
        awaited = {"Press Enter", '"session.updated"'}
        while awaited:
            line = next(lines)
            assert "input_audio_buffer.append" not in line, "nobody has pressed Enter"
            awaited = {word for word in awaited if word not in line}
        process.stdin.write("\n")
        process.stdin.flush()
        question = speech.say("what time is it")
        (programs / "second.pcm.new").write_bytes(question)
        (programs / "second.pcm.new").rename(programs / "second.pcm")
        # Until all of it is sent, and a second of the silence around it.
        left = (len(question) + 48_000) * 4 // 3
        while left > 0:
            sent = re.search(r'"input_audio_buffer.append".*\((\d+) bytes\)', next(lines))
            left -= int(sent[1]) if sent else 0
        process.stdin.write("\n")
        code, out, err = finish(process)
    assert code == 0
    heard, said = turn(out.splitlines())
    assert heard.startswith("> ") and not said.startswith("> ")
    # Behind the second Enter nothing more is sent, and the turn is ended once.
    behind = err.partition('"input_audio_buffer.commit"')[2]
    assert behind and "input_audio_buffer.commit" not in behind.replace("input_audio_buffer.committed", "")
    assert "input_audio_buffer.append" not in behind


def test_who_speaks_in_between_silences_the_loudspeaker(server: Server, programs: Path, tmp_path: Path) -> None:
    put(programs, "arecord", RECORDER)
    put(programs, "aplay", PLAYER)
    record, played = tmp_path / "record.jsonl", programs / "played.pcm"
    (programs / "first.pcm").write_bytes(speech.say("tell me a long story") + speech.SILENCE)
    arguments = ("--input", "mic", "--output", "speaker", "--record", str(record))
    with talking(programs, server.url(), *arguments) as process:
        until(lambda: played.exists() and voiced(played.read_bytes()) > 12_000, "the voice")
        (programs / "second.pcm.new").write_bytes(speech.interruption())
        (programs / "second.pcm.new").rename(programs / "second.pcm")
        until(lambda: "conversation.item.truncated" in record.read_text(), "the truncation")
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=DEADLINE)
    lines = [json.loads(line) for line in record.read_text().splitlines()]
    received = [line["received"] for line in lines if "received" in line]
    [truncation] = [line["sent"] for line in lines if line.get("sent", {}).get("type") == "conversation.item.truncate"]
    item = truncation["item_id"]
    spoken = b"".join(
        base64.b64decode(event["delta"])
        for event in received
        if event["type"] == "response.output_audio.delta" and event["item_id"] == item
    )
    # What was told to the server is what was played, and not all that had come.
    heard = truncation["audio_end_ms"] * 24
    assert 12_000 <= heard < len(spoken) // 2
    assert voiced(played.read_bytes()) < len(spoken) // 2


@pytest.mark.parametrize(
    ("arguments", "names"), [(("--input", "mic"), "arecord or rec"), (("--output", "speaker"), "aplay or play")]
)
def test_a_program_that_is_missing_is_told(
    server: Server, programs: Path, arguments: tuple[str, ...], names: str
) -> None:
    with talking(programs, server.url(), *arguments) as process:
        code, out, err = finish(process)
    assert (code, out) == (2, "")
    assert f"{' '.join(arguments)} needs {names}" in err
    assert "alsa-utils" in err


def test_a_recorder_that_dies_is_told_with_its_own_words(server: Server, programs: Path) -> None:
    put(programs, "arecord", "import sys; sys.exit('no such device')")
    with talking(programs, server.url(), "--input", "mic") as process:
        # It ends by itself, though standard input is still open.
        assert process.wait(DEADLINE) == 1
        err = process.stderr.read()
    assert "no such device" in err
    assert "error: --input mic: arecord ended" in err


def test_a_player_that_dies_is_told_and_not_waited_for(server: Server, programs: Path) -> None:
    put(programs, "aplay", "import sys; sys.stdin.buffer.read(1000); sys.exit('device lost')")
    with talking(programs, server.url(), "--output", "speaker") as process:
        process.stdin.write("Tell me a story\n")
        process.stdin.flush()
        assert process.wait(DEADLINE) == 1
        err = process.stderr.read()
    assert "device lost" in err
    assert "error: --output speaker: aplay ended" in err


def test_a_terminal_shows_the_level_of_the_microphone(server: Server, programs: Path) -> None:
    put(programs, "arecord", RECORDER)
    (programs / "first.pcm").write_bytes(speech.say("what time is it"))
    ours, theirs = os.openpty()
    with talking(programs, server.url(), "--input", "mic", stderr=theirs) as process:
        os.close(theirs)
        shown = b""
        while b"mic ####" not in shown or b"mic ...." not in shown:
            shown += os.read(ours, 65536)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=DEADLINE)
    os.close(ours)


def test_ctrl_c_ends_at_once_and_the_exit_code_says_if_everything_was_answered(programs: Path) -> None:
    with PythonWebsockets() as foreign:
        # Nothing was asked.
        with talking(programs, foreign.url(), "--events") as process:
            assert any("session.updated" in line for line in iter(process.stderr.readline, ""))
            process.send_signal(signal.SIGINT)
            assert process.wait(DEADLINE) == 0
        # Everything was answered.
        with talking(programs, foreign.url(), "--events") as process:
            process.stdin.write("Hello\n")
            process.stdin.flush()
            assert any('"response.done"' in line for line in iter(process.stderr.readline, ""))
            process.send_signal(signal.SIGINT)
            assert process.wait(DEADLINE) == 0
        # The answer was still on its way.
        with talking(programs, foreign.url()) as process:
            process.stdin.write("Please hang\n")
            process.stdin.flush()
            assert process.stdout.read(3) == "You"
            process.send_signal(signal.SIGINT)
            assert process.wait(DEADLINE) == 1
            assert process.stderr.read() == ""


def test_who_reads_no_more_ends_it(server: Server, programs: Path) -> None:
    with talking(programs, server.url()) as process:
        process.stdout.close()
        process.stdin.write("Hello\n" * 3)
        process.stdin.close()
        assert process.wait(DEADLINE) == 1
        assert process.stderr.read() == ""


def test_the_help_names_every_exit_code_and_program() -> None:
    told = subprocess.run([binary(), "talk", "--help"], capture_output=True, text=True, check=True).stdout
    for word in ("Exit codes: 0", "arecord", "aplay", "sox", "PARLEY_TALK_KEY", "--push-to-talk", "Ctrl-D"):
        assert word in told, word
