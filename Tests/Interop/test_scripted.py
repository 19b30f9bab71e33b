# Parley: Realtime voice server, doctor and client
# Copyright (c) the Parley authors
# SPDX-License-Identifier: Apache-2.0

"""Real clients against a mock: what a script says, calls and breaks, and that it is the same in every run."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from conftest import NODE_MODULES
from dialects import GA, Dialect, Event, sound, spoken_text, user_text, written_text
from openai_sdk import SDKPeer
from peers import Peer, ProcessPeer
from server import Server, binary

SCRIPT = """
seed: 7
instructions: 'customer is (?<customer>\\w+)'
rules:
  - hear: hello
    say: ['Hello, {customer}.', Welcome.]
  - match: 'order (?<id>\\d+)'
    do:
      - call: {name: find_order, arguments: {id: '{id}'}}
      - expect: {tool: find_order, match: '(?<state>shipped|lost)'}
      - say: 'Order {id} is {state}.'
  - hear: slow
    do: [{wait: 1500ms}, {say: 'Late.'}]
  - hear: fail
    fail: {type: server_error, code: rate_limit_exceeded, message: 'Slow down, {customer}.'}
  - hear: warn
    do: [{error: {code: careful, message: 'Take care.'}}, {say: 'Warned.'}]
  - hear: cut
    do: [{say: one two three four, cut: 50%}]
  - hear: whole
    say: one two three four
  - hear: leave
    do: [{say: Bye.}, {disconnect: {code: 4321, reason: gone}}]
  - hear: crash
    do: [{say: one two three}, {disconnect: reset}]
  - turn: 3
    say: The third.
