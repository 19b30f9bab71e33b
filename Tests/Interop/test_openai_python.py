# Parley: Realtime voice server, doctor and client
# Copyright (c) the Parley authors
# SPDX-License-Identifier: Apache-2.0

"""OpenAI's Python SDK, blocking and asynchronous, GA and beta."""

from __future__ import annotations

import asyncio

import pytest
from openai.types.beta.realtime import ErrorEvent
from openai.types.realtime import RealtimeErrorEvent, SessionCreatedEvent
from websockets.exceptions import InvalidStatus

from conftest import KEY
from dialects import GA, Dialect
from openai_sdk import SDKPeer, async_sdk, client
from scenarios import (
    edited,
    function_call,
    manual_turn,
    opening,
    out_of_band,
    rejected,
    rejections,
    spoken_answer,
    text_turn,
    whole_conversation,
)
from talk import AsyncTalk, Send, Talk, Until


def test_the_blocking_client_talks(server, dialect: Dialect, pcm: bytes, silence: bytes) -> None:
    with Talk(SDKPeer(server, dialect), dialect) as talk:
        talk.run(opening(dialect))
        talk.run(whole_conversation(dialect, pcm, silence))


def test_the_asynchronous_client_talks(server, dialect: Dialect, pcm: bytes) -> None:
    async def converse() -> None:
        async with async_sdk(server, dialect) as peer:
            talk = AsyncTalk(peer, dialect)
            await talk.run(opening(dialect))
            await talk.run(text_turn(dialect))
            await talk.run(spoken_answer(dialect))
            await talk.run(manual_turn(dialect, pcm))
            await talk.run(function_call(dialect))
            await talk.run(rejections())
            talk.order.finish()

    asyncio.run(converse())


def test_items_are_read_cut_and_deleted(server, dialect: Dialect) -> None:
    with Talk(SDKPeer(server, dialect), dialect) as talk:
        talk.run(opening(dialect))
        talk.run(edited(dialect))


def test_a_response_beside_the_conversation(server, dialect: Dialect) -> None:
    with Talk(SDKPeer(server, dialect), dialect) as talk:
        talk.run(opening(dialect))
        talk.run(out_of_band(dialect))


def test_an_error_is_a_typed_event(server, dialect: Dialect) -> None:
    with Talk(SDKPeer(server, dialect), dialect) as talk:
        talk.run(opening(dialect))
        talk.run(rejected({"type": "response.cancel"}, code="response_cancel_not_active", param=None))
        event = talk.peer.typed[-1]
        assert isinstance(event, ErrorEvent if dialect.is_beta else RealtimeErrorEvent)
        assert event.error.code == "response_cancel_not_active"
        assert event.error.event_id == "evt_response_cancel"


def test_the_first_event_is_a_typed_session(server) -> None:
    with Talk(SDKPeer(server, GA), GA) as talk:
        talk.run(opening(GA))
        event = talk.peer.typed[0]
        assert isinstance(event, SessionCreatedEvent)
        assert event.session.type == "realtime"
        assert event.session.audio.output.format.rate == 24000


def test_the_key_is_taken_from_the_header(keyed_server, dialect: Dialect) -> None:
    with Talk(SDKPeer(keyed_server, dialect, KEY), dialect) as talk:
        talk.run(opening(dialect))
        talk.run(text_turn(dialect))


def test_a_wrong_key_is_an_http_refusal(keyed_server, dialect: Dialect) -> None:
    with pytest.raises(InvalidStatus) as refusal:
        SDKPeer(keyed_server, dialect, "sk-wrong")
    assert refusal.value.response.status_code == 401


def test_a_transcription_session_opens(server) -> None:
    with Talk(SDKPeer(server, GA, extra_query={"intent": "transcription"}), GA) as talk:

        def configured():
            (created,) = yield Until("session.created")
            assert created["session"]["type"] == "transcription"
            source = {"transcription": {"model": "whisper-1"}, "turn_detection": None}
            yield Send({"type": "session.update", "session": {"type": "transcription", "audio": {"input": source}}})
            (updated,) = yield Until("session.updated")
            assert updated["session"]["audio"]["input"]["transcription"]["model"] == "whisper-1"

        talk.run(configured())


def test_models_are_listed(server) -> None:
    assert [model.id for model in client(server).models.list()]
