# Parley: Realtime voice server, doctor and client
# Copyright (c) the Parley authors
# SPDX-License-Identifier: Apache-2.0

"""What clients get wrong: each mistake has a clear error, the session goes on, and a neighbour notices nothing."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest

from clients import websockets_peer
from conftest import KEY
from dialects import BETA, GA, Dialect, Event, user_text
from peers import Closed, Peer, Refused
from scenarios import LONG_TEXT, opening, rejected, text_turn
from shapes import error_of
from talk import Scenario, Send, Talk, Until
from wire import TEXT, Wire


def connect(server: Any, dialect: Dialect, **options: Any) -> Peer:
    return websockets_peer(server.url(model=dialect.model), dialect.headers(), **options)


@pytest.fixture
def talk(request: pytest.FixtureRequest, server, dialect: Dialect) -> Iterator[Talk]:
    """The session that does something wrong. It must work afterwards, and so must a neighbour open all along."""
    with Talk(connect(server, dialect), dialect) as neighbour, Talk(connect(server, dialect), dialect) as opened:
        neighbour.run(opening(dialect))
        opened.run(opening(dialect))
        yield opened
        if getattr(request.node, "failed", False):
            return
        opened.run(text_turn(dialect))
        neighbour.run(text_turn(dialect))
        errors = [event for event in neighbour.order.received if event["type"] == "error"]
        assert errors == []


def next_error(talk: Talk) -> Event:
    def wait() -> Scenario:
        return (yield Until("error"))

    (event,) = talk.run(wait())
    assert event["error"]["type"] == "invalid_request_error"
    return event["error"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "{",
        '{"type":"response.create"',
        "{'type':'response.create'}",
        '{"type":"response.create"} {}',
        "\x00",
    ],
    ids=["empty", "word", "brace", "cut", "quotes", "two", "nul"],
)
def test_text_that_is_not_json(talk: Talk, text: str) -> None:
    talk.peer.send_text(text)
    error = next_error(talk)
    assert (error["code"], error.get("param"), error.get("event_id")) == ("invalid_event", None, None)


@pytest.mark.parametrize("value", [[], [{"type": "response.create"}], "response.create", 1, None], ids=json.dumps)
def test_json_that_is_not_an_object(talk: Talk, value: Any) -> None:
    talk.peer.send_text(json.dumps(value))
    error = next_error(talk)
    assert (error["code"], error.get("param"), error.get("event_id")) == ("invalid_event", None, None)


def test_an_event_without_type(talk: Talk) -> None:
    talk.peer.send({"event_id": "evt_1"})
    error = next_error(talk)
    assert (error["code"], error.get("param"), error.get("event_id")) == ("invalid_event", None, "evt_1")
    assert "type" in error["message"]


def test_an_unknown_event(talk: Talk) -> None:
    talk.run(rejected({"type": "session.destroy"}, code="invalid_value", param="type", message="'session.destroy'"))


WRONG_TYPES = [
    ({"type": "input_audio_buffer.append", "audio": 5}, "audio"),
    ({"type": "session.update", "session": "fast"}, "session"),
    ({"type": "session.update", "session": {"type": "realtime", "instructions": 5}}, "session.instructions"),
    ({"type": "conversation.item.create", "item": []}, "item"),
    ({"type": "conversation.item.delete", "item_id": 7}, "item_id"),
    ({"type": "response.create", "response": "now"}, "response"),
]


@pytest.mark.parametrize(("event", "param"), WRONG_TYPES, ids=[f"{e['type']}-{p}" for e, p in WRONG_TYPES])
def test_a_member_of_the_wrong_type(talk: Talk, event: Event, param: str) -> None:
    event = json.loads(json.dumps(event))
    if talk.dialect.is_beta and isinstance(event.get("session"), dict):
        event["session"].pop("type")
    talk.run(rejected(event, code="invalid_type", param=param))


MISSING = [
    ({"type": "input_audio_buffer.append"}, "audio"),
    ({"type": "session.update"}, "session"),
    ({"type": "conversation.item.create"}, "item"),
    ({"type": "conversation.item.truncate", "item_id": "x", "content_index": 0}, "audio_end_ms"),
    ({"type": "conversation.item.retrieve"}, "item_id"),
]


@pytest.mark.parametrize(("event", "param"), MISSING, ids=[e["type"] for e, _ in MISSING])
def test_a_missing_member(talk: Talk, event: Event, param: str) -> None:
    message = f"Missing required parameter: '{param}'."
    talk.run(rejected(event, code="missing_required_parameter", param=param, message=message))


def test_a_ga_session_update_without_its_type(server) -> None:
    with Talk(connect(server, GA), GA) as talk:
        talk.run(opening(GA))
        update = {"type": "session.update", "session": {"instructions": "x"}}
        message = "Missing required parameter: 'session.type'."
        talk.run(rejected(update, code="missing_required_parameter", param="session.type", message=message))


def test_an_unknown_member_makes_the_update_void(talk: Talk) -> None:
    """The classic: a field of the other dialect."""
    name = "output_modalities" if talk.dialect.is_beta else "temperature"
    value = ["text"] if talk.dialect.is_beta else 0.8
    update = talk.dialect.session_update(instructions="Changed.", **{name: value})
    message = f"Unknown parameter: 'session.{name}'."
    talk.run(rejected(update, code="unknown_parameter", param=f"session.{name}", message=message))

    def unchanged() -> Scenario:
        yield Send(talk.dialect.session_update(tool_choice="auto"))
        events = yield Until("session.updated")
        assert events[-1]["session"]["instructions"] != "Changed."

    talk.run(unchanged())


def test_a_value_that_is_not_in_the_list(talk: Talk) -> None:
    path = "session.turn_detection.type" if talk.dialect.is_beta else "session.audio.input.turn_detection.type"
    update = talk.dialect.turn_detection({"type": "telepathy"})
    talk.run(rejected(update, code="invalid_value", param=path, message="'telepathy'"))


def test_a_negative_number(talk: Talk) -> None:
    cut = {"type": "conversation.item.truncate", "item_id": "x", "content_index": 0, "audio_end_ms": -11}
    message = "Expected a value >= 0, but got -11 instead."
    talk.run(rejected(cut, code="integer_below_min_value", param="audio_end_ms", message=message))


def test_an_item_id_that_is_too_long(talk: Talk) -> None:
    item = user_text("x", id="i" * 39)
    message = "Expected a string with maximum length 32, but got a string with length 39 instead."
    talk.run(rejected(item, code="string_above_max_length", param="item.id", message=message))


NOT_AUDIO = ["%%%", "AAA", "AAAA AAAA", "AA==AAAA", base64.urlsafe_b64encode(b"\xfb\xff" * 3).decode()]


@pytest.mark.parametrize("audio", NOT_AUDIO)
def test_audio_that_is_not_base64(talk: Talk, audio: str) -> None:
    message = "Invalid 'audio'. Expected base64-encoded audio bytes (mono PCM16 at 24kHz) but got an invalid value."
    event = {"type": "input_audio_buffer.append", "audio": audio}
    talk.run(rejected(event, code="invalid_value", param="audio", message=message))


def test_audio_with_half_a_sample(talk: Talk) -> None:
    event = {"type": "input_audio_buffer.append", "audio": base64.b64encode(bytes(4801)).decode()}
    talk.run(rejected(event, code="invalid_value", param="audio"))


def test_a_refused_append_leaves_the_buffer_as_it_was(talk: Talk) -> None:
    event = {"type": "input_audio_buffer.append", "audio": base64.b64encode(bytes(9601)).decode()}
    talk.run(rejected(event, code="invalid_value", param="audio"))
    commit = {"type": "input_audio_buffer.commit"}
    message = "Expected at least 100ms of audio, but buffer only has 0.00ms of audio."
    talk.run(rejected(commit, code="input_audio_buffer_commit_empty", param=None, message=message))


@pytest.mark.parametrize("data", [b"", b'{"type":"response.create"}', bytes(4800)], ids=["empty", "json", "audio"])
def test_a_binary_message(talk: Talk, data: bytes) -> None:
    talk.peer.connection.send(data)
    error = next_error(talk)
    assert (error["code"], error.get("event_id")) == ("invalid_value", None)


def test_a_second_response_while_one_is_running(talk: Talk) -> None:
    d = talk.dialect

    def conflict() -> Scenario:
        yield Send(user_text(LONG_TEXT))
        yield Send(d.respond())
        events = yield Until("response.created")
        running = events[-1]["response"]["id"]
        yield Until("response.output_audio.delta")
        yield Send({"event_id": "evt_second", **d.respond()})
        events = yield Until("error")
        error = events[-1]["error"]
        assert error["code"] == "conversation_already_has_active_response"
        assert error["event_id"] == "evt_second"
        assert running in error["message"]
        yield Send({"type": "response.cancel"})
        events = yield Until("response.done")
        assert events[-1]["response"]["id"] == running

    talk.run(conflict())


def test_a_message_above_the_limit_does_not_disturb_others(server, dialect: Dialect) -> None:
    with Talk(connect(server, dialect), dialect) as neighbour:
        neighbour.run(opening(dialect))
        with connect(server, dialect) as peer:
            peer.send_text('{"type":"input_audio_buffer.append","audio":"' + "A" * (17 << 20) + '"}')
            assert peer.wait_closed().code == 1009
        neighbour.run(text_turn(dialect))


def test_text_that_is_not_utf8_ends_the_connection(server) -> None:
    with Wire(server.port) as wire:
        assert wire.upgrade("/v1/realtime")[0] == 101
        assert wire.receive_event()["type"] == "session.created"
        wire.send_frame(TEXT, b'{"type":"\xff"}')
        assert wire.receive_close()[0] == 1007


# Keys.


def test_header_clients_get_an_http_refusal(keyed_server, dialect: Dialect) -> None:
    url = keyed_server.url(model=dialect.model)
    for headers in (dialect.headers("sk-wrong"), dialect.headers(), {**dialect.headers(), "api-key": "sk-wrong"}):
        with pytest.raises(Refused) as refused:
            websockets_peer(url, headers)
        assert refused.value.status == 401
        error = json.loads(refused.value.body)["error"]
        assert (error["type"], error["code"]) == ("invalid_request_error", "invalid_api_key")
        assert "sk-wrong" not in error["message"], "an error must not repeat a key"


def test_subprotocol_clients_get_an_event_and_a_close(keyed_server, dialect: Dialect) -> None:
    url = keyed_server.url(model=dialect.model)
    with Talk(websockets_peer(url, dialect.headers(KEY)), dialect) as neighbour:
        neighbour.run(opening(dialect))
        with websockets_peer(url, protocols=dialect.subprotocols("sk-wrong")) as peer:
            error = error_of(peer.receive())
            assert (error["type"], error["code"]) == ("invalid_request_error", "invalid_api_key")
            assert "sk-wrong" not in error["message"], "an error must not repeat a key"
            with pytest.raises(Closed) as closed:
                peer.receive()
            assert (closed.value.code, closed.value.reason) == (3000, "invalid_request_error.invalid_api_key")
        neighbour.run(text_turn(dialect))


def test_a_key_in_the_query_is_taken(keyed_server) -> None:
    """As browsers do with Azure, where nothing but the query is free."""
    url = keyed_server.url(
        "/openai/realtime", deployment="my-model", **{"api-key": KEY, "api-version": "2024-10-01-preview"}
    )
    with Talk(websockets_peer(url), BETA) as talk:
        talk.run(opening(BETA, model="my-model"))
        talk.run(text_turn(BETA))


def test_no_key_reaches_the_log(keyed_server) -> None:
    """Neither a right one nor a wrong one, wherever the client put it."""
    url = keyed_server.url(model=GA.model)
    for key in (KEY, "sk-of-a-stranger"):
        in_query = keyed_server.url("/openai/v1/realtime", model=GA.model, **{"api-key": key})
        offers = [(url, GA.headers(key), None), (url, {"api-key": key}, None), (url, None, GA.subprotocols(key))]
        for target, headers, protocols in [*offers, (in_query, None, None)]:
            with suppress(Refused), websockets_peer(target, headers, protocols) as peer:
                peer.receive()
        assert key not in keyed_server.log


# Pages from elsewhere.


@pytest.mark.parametrize("origin", ["http://localhost:3000", "http://127.0.0.1:8000", "https://localhost"])
def test_a_page_of_this_machine_is_welcome(server, dialect: Dialect, origin: str) -> None:
    with Talk(connect(server, dialect, origin=origin), dialect) as talk:
        talk.run(opening(dialect))


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "http://localhost.evil.example", "http://127.0.0.1.evil", "null"]
)
def test_a_page_from_elsewhere_is_refused_in_band(server, dialect: Dialect, origin: str) -> None:
    with connect(server, dialect, origin=origin) as peer:
        assert error_of(peer.receive())["type"] == "invalid_request_error"
        with pytest.raises(Closed) as closed:
            peer.receive()
        assert closed.value.code == 1008
        assert 0 < len(closed.value.reason.encode()) <= 123


def test_a_name_that_was_bent_to_this_machine_is_refused(server) -> None:
    """DNS rebinding: to the browser the page and the server are one origin, only the Host field tells."""
    with Wire(server.port) as wire:
        fields = {"Host": f"evil.example:{server.port}", "Origin": f"http://evil.example:{server.port}"}
        status, _, body = wire.upgrade("/v1/realtime", fields)
        if status == 101:
            assert wire.receive_event()["type"] == "error"
            assert wire.receive_close()[0] == 1008
        else:
            assert 400 <= status < 500
            assert json.loads(body)["error"]["message"]
