# Parley: Realtime voice server, doctor and client
# Copyright (c) the Parley authors
# SPDX-License-Identifier: Apache-2.0

"""What every client must be able to do: one generator for each kind of turn. See `talk.py` for how they run."""

from __future__ import annotations

import base64
import json
import random
from typing import Any

from dialects import BETA, Dialect, Event, append, sound, spoken_text, user_text, written_text
from peers import BYTES_PER_MS
from talk import Append, Scenario, Send, Until

ECHO_TEXT = "repeat after me hello world"
ECHOED = "hello world"

# Long enough that a reaction to its first sound always comes while the rest is still being made.
LONG_TEXT = "repeat after me " + " ".join(
    f"This is sentence number {n} of a long story about a river, a town and the people who live there."
    for n in range(40)
)

# Its base64 is a million characters: many frames for a client that cuts messages up.
NOISE = random.Random(1).randbytes(750_000)

GET_WEATHER = {
    "type": "function",
    "name": "get_weather",
    "description": "Tells the weather in a city.",
    "parameters": {
        "type": "object",
        "properties": {"city": {"type": "string", "description": "Name of the city"}},
        "required": ["city"],
    },
}


_TRANSCRIPTION = "conversation.item.input_audio_transcription"


def opening(d: Dialect, model: str | None = None) -> Scenario:
    """The server speaks first and shows the defaults that clients rely on."""
    (created,) = yield Until("session.created")
    session = created["session"]
    assert session["model"] == (model or d.model)
    assert session["tools"] == []
    assert session["tool_choice"] == "auto"
    audio = session.get("audio", {})
    detection = session["turn_detection"] if d.is_beta else audio["input"]["turn_detection"]
    assert detection["type"] == "server_vad"
    assert (session["voice"] if d.is_beta else audio["output"]["voice"]) == "alloy"
    return session


REFERENCE_UPDATE = BETA.session_update(
    modalities=["text", "audio"],
    instructions="",
    voice="verse",
    input_audio_format="pcm16",
    output_audio_format="pcm16",
    input_audio_transcription=None,
    turn_detection=None,
    tools=[],
    tool_choice="auto",
    temperature=0.8,
    max_response_output_tokens=4096,
)


def reference_setup() -> Scenario:
    """The first thing the beta reference client sends: every setting at once, before it has read anything."""
    yield Send({"event_id": "evt_setup", **REFERENCE_UPDATE})
    yield from opening(BETA)
    yield from _reference_updated()


def reference_setup_again() -> Scenario:
    """It sends them all again with every tool it adds, also when the session has spoken: the voice stays the same."""
    yield Send(REFERENCE_UPDATE)
    yield from _reference_updated()


def _reference_updated() -> Scenario:
    events = yield Until("session.updated")
    session = events[-1]["session"]
    for member, value in REFERENCE_UPDATE["session"].items():
        if member == "modalities":
            assert sorted(session[member]) == sorted(value)
        else:
            assert session[member] == value, member


def text_turn(d: Dialect, text: str = ECHO_TEXT, expected: str = ECHOED) -> Scenario:
    """Typed question, written answer."""
    yield Send(user_text(text))
    yield Send(d.respond(text_only=True))
    events = yield Until("response.done")
    _completed(events)
    answer = written_text(events, d)
    assert expected in answer.lower() if expected else answer.strip()
    assert not sound(events, d), "a response in text must not have audio"
    return answer


def spoken_answer(d: Dialect, text: str = ECHO_TEXT, expected: str = ECHOED) -> Scenario:
    """Typed question, spoken answer."""
    yield Send(user_text(text))
    yield Send(d.respond())
    events = yield Until("response.done")
    assert_spoken(events, d)
    assert expected in spoken_text(events, d).lower()
    return events


def manual_turn(d: Dialect, pcm: bytes) -> Scenario:
    """Spoken question that the client commits by hand, with turn detection off. Its transcription runs beside it."""
    yield Send(d.audio_input(turn_detection=None, transcription={"model": "whisper-1"}))
    yield Until("session.updated")
    yield Append(pcm)
    yield Send({"type": "input_audio_buffer.commit"})
    events = yield Until("input_audio_buffer.committed")
    assert [e["type"] for e in events] == ["input_audio_buffer.committed"], "appended audio has no answer"
    item = events[0]["item_id"]
    yield Send(d.respond())
    events = yield Until("response.done")
    assert_spoken(events, d)
    # What is heard depends on the recognisers of the machine; that it ends, and once, does not.
    completed, failed = f"{_TRANSCRIPTION}.completed", f"{_TRANSCRIPTION}.failed"
    if not [e for e in events if e["type"] in (completed, failed)]:
        events += yield Until(completed, or_name=failed)
    assert [e["item_id"] for e in events if e["type"] in (completed, failed)] == [item]
    yield Send(d.audio_input(transcription=None))
    yield Until("session.updated")
    return events


