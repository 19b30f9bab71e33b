# Parley: Realtime voice server, doctor and client
# Copyright (c) the Parley authors
# SPDX-License-Identifier: Apache-2.0

"""The client library and `parley talk` with Realtime servers that are not ours: Python's `websockets`, Node's `ws`."""

from __future__ import annotations

import json
import subprocess
import wave
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from conftest import lacking
from dialects import Dialect
from foreign.script import TONE
from foreign.servers import Foreign, NodeWS, PythonWebsockets
from server import binary
from test_talk import talk

Serve = Callable[..., Foreign]
CARRIERS = [(), ("--as-browser", "--key", "sk-foreign")]


@pytest.fixture(params=["python-websockets", "node-ws"])
def serve(request: pytest.FixtureRequest) -> Serve:
    if request.param == "python-websockets":
        return PythonWebsockets
    node = request.getfixturevalue("node")
    return lambda **settings: NodeWS(node, **settings)


def types(events: list[dict[str, Any]]) -> list[str]:
    return [event["type"] for event in events]


def example(name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    program = binary().parent / name
    if not program.exists():
        lacking(f"the example {name} beside {binary()}")
    return subprocess.run([program, *arguments], capture_output=True, text=True, timeout=120)


@pytest.mark.parametrize("carrier", CARRIERS, ids=["headers", "subprotocols"])
@pytest.mark.parametrize("fragments", [1, 3])
@pytest.mark.parametrize("compression", [False, True], ids=["plain", "deflate"])
def test_typed_lines(
    serve: Serve, dialect: Dialect, carrier: tuple[str, ...], fragments: int, compression: bool
) -> None:
    offer = ("--compression",) if compression else ()
    with serve(fragments=fragments, compression=True) as server:
        outcome = talk(server.url(), "--dialect", dialect.name, *carrier, *offer, text="Hello\nAnd now?\n")
        assert outcome.returncode == 0, outcome.stderr
        assert outcome.stdout == 'You said "Hello", message 1.\nYou said "And now?", message 2.\n'
        assert outcome.stderr == ""
        assert [bool(one) for one in server.extensions] == [compression]
        [session] = server.sessions
        assert session.dialect == dialect
        turn = ["conversation.item.create", "response.create"]
        assert types(session.received) == ["session.update", *turn, *turn]


def test_a_file_is_heard_and_the_answer_kept(serve: Serve, dialect: Dialect, tmp_path: Path) -> None:
    question, answer = tmp_path / "question.wav", tmp_path / "answer.wav"
    with wave.open(str(question), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(24000)
        file.writeframes(TONE * 3)
    with serve() as server:
        outcome = talk(
            server.url(),
            "--dialect",
            dialect.name,
            "--input",
            str(question),
            "--output",
            str(answer),
            "--push-to-talk",
            "--fast",
        )
        assert outcome.returncode == 0, outcome.stderr
        assert outcome.stdout.splitlines() == ["> 600 ms of speech", 'You said "", message 1.']
        assert types(server.sessions[0].received).count("input_audio_buffer.commit") == 1
    with wave.open(str(answer)) as file:
        assert file.readframes(1_000_000) == TONE


def test_a_function_is_called(serve: Serve, dialect: Dialect, tmp_path: Path) -> None:
    tools = tmp_path / "tools.json"
    tools.write_text(json.dumps([{"name": "get_weather", "description": "The weather", "output": "sunny"}]))
    with serve() as server:
        outcome = talk(
            server.url(), "--dialect", dialect.name, "--tools", str(tools), text="How is the weather?\n"
        )
        assert outcome.returncode == 0, outcome.stderr
        assert outcome.stdout.splitlines() == ["[get_weather: sunny]", "The weather is sunny."]


def test_a_connection_that_is_lost_in_a_response_is_told_and_opened_again(serve: Serve, dialect: Dialect) -> None:
    with serve() as server:
        lines = "Hello\nPlease drop this\nStill there?\n"
        outcome = talk(server.url(), "--dialect", dialect.name, text=lines)
        assert outcome.returncode == 1
        assert outcome.stdout.splitlines() == ['You said "Hello", message 1.', "You", 'You said "Still there?", message 3.']
        assert "lost before the response ended" in outcome.stderr
        assert "1011, 'the model is gone'" in outcome.stderr
        assert "connection lost, trying again" in outcome.stderr
        first, second = server.sessions
        # The new session was told what was said in the old one, under its old ids.
        assert [item["id"] for item in second.items[:4]] == [item["id"] for item in first.items]


def test_programs_made_of_the_library(serve: Serve) -> None:
    with serve(fragments=2) as server:
        chat = example("TextChat", server.url(), "Hello")
        assert (chat.returncode, chat.stdout) == (0, 'You said "Hello", message 1.\n'), chat.stderr
        bot = example("ServerBot", server.url())
        assert bot.returncode == 0, bot.stderr
        assert bot.stdout.splitlines() == ['You said "Hello", message 1.', 'You said "What time is it?", message 2.']
        agent = example("VoiceAgent", server.url())
        assert agent.returncode == 0, agent.stderr
        assert "asked for" in agent.stdout
        assert 'The weather is {"celsius":21}.' in agent.stdout
        # Everybody said good-bye and left.
        assert len(server.sessions) == 3
