# Parley: Realtime voice server, doctor and client
# Copyright (c) the Parley authors
# SPDX-License-Identifier: Apache-2.0

"""OpenAI's own reference client for the beta dialect, unmodified, in Chromium.

It is not part of this repository: PARLEY_REFERENCE_CLIENT names a folder with a copy of openai-realtime-api-beta.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from browser import Browser
from dialects import BETA
from peers import DEADLINE
from scenarios import ECHO_TEXT, ECHOED, GET_WEATHER, LONG_TEXT
from sequences import Order

CHECKOUT = os.environ.get("PARLEY_REFERENCE_CLIENT")

pytestmark = pytest.mark.skipif(
    not CHECKOUT, reason="optional: PARLEY_REFERENCE_CLIENT names no copy of openai-realtime-api-beta"
)


class Reference:
    """The page with the client. `check` takes what it has reported through the rules of order."""

    def __init__(self, page: Any) -> None:
        self.page, self.order = page, Order(BETA)

    def call(self, name: str, *arguments: Any) -> Any:
        return self.page.evaluate(f"reference.{name}({', '.join(json.dumps(a) for a in arguments)})")

    def check(self) -> None:
        """Ends with the last `response.done`: the steps return when the item is done, which is a little earlier."""
        while not self.page.records.empty() or self.order.active:
            record = self.page.records.get(timeout=DEADLINE)
            assert record["kind"] in ("client", "server"), record
            if record["kind"] == "client":
                self.order.note_sent(record["data"])
            else:
                self.order.note_received(record["data"])
        errors = [e["error"]["code"] for e in self.order.received if e["type"] == "error"]
        assert set(errors) <= {"response_cancel_not_active"}, errors
        self.order.finish()


@pytest.fixture
def reference(server, browser: Browser) -> Iterator[Reference]:
    browser.site.folders["reference"] = Path(CHECKOUT or "")
    with browser.page(browser.site.url("reference.html")) as page:
        assert page.records.get(timeout=DEADLINE) == {"kind": "loaded"}
        started = Reference(page)
        started.call("connect", server.url("/"))
        yield started
        started.check()
        started.call("disconnect")


def test_a_typed_question_is_answered(reference: Reference) -> None:
    answer = reference.call("ask", ECHO_TEXT)
    assert ECHOED in answer["transcript"].lower()
    assert answer["samples"] > 0


def test_a_spoken_question_is_answered(reference: Reference, pcm: bytes) -> None:
    answer = reference.call("speak", base64.b64encode(pcm).decode())
    assert answer["transcript"].strip() and answer["samples"] > 0


def test_the_server_finds_the_turn(reference: Reference, pcm: bytes, silence: bytes) -> None:
    answer = reference.call("speakToServerVad", base64.b64encode(pcm + silence).decode())
    assert answer["transcript"].strip() and answer["samples"] > 0


def test_a_tool_is_called(reference: Reference) -> None:
    reference.call("ask", ECHO_TEXT)
    definition = {name: value for name, value in GET_WEATHER.items() if name != "type"}
    result = reference.call("callTool", definition, "What is the weather in Oslo?")
    assert [call["city"].lower() for call in result["calls"]] == ["oslo"]
    assert result["answer"]["samples"] > 0


def test_an_answer_is_cancelled_cut_and_deleted(reference: Reference) -> None:
    cut = reference.call("cancel", LONG_TEXT, 2400)
    assert (cut["samples"], cut["transcript"]) == (2400, "")
    assert reference.call("remove", cut["id"]) is None
    answer = reference.call("ask", ECHO_TEXT)
    assert ECHOED in answer["transcript"].lower()