def vad_turn(d: Dialect, pcm: bytes, silence: bytes, before_ms: int = 0) -> Scenario:
    """Spoken question that the server finds in the audio, and answers by itself.

    `before_ms` is the length of the audio that the session got before, as times count from its beginning.
    """
    yield Send(d.server_vad())
    yield Until("session.updated")
    yield Append(pcm + silence)
    events = yield Until("response.done")
    names = [d.canonical(e["type"]) for e in events]
    order = ["input_audio_buffer.speech_started", "input_audio_buffer.speech_stopped", "response.created"]
    places = [names.index(name) for name in order]
    assert places == sorted(places), names
    start, end = events[places[0]]["audio_start_ms"], events[places[1]]["audio_end_ms"]
    assert before_ms - 300 <= start < end <= before_ms + len(pcm + silence) / BYTES_PER_MS
    assert_spoken(events, d)
    return events


def function_call(d: Dialect) -> Scenario:
    """The model calls a function, and answers with what the client says it returned."""
    yield Send(d.tools(GET_WEATHER))
    events = yield Until("session.updated")
    assert [tool["name"] for tool in events[-1]["session"]["tools"]] == ["get_weather"]
    yield Send(user_text("What is the weather in Oslo?"))
    yield Send(d.respond())
    events = yield Until("response.done")
    response = _completed(events)
    calls = [item for item in response["output"] if item["type"] == "function_call"]
    assert [call["name"] for call in calls] == ["get_weather"]
    arguments = json.loads(calls[0]["arguments"])
    assert arguments["city"].lower() == "oslo"
    output = {"type": "function_call_output", "call_id": calls[0]["call_id"], "output": '{"celsius":4,"sky":"clear"}'}
    yield Send({"type": "conversation.item.create", "item": output})
    yield Send(d.respond())
    events = yield Until("response.done")
    assert_spoken(events, d)
    return arguments


def cancelled(d: Dialect) -> Scenario:
    """The client stops an answer in the middle of its audio; the next turn works as if nothing had been."""
    yield from _long_answer(d)
    yield Send({"type": "response.cancel"})
    events = yield Until("response.done")
    _ended_early(events, "client_cancelled")
    yield from text_turn(d)


