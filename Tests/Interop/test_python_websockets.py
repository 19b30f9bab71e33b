# Parley: Realtime voice server, doctor and client
# Copyright (c) the Parley authors
# SPDX-License-Identifier: Apache-2.0

"""Python `websockets`: no subprotocol and no key, as a script on the same machine connects."""

from __future__ import annotations

import asyncio

import pytest

from clients import async_websockets, websockets_peer
from dialects import BOTH, Dialect
from scenarios import edited, opening, text_turn, whole_conversation
from talk import AsyncTalk, Send, Talk, Until

MAX_MESSAGE = 16 << 20


def padded_clear(size: int) -> str:
    """An event of exactly this many bytes, which has an answer."""
    head, tail = '{"type":"input_audio_buffer.clear"', "}"
    return head + " " * (size - len(head) - len(tail)) + tail


def test_talks_without_subprotocol_and_key(server, dialect: Dialect, pcm: bytes, silence: bytes) -> None:
    with Talk(websockets_peer(server.url(model=dialect.model), dialect.headers()), dialect) as talk:
        assert talk.peer.protocol is None
        talk.run(opening(dialect))
        talk.run(whole_conversation(dialect, pcm, silence))


def test_reads_cuts_and_deletes_an_answer(server, dialect: Dialect) -> None:
    with Talk(websockets_peer(server.url(model=dialect.model), dialect.headers()), dialect) as talk:
        talk.run(opening(dialect))
        talk.run(edited(dialect))


def test_talks_on_asyncio(server, dialect: Dialect) -> None:
    async def converse() -> None:
        async with async_websockets(server.url(model=dialect.model), dialect) as peer:
            talk = AsyncTalk(peer, dialect)
            await talk.run(opening(dialect))
            await talk.run(text_turn(dialect))
            talk.order.finish()

    asyncio.run(converse())


def test_a_ping_is_answered(server, dialect: Dialect) -> None:
    with Talk(websockets_peer(server.url(model=dialect.model), dialect.headers()), dialect) as talk:
        talk.run(opening(dialect))
        assert talk.peer.connection.ping(b"are you there").wait(timeout=30)


@pytest.mark.parametrize("size", [65535, 65536, 1 << 20, MAX_MESSAGE], ids=lambda n: f"{n} bytes")
def test_a_large_message_is_taken(server, dialect: Dialect, size: int) -> None:
    with Talk(websockets_peer(server.url(model=dialect.model), dialect.headers()), dialect) as talk:
        talk.run(opening(dialect))
        talk.order.note_sent({"type": "input_audio_buffer.clear"})
        talk.peer.send_text(padded_clear(size))

        def answer():
            return (yield Until("input_audio_buffer.cleared"))

        talk.run(answer())


def test_a_message_above_the_limit_ends_the_connection(server, dialect: Dialect) -> None:
    with websockets_peer(server.url(model=dialect.model), dialect.headers()) as peer:
        Talk(peer, dialect).run(opening(dialect))
        peer.send_text(padded_clear(MAX_MESSAGE + 1))
        assert peer.wait_closed().code == 1009


def test_a_model_that_is_not_named_is_the_servers_choice(server, dialect: Dialect) -> None:
    with Talk(websockets_peer(server.url(), dialect.headers()), dialect) as talk:

        def first_turn():
            (created,) = yield Until("session.created")
            assert created["session"]["model"]
            yield from text_turn(dialect)

        talk.run(first_turn())


def test_the_dialects_do_not_mix_on_one_server(server) -> None:
    talks = [Talk(websockets_peer(server.url(model=d.model), d.headers()), d) for d in BOTH]
    for talk in talks:
        talk.run(opening(talk.dialect))
    for talk in talks + talks:
        talk.run(text_turn(talk.dialect))
    for talk in talks:
        talk.finish()


def test_events_sent_before_reading_are_handled_after_session_created(server, dialect: Dialect) -> None:
    with Talk(websockets_peer(server.url(model=dialect.model), dialect.headers()), dialect) as talk:

        def eager():
            yield Send(dialect.session_update(instructions="Be brief."))
            yield Send({"type": "input_audio_buffer.clear"})
            yield from opening(dialect)
            events = yield Until("input_audio_buffer.cleared")
            assert [e["type"] for e in events] == ["session.updated", "input_audio_buffer.cleared"]
            assert events[0]["session"]["instructions"] == "Be brief."

        talk.run(eager())
