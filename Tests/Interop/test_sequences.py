# Parley: Realtime voice server, doctor and client
# Copyright (c) the Parley authors
# SPDX-License-Identifier: Apache-2.0

"""The checkers themselves: they accept a right conversation and object to every way of breaking it."""

from __future__ import annotations

import copy
import itertools
import json
import subprocess
from pathlib import Path

import pytest

from dialects import BOTH, Dialect, Event
from sequences import check_order

PAGES = Path(__file__).parent / "pages"
USAGE = {
    "total_tokens": 3,
    "input_tokens": 1,
    "output_tokens": 2,
    "input_token_details": {"text_tokens": 1, "audio_tokens": 0, "cached_tokens": 0},
    "output_token_details": {"text_tokens": 2, "audio_tokens": 0},
}


class Recording:
    """A right conversation, written down event by event with GA names."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect, self.sent, self.events = dialect, [], []
        self._last: str | None = None
        session = {
            "id": "sess_1",
            "object": "realtime.session",
            "model": "m",
            "expires_at": 1,
            "instructions": "",
            "tools": [],
            "tool_choice": "auto",
        }
        detection = {"type": "server_vad", "threshold": 0.5, "prefix_padding_ms": 300, "silence_duration_ms": 200}
        if dialect.is_beta:
            session |= {
                "modalities": ["text", "audio"],
                "voice": "alloy",
                "input_audio_format": "pcm16",
                "output_audio_format": "pcm16",
                "input_audio_transcription": None,
                "turn_detection": detection,
                "temperature": 0.8,
                "max_response_output_tokens": "inf",
            }
        else:
            pcm = {"type": "audio/pcm", "rate": 24000}
            source = {"format": pcm, "transcription": None, "noise_reduction": None, "turn_detection": detection}
            output = {"format": pcm, "voice": "alloy", "speed": 1}
            session |= {
                "type": "realtime",
                "output_modalities": ["audio"],
                "max_output_tokens": "inf",
                "truncation": "auto",
                "audio": {"input": source, "output": output},
            }
        self.add("session.created", session=session)

    def add(self, name: str, /, **members: object) -> None:
        if self.dialect.is_beta and name == "conversation.item.done":
            return
        event = {"type": self.dialect.event(name), "event_id": f"event_{len(self.events)}", **members}
        self.events.append(copy.deepcopy(event))

    def enter(self, item: Event) -> None:
        self.add("conversation.item.added", item=item, previous_item_id=self._last)
        self._last = item["id"]

    def user_speech(self) -> None:
        previous = self._last
        place = {"item_id": "item_speech"}
        item = {
            "id": "item_speech",
            "object": "realtime.item",
            "type": "message",
            "status": "completed",
            "role": "user",
        }
        item["content"] = [{"type": "input_audio", "transcript": None}]
        self.add("input_audio_buffer.speech_started", **place, audio_start_ms=10)
        self.add("input_audio_buffer.speech_stopped", **place, audio_end_ms=900)
        self.add("input_audio_buffer.committed", **place, previous_item_id=previous)
        self.enter(item)
        self.add("conversation.item.done", item=item, previous_item_id=previous)

    def response(self, number: int, item: Event, *streams: tuple[str, Event]) -> None:
        """One response with one item; `streams` are its own events, and `item` is what they end in."""
        identity, previous = f"resp_{number}", self._last
        place = {"response_id": identity, "output_index": 0}
        body = {
            "id": identity,
            "object": "realtime.response",
            "status": "in_progress",
            "status_details": None,
            "output": [],
            "conversation_id": "conv_1",
            "max_output_tokens": "inf",
            "metadata": None,
            "usage": None,
        }
        if self.dialect.is_beta:
            body |= {"modalities": ["text"], "voice": "alloy", "output_audio_format": "pcm16", "temperature": 0.8}
        else:
            body |= {"output_modalities": ["text"]}
        empty = {"arguments": ""} if item["type"] == "function_call" else {"content": []}
        first = {**item, "status": "in_progress", **empty}
        self.add("response.created", response=body)
        self.add("response.output_item.added", **place, item=first)
        self.enter(first)
        for name, members in streams:
            self.add(name, **place, item_id=item["id"], **members)
        self.add("conversation.item.done", item=item, previous_item_id=previous)
        self.add("response.output_item.done", **place, item=item)
        self.add("response.done", response={**body, "status": "completed", "output": [item], "usage": USAGE})

    def message(self, number: int, kind: str) -> None:
        key = "text" if kind == "text" else "transcript"
        item = {
            "id": f"item_{kind}",
            "object": "realtime.item",
            "type": "message",
            "status": "completed",
            "role": "assistant",
            "content": [{"type": self.dialect.part(kind), key: "one two"}],
        }
        at = {"content_index": 0}
        stream = "response.output_text" if kind == "text" else "response.output_audio_transcript"
        events = [("response.content_part.added", {**at, "part": {"type": kind, key: ""}})]
        for word in ("one", " two"):
            events.append((f"{stream}.delta", {**at, "delta": word}))
            if kind == "audio":
                events.append(("response.output_audio.delta", {**at, "delta": "AAABAP//"}))
        if kind == "audio":
            events.append(("response.output_audio.done", at))
        events.append((f"{stream}.done", {**at, key: "one two"}))
        events.append(("response.content_part.done", {**at, "part": {"type": kind, key: "one two"}}))
        self.response(number, item, *events)

    def call(self, number: int) -> None:
        named = {"call_id": "call_1"}
        item = {
            "id": "item_call",
            "object": "realtime.item",
            "type": "function_call",
            "status": "completed",
            "name": "f",
            "arguments": "{}",
            **named,
        }
        done = {**named, "name": "f", "arguments": "{}"}
        self.response(
            number,
            item,
            ("response.function_call_arguments.delta", {**named, "delta": "{"}),
            ("response.function_call_arguments.delta", {**named, "delta": "}"}),
            ("response.function_call_arguments.done", done),
        )


def recording(dialect: Dialect) -> Recording:
    made = Recording(dialect)
    made.user_speech()
    made.message(1, "text")
    made.message(2, "audio")
    made.call(3)
    return made


def test_a_right_conversation_is_accepted(dialect: Dialect) -> None:
    order = check_order(recording(dialect).events, dialect)
    assert order.items == ["item_speech", "item_text", "item_audio", "item_call"]


def test_a_conversation_of_the_other_dialect_is_rejected(dialect: Dialect) -> None:
    (other,) = [d for d in BOTH if d != dialect]
    with pytest.raises(AssertionError):
        check_order(recording(other).events, dialect)


def _free_to_swap(first: Event, second: Event) -> bool:
    """Sound and transcript run beside each other."""
    streams = {first["type"].rpartition(".")[0], second["type"].rpartition(".")[0]}
    sound = [
        {"response.audio", "response.audio_transcript"},
        {"response.output_audio", "response.output_audio_transcript"},
    ]
    return streams in sound and "delta" in first["type"] + second["type"]


def test_every_missing_event_is_noticed(dialect: Dialect) -> None:
    events = recording(dialect).events
    sound = dialect.event("response.output_audio.delta")
    unnoticed = []
    for index, event in enumerate(events):
        try:
            check_order(events[:index] + events[index + 1 :], dialect)
            unnoticed.append((index, event["type"]))
        except AssertionError:
            pass
    # Nothing says how much sound there has to be.
    assert [u for u in unnoticed if u[1] != sound] == []


def test_every_repeated_event_is_noticed(dialect: Dialect) -> None:
    events = recording(dialect).events
    sound = dialect.event("response.output_audio.delta")
    unnoticed = []
    for index, event in enumerate(events):
        again = {**event, "event_id": "event_again"}
        try:
            check_order(events[: index + 1] + [again] + events[index + 1 :], dialect)
            unnoticed.append((index, event["type"]))
        except AssertionError:
            pass
    assert [u for u in unnoticed if u[1] != sound] == []


def test_every_swap_of_neighbours_is_noticed(dialect: Dialect) -> None:
    events = recording(dialect).events
    unnoticed = []
    for index, (first, second) in enumerate(itertools.pairwise(events)):
        if _free_to_swap(first, second):
            continue
        try:
            check_order(events[:index] + [second, first] + events[index + 2 :], dialect)
            unnoticed.append((first["type"], second["type"]))
        except AssertionError:
            pass
    assert unnoticed == []


def test_every_missing_member_is_noticed(dialect: Dialect) -> None:
    """Members may be missing only where the shape table says so."""
    optional = {"metadata", "transcript", "name", "rate"} if dialect.is_beta else {"metadata", "transcript", "rate"}
    unnoticed = set()
    events = recording(dialect).events
    for index, event in enumerate(events):
        for member in event:
            broken = {name: value for name, value in event.items() if name != member}
            try:
                check_order(events[:index] + [broken] + events[index + 1 :], dialect)
                unnoticed.add((event["type"], member))
            except (AssertionError, KeyError):
                pass
    assert {u for u in unnoticed if u[1] not in optional} == set()


STRICT = """
const fs = require('node:fs');
require(process.argv[1]);
const [dialect, recordings] = JSON.parse(fs.readFileSync(0));
const accepted = recordings.map((events) => {
  const conversation = new StrictConversation(dialect);
  try { for (const event of events) conversation.accept(event); } catch (error) { return error.message; }
  return null;
});
process.stdout.write(JSON.stringify(accepted));
"""


def run_strict(node: str, dialect: Dialect, recordings: list[list[Event]]) -> list[str | None]:
    """What the page's strict conversation says to each recording: null, or why it throws."""
    done = subprocess.run(
        [node, "-e", STRICT, str(PAGES / "strict.js")],
        input=json.dumps([dialect.name, recordings]),
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


@pytest.mark.parametrize(
    "missing",
    ["response.created", "conversation.item.added", "response.content_part.added"],
)
def test_the_strict_page_throws_when_an_announcement_is_missing(node: str, dialect: Dialect, missing: str) -> None:
    events = recording(dialect).events
    name = dialect.event(missing)
    assert run_strict(node, dialect, [events]) == [None]
    broken = [events[:i] + events[i + 1 :] for i, e in enumerate(events) if e["type"] == name]
    # The user's spoken item is the one announcement that nothing refers to afterwards.
    broken = [b for b in broken if missing != "conversation.item.added" or _has_item(b, name, "item_speech")]
    results = run_strict(node, dialect, broken)
    assert results and all(results), results


def _has_item(events: list[Event], name: str, item: str) -> bool:
    return any(e["type"] == name and e["item"]["id"] == item for e in events)


def test_the_strict_page_throws_at_an_item_in_the_wrong_shape(node: str, dialect: Dialect) -> None:
    events = recording(dialect).events
    added = dialect.event("conversation.item.added")

    def change(type: str, change) -> list[Event]:
        changed = copy.deepcopy(events)
        for event in changed:
            if event["type"] == type:
                change(event)
        return changed

    def without_content(event: Event) -> None:
        event["item"].pop("content", None)

    def with_arguments(event: Event) -> None:
        if event["item"]["type"] == "function_call":
            event["item"]["arguments"] = "{}"

    def without_start(event: Event) -> None:
        event["part"].pop("transcript", None)

    def half_sample(event: Event) -> None:
        event["delta"] = "AA=="

    broken = [
        change(added, without_content),
        change(added, with_arguments),
        change("response.content_part.added", without_start),
        change(dialect.event("response.output_audio.delta"), half_sample),
        change("response.done", lambda event: event.pop("event_id")),
    ]
    results = run_strict(node, dialect, broken)
    assert all(results), results