"""
TOOL = {"type": "function", "name": "find_order", "parameters": {"type": "object", "properties": {}}}


@pytest.fixture(scope="module")
def mock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    file = tmp_path_factory.mktemp("mock") / "mock.yaml"
    file.write_text(SCRIPT)
    with Server("--engine", "scripted", "--script", str(file)) as server:
        yield server


@pytest.fixture(params=["python", "node"])
def dial(request: pytest.FixtureRequest, mock: Server) -> Callable[[Dialect], Peer]:
    if request.param == "python":
        return lambda dialect: SDKPeer(mock, dialect)
    node = request.getfixturevalue("node")
    env = {**os.environ, "NODE_PATH": os.environ.get("NODE_PATH", str(NODE_MODULES))}
    client = Path(__file__).parent / "node/client.js"
    return lambda dialect: ProcessPeer(
        [node, str(client)], {"url": mock.url(model=dialect.model), "headers": dialect.headers("sk-none")}, env
    )


def until(peer: Peer, dialect: Dialect, name: str) -> list[Event]:
    events = []
    while not events or dialect.canonical(events[-1]["type"]) != name:
        events.append(peer.receive())
    return events


def ask(peer: Peer, dialect: Dialect, text: str, text_only: bool = True) -> list[Event]:
    peer.send(user_text(text))
    peer.send(dialect.respond(text_only=text_only))
    return until(peer, dialect, "response.done")


def begin(peer: Peer, dialect: Dialect) -> None:
    until(peer, dialect, "session.created")
    peer.send(dialect.session_update(instructions="The customer is Ann.", tools=[TOOL]))
    until(peer, dialect, "session.updated")


def test_rules_variables_and_turns(dial, dialect: Dialect) -> None:
    with dial(dialect) as peer:
        begin(peer, dialect)
        assert written_text(ask(peer, dialect, "Hello!"), dialect) == "Hello, Ann. Welcome."
        spoken = ask(peer, dialect, "hello", text_only=False)
        assert spoken_text(spoken, dialect) == "Hello, Ann. Welcome." and len(sound(spoken, dialect)) > 48_000
        assert written_text(ask(peer, dialect, "whatever"), dialect) == "The third."
        response = ask(peer, dialect, "whatever")[-1]["response"]
        assert response["status"] == "failed"
        assert response["status_details"]["error"]["code"] == "script_no_rule"


def test_calls_tools_and_reads_their_results(dial, dialect: Dialect) -> None:
    with dial(dialect) as peer:
        begin(peer, dialect)
        for output, said, code in [("it was shipped", "Order 42 is shipped.", None), ("?", "", "script_expectation_failed")]:
            item = ask(peer, dialect, "Where is order 42?")[-1]["response"]["output"][0]
            assert item["name"] == "find_order" and json.loads(item["arguments"]) == {"id": "42"}
            result = {"type": "function_call_output", "call_id": item["call_id"], "output": output}
            peer.send({"type": "conversation.item.create", "item": result})
            peer.send(dialect.respond(text_only=True))
            events = until(peer, dialect, "response.done")
            assert written_text(events, dialect) == said
            details = events[-1]["response"].get("status_details") or {}
            assert (details.get("error") or {}).get("code") == code


def test_a_slow_first_byte(dial) -> None:
    with dial(GA) as peer:
        begin(peer, GA)
        peer.send(user_text("slow"))
        peer.send(GA.respond(text_only=True))
        until(peer, GA, "response.created")
        asked = time.monotonic()
        until(peer, GA, "response.output_text.delta")
        assert time.monotonic() - asked > 1.0


def test_a_response_that_fails(dial, dialect: Dialect) -> None:
    with dial(dialect) as peer:
        begin(peer, dialect)
        response = ask(peer, dialect, "fail")[-1]["response"]
        assert response["status"] == "failed"
        error = response["status_details"]["error"]
        assert error["code"] == "rate_limit_exceeded" and "Slow down, Ann." in json.dumps(response)


def test_an_error_event(dial) -> None:
    with dial(GA) as peer:
        begin(peer, GA)
        events = ask(peer, GA, "warn")
        errors = [event["error"] for event in events if event["type"] == "error"]
        assert [(error["code"], error["message"]) for error in errors] == [("careful", "Take care.")]
        assert written_text(events, GA) == "Warned."


def test_audio_that_ends_in_the_middle(dial, dialect: Dialect) -> None:
    with dial(dialect) as peer:
        begin(peer, dialect)
        whole = ask(peer, dialect, "whole", text_only=False)
        cut = ask(peer, dialect, "cut", text_only=False)
        assert spoken_text(cut, dialect) == spoken_text(whole, dialect) == "one two three four"
        assert abs(len(sound(cut, dialect)) - len(sound(whole, dialect)) // 2) <= 2
        assert written_text(ask(peer, dialect, "cut"), dialect) == "one two"


def test_a_close_code(dial) -> None:
    with dial(GA) as peer:
        begin(peer, GA)
        peer.send(user_text("leave"))
        peer.send(GA.respond(text_only=True))
        closed = peer.wait_closed()
        assert (closed.code, closed.reason) == (4321, "gone")


def test_a_reset(dial) -> None:
    with dial(GA) as peer:
        begin(peer, GA)
        peer.send(user_text("crash"))
        peer.send(GA.respond(text_only=True))
        assert peer.wait_closed().code == 1006


def test_faults_when_the_session_begins(tmp_path: Path) -> None:
    file = tmp_path / "start.yaml"
    file.write_text("start: [{wait: 1s}, {error: {code: c, message: m}}, {disconnect: 1013}]\nrules: []")
    with Server("--engine", "scripted", "--script", str(file)) as server:
        asked = time.monotonic()
        peer = SDKPeer(server, GA)
        assert peer.receive()["type"] == "session.created"
        assert time.monotonic() - asked > 0.9
        assert peer.receive()["error"]["code"] == "c"
        assert peer.wait_closed().code == 1013


def test_the_same_bytes_in_every_run(tmp_path: Path, mock: Server) -> None:
    def transcript(server: Server) -> list[Event]:
        with SDKPeer(server, GA) as peer:
            events = until(peer, GA, "session.created")
            for text in ["hello", "fail", "whole"]:
                events += ask(peer, GA, text, text_only=text != "whole")
            return events

    file = tmp_path / "mock.yaml"
    file.write_text(SCRIPT)
    first = transcript(mock)
    with Server("--engine", "scripted", "--script", str(file)) as again:
        assert transcript(again) == first
    with Server("--engine", "scripted", "--script", str(file), "--seed", "8") as other:
        assert transcript(other)[0]["session"]["id"] != first[0]["session"]["id"]


def test_what_is_wrong_in_a_script_is_told_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "bad.yaml"
    file.write_text("rules:\n  - hear: hi\n    sya: hello\n")
    for command in [["script", "check", str(file)], ["serve", "--port", "0", "--script", str(file)]]:
        ended = subprocess.run([str(binary()), *command], capture_output=True, text=True, timeout=60)
        assert ended.returncode == 2, ended
        assert f"{file}:3: rules[0].sya: there is no such field; did you mean 'say'" in ended.stderr
    file.write_text("rules: [{hear: any, say: hello}]")
    ended = subprocess.run([str(binary()), "script", "check", str(file)], capture_output=True, text=True, timeout=60)
    assert ended.returncode == 0 and "1 rules, right" in ended.stdout
