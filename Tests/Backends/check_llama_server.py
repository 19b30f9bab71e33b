# Parley: Realtime voice server, doctor and client
# Copyright (c) the Parley authors
# SPDX-License-Identifier: Apache-2.0

"""A real llama-server as the model of a pipeline; run.sh beside this file builds one."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "Interop"))

from dialects import BOTH, GA, Dialect, sound, spoken_text, user_text, written_text  # noqa: E402
from openai_sdk import SDKPeer  # noqa: E402
from scenarios import opening  # noqa: E402
from server import START_DEADLINE, Server, free_port  # noqa: E402
from talk import Scenario, Send, Talk, Until  # noqa: E402

SENTENCE = "Good day from a very small model."


@pytest.fixture(scope="module")
def llama() -> Iterator[str]:
    port = free_port()
    command = [os.environ["LLAMA_SERVER"], "-m", os.environ["TINY_MODEL"], "--port", str(port), "--host", "127.0.0.1"]
    with subprocess.Popen([*command, "-c", "4096", "-np", "2", "--jinja"], stderr=subprocess.DEVNULL) as process:
        url = f"http://127.0.0.1:{port}"
        deadline = time.monotonic() + START_DEADLINE
        while True:
            try:
                with urllib.request.urlopen(f"{url}/health") as answer:
                    if answer.status == 200:
                        break
            except OSError:
                assert process.poll() is None, "llama-server has ended"
                assert time.monotonic() < deadline, "llama-server does not start"
                time.sleep(0.1)
        yield url
        process.terminate()


@pytest.fixture(params=BOTH, ids=lambda d: d.name)
def dialect(request: pytest.FixtureRequest) -> Dialect:
    return request.param


def test_it_is_known_for_what_it_is(llama: str) -> None:
    with Server("--llm", llama) as server:
        # Without --alias it calls a model by its file.
        assert f"llama-server {os.environ['TINY_MODEL']} at {llama}" in server.log


def test_it_answers_in_text_and_in_speech(llama: str, dialect: Dialect) -> None:
    def turns() -> Scenario:
        yield Send(user_text("Who are you?"))
        yield Send(dialect.respond(text_only=True))
        events = yield Until("response.done")
        assert written_text(events, dialect).strip() == SENTENCE
        usage = events[-1]["response"]["usage"]
        assert usage["output_tokens"] > 0 and usage["input_tokens"] > 0
        yield Send(dialect.respond())
        events = yield Until("response.done")
        assert spoken_text(events, dialect).strip() == SENTENCE
        assert sound(events, dialect)

    with Server("--llm", llama) as server, Talk(SDKPeer(server, dialect), dialect) as talk:
        talk.run(opening(dialect))
        talk.run(turns())


def test_its_refusal_is_the_failure_of_the_response(llama: str) -> None:
    def too_long() -> Scenario:
        yield Send(user_text("many words " * 4000))
        yield Send(GA.respond(text_only=True))
        events = yield Until("response.done")
        response = events[-1]["response"]
        assert response["status"] == "failed"
        assert "exceed" in response["status_details"]["error"]["message"]

    with Server("--llm", llama) as server, Talk(SDKPeer(server, GA), GA) as talk:
        talk.run(opening(GA))
        talk.run(too_long())
