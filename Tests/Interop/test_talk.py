# Parley: Realtime voice server, doctor and client
# Copyright (c) the Parley authors
# SPDX-License-Identifier: Apache-2.0

"""`parley talk` as its users run it: in a pipe, with files, with tools, with servers of others."""

from __future__ import annotations

import json
import subprocess
import wave
from pathlib import Path

import pytest

import speech
from server import Server, binary


def talk(url: str, *arguments: str, text: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [binary(), "talk", url, *arguments], input=text, capture_output=True, text=True, timeout=120
    )


def turn(lines: list[str]) -> tuple[str, str]:
    """What was heard and what was said, in whichever order they came: servers understand and answer at the same time."""
    heard, said = sorted(lines, key=lambda line: not line.startswith("> "))
    return heard, said


@pytest.mark.parametrize("how", [(), ("--dialect", "beta"), ("--dialect", "beta", "--as-browser"), ("--as-browser",)])
def test_typed_lines_are_answered_one_after_the_other(server: Server, how: tuple[str, ...]) -> None:
    outcome = talk(server.url(), *how, text="Hello\n\nWhat time is it?\n")
    assert outcome.returncode == 0, outcome.stderr
    answers = outcome.stdout.splitlines()
    assert len(answers) == 2
    assert answers[1].startswith("It is ")
    assert outcome.stderr == ""
    assert "\x1b" not in outcome.stdout


def test_a_file_is_understood_and_the_answer_is_a_file(server: Server, tmp_path: Path) -> None:
    question = tmp_path / "question.wav"
    with wave.open(str(question), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(24000)
        file.writeframes(speech.say("What time is it?"))
    for mode in ("--fast", "--push-to-talk"):
        answer = tmp_path / f"answer{mode}.wav"
        outcome = talk(server.url(), "--input", str(question), "--output", str(answer), mode)
        assert outcome.returncode == 0, outcome.stderr
        heard, said = turn(outcome.stdout.splitlines())
        assert heard == "> what time is it"
        assert said.startswith("It is ")
        with wave.open(str(answer)) as file:
            assert (file.getframerate(), file.getnchannels()) == (24000, 1)
            assert file.getnframes() > 24000


def test_tools_of_a_file_are_called_and_everything_is_recorded(server: Server, tmp_path: Path) -> None:
    parameters = {"type": "object", "properties": {"location": {"type": "string"}}, "required": ["location"]}
    tools = [
        {"name": "get_weather", "description": "The weather of a city", "parameters": parameters, "command": ["cat"]}
    ]
    (tmp_path / "tools.json").write_text(json.dumps(tools))
    record = tmp_path / "record.jsonl"
    outcome = talk(
        server.url(),
        "--tools",
        str(tmp_path / "tools.json"),
        "--record",
        str(record),
        "--key",
        "sk-never-recorded",
        "--events",
        text="What is the weather in Paris?\n",
    )
    assert outcome.returncode == 0, outcome.stderr
    assert '[get_weather: {"location":"Paris"}]' in outcome.stdout
    assert "Paris" in outcome.stdout.splitlines()[-1]
    lines = [json.loads(line) for line in record.read_text().splitlines()]
    assert lines[0] == {"format": "parley.talk/1", "dialect": "ga"}
    received = [line["received"]["type"] for line in lines if "received" in line]
    assert received[0] == "session.created"
    assert received.count("response.done") == 2
    assert record.stat().st_mode & 0o777 == 0o600
    assert "sk-never-recorded" not in record.read_text() + outcome.stderr
    assert '<- {"type":"session.created"' in outcome.stderr


def test_no_connection_has_its_own_exit_code_and_names_the_cause() -> None:
    outcome = talk("ws://127.0.0.1:9", text="Hello\n")
    assert outcome.returncode == 3
    assert "cause: net-refused" in outcome.stderr
    assert outcome.stdout == ""


@pytest.mark.parametrize(
    "arguments",
    [("--input", "missing.wav"), ("--fast",), ("--tools", "missing.json"), ("--timeout", "0"), ("--dialect", "x")],
)
def test_wrong_usage_is_told(server: Server, arguments: tuple[str, ...]) -> None:
    outcome = talk(server.url(), *arguments)
    assert outcome.returncode == 2
    assert arguments[0].lstrip("-") in outcome.stderr