def barge_in(d: Dialect, pcm: bytes, silence: bytes) -> Scenario:
    """The user speaks into the answer: the server ends it, the client cancels once more and cuts what was not heard."""
    most = len(pcm) * 2 // 3 // BYTES_PER_MS * BYTES_PER_MS
    yield Send(d.server_vad())
    yield Until("session.updated")
    heard = yield from _long_answer(d)
    yield Append(pcm[:most])
    events = yield Until("response.done")
    names = [d.canonical(e["type"]) for e in events]
    assert "input_audio_buffer.speech_started" in names, names
    item = _ended_early(events, "turn_detected")["output"][0]
    yield Send({"type": "response.cancel", "event_id": "evt_late"})
    (error,) = yield Until("error")
    assert error["error"]["code"] == "response_cancel_not_active"
    assert error["error"]["event_id"] == "evt_late"
    yield from truncated(item["id"], min(100, len(sound(heard, d)) // BYTES_PER_MS))
    yield Append(pcm[most:] + silence)
    events = yield Until("response.done")
    assert_spoken(events, d)


def out_of_band(d: Dialect) -> Scenario:
    """A response beside the conversation: the client's mark comes back, and no item enters the conversation."""
    mark = {"purpose": "interop"}
    item = user_text(ECHO_TEXT)["item"]
    yield Send(d.respond(text_only=True, conversation="none", metadata=mark, input=[item]))
    events = yield Until("response.done")
    response = _completed(events)
    assert (response["metadata"], response["conversation_id"]) == (mark, None)
    assert events[0]["response"]["metadata"] == mark
    assert ECHOED in written_text(events, d).lower()
    assert not [e["type"] for e in events if e["type"].startswith("conversation.")]


def joined(d: Dialect, pcm: bytes) -> Scenario:
    """One large append, whatever the frames it travels in: what the server stores is what was sent."""
    yield Send(d.turn_detection(None))
    yield Until("session.updated")
    yield Send(append(pcm))
    yield Send({"type": "input_audio_buffer.commit"})
    events = yield Until("input_audio_buffer.committed")
    yield Send({"type": "conversation.item.retrieve", "item_id": events[-1]["item_id"]})
    events = yield Until("conversation.item.retrieved")
    assert _stored_audio(events[-1]) == pcm


def truncated(item: str, milliseconds: int) -> Scenario:
    """Cuts an answer after what the user has heard of it; the stored audio becomes that short."""
    cut = {"item_id": item, "content_index": 0, "audio_end_ms": milliseconds}
    yield Send({"type": "conversation.item.truncate", **cut})
    (event,) = yield Until("conversation.item.truncated")
    assert {name: event[name] for name in cut} == cut


def edited(d: Dialect) -> Scenario:
    """A client reads an item back, cuts it and deletes it."""
    events = yield from spoken_answer(d)
    item = events[-1]["response"]["output"][0]["id"]
    yield Send({"type": "conversation.item.retrieve", "item_id": item})
    (event,) = yield Until("conversation.item.retrieved")
    assert _stored_audio(event) == sound(events, d)
    yield from truncated(item, 120)
    yield Send({"type": "conversation.item.retrieve", "item_id": item})
    (event,) = yield Until("conversation.item.retrieved")
    assert len(_stored_audio(event)) == 120 * BYTES_PER_MS
    assert not event["item"]["content"][0].get("transcript"), "the transcript is deleted with the audio it belongs to"
    yield Send({"type": "conversation.item.delete", "item_id": item})
    (event,) = yield Until("conversation.item.deleted")
    assert event["item_id"] == item
    yield from rejected(
        {"type": "conversation.item.retrieve", "item_id": item}, code="item_retrieve_invalid_item_id", param=None
    )


def rejected(event: Event, *, code: str, param: str | None, message: str = "") -> Scenario:
    """An event that is refused: a clear error that names it, and nothing else."""
    identity = "evt_" + str(event.get("type", "none")).replace(".", "_")[-40:]
    yield Send({"event_id": identity, **event})
    (answer,) = yield Until("error")
    error = answer["error"]
    assert error["type"] == "invalid_request_error"
    assert error["code"] == code, error
    assert error.get("param") == param, error
    assert error.get("event_id") == identity, error
    assert message in error["message"]
    return error


def rejections() -> Scenario:
    """The refusals that clients know by code."""
    yield Send({"type": "input_audio_buffer.clear"})
    yield Until("input_audio_buffer.cleared")
    yield from rejected({"type": "not.an.event"}, code="invalid_value", param="type", message="'not.an.event'")
    yield from rejected({"type": "response.cancel"}, code="response_cancel_not_active", param=None)
    yield from rejected({"type": "input_audio_buffer.commit"}, code="input_audio_buffer_commit_empty", param=None)
    yield from rejected(
        {"type": "conversation.item.create", "previous_item_id": "nope", "item": user_text("x")["item"]},
        code="item_create_invalid_previous_item_id",
        param=None,
    )


def whole_conversation(d: Dialect, pcm: bytes, silence: bytes) -> Scenario:
    """One client through everything, after `session.created`."""
    yield from text_turn(d)
    yield from spoken_answer(d)
    yield from manual_turn(d, pcm)
    yield from vad_turn(d, pcm, silence, before_ms=len(pcm) // BYTES_PER_MS)
    yield Send(d.turn_detection(None))
    yield Until("session.updated")
    yield from function_call(d)
    yield from cancelled(d)
    yield from rejections()


# Parts of the above.


def _long_answer(d: Dialect) -> Scenario:
    yield Send(user_text(LONG_TEXT))
    yield Send(d.respond())
    return (yield Until("response.output_audio.delta"))


def _completed(events: list[Event]) -> Any:
    response = events[-1]["response"]
    assert response["status"] == "completed", response
    return response


def assert_spoken(events: list[Event], d: Dialect) -> None:
    """The response has ended well, with sound and with words."""
    _completed(events)
    assert len(sound(events, d)) >= 100 * BYTES_PER_MS, "no audio came"
    assert spoken_text(events, d).strip(), "no transcript came"


def _ended_early(events: list[Event], reason: str) -> Any:
    response = events[-1]["response"]
    assert (response["status"], response["status_details"]["reason"]) == ("cancelled", reason), response
    assert [item["status"] for item in response["output"]] == ["incomplete"]
    return response


def _stored_audio(event: Event) -> bytes:
    return base64.b64decode(event["item"]["content"][0]["audio"], validate=True)
