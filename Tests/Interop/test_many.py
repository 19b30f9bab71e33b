# Parley: Realtime voice server, doctor and client
# Copyright (c) the Parley authors
# SPDX-License-Identifier: Apache-2.0

"""Many sessions, one after the other and side by side: all work like the first, and none sees another."""

from __future__ import annotations

import asyncio

from clients import async_websockets, websockets_peer
from dialects import BOTH, Dialect, Event, user_text
from scenarios import LONG_TEXT, opening, rejected, spoken_answer, text_turn
from talk import AsyncTalk, Send, Talk, Until


def outline(events: list[Event]) -> list[str]:
    """The types of the events in order, a run of deltas counted once."""
    names = [event["type"] for event in events]
    return [n for i, n in enumerate(names) if not (n.endswith(".delta") and i and names[i - 1] == n)]


def test_a_hundred_sessions_work_like_the_first(server, dialect: Dialect) -> None:
    first: list[str] = []
    seen: set[str] = set()
    for number in range(100):
        with Talk(websockets_peer(server.url(model=dialect.model), dialect.headers()), dialect) as talk:
            session = talk.run(opening(dialect))
            text = f"hello number {number}"
            talk.run(text_turn(dialect, f"repeat after me {text}", text))
        assert session["id"] not in seen, "a session id came twice"
        seen.add(session["id"])
        shape = outline(talk.order.received)
        first = first or shape
        assert shape == first, f"session {number} differs from the first"


def test_twenty_sessions_at_once(server) -> None:
    """Half of them in each dialect; each gets its own answer, written and spoken."""

    async def one(number: int, everybody: asyncio.Barrier) -> AsyncTalk:
        dialect = BOTH[number % 2]
        async with async_websockets(server.url(model=dialect.model), dialect) as peer:
            talk = AsyncTalk(peer, dialect)
            await talk.run(opening(dialect))
            await everybody.wait()
            text = f"this is voice number {number}"
            await talk.run(text_turn(dialect, f"repeat after me {text}", text))
            await talk.run(spoken_answer(dialect, f"repeat after me {text}", "this is voice number"))
            await everybody.wait()
            talk.order.finish()
            return talk

    async def all_of_them() -> list[AsyncTalk]:
        everybody = asyncio.Barrier(20)
        return await asyncio.gather(*(one(number, everybody) for number in range(20)))

    talks = asyncio.run(all_of_them())
    for kind in ("items", "responses"):
        identities = [identity for talk in talks for identity in getattr(talk.order, kind)]
        assert len(identities) == len(set(identities)), f"two sessions share {kind}"
    events = [event["event_id"] for talk in talks for event in talk.order.received]
    assert len(events) == len(set(events)), "two sessions share an event id"


def test_a_session_does_not_see_the_items_of_another(server, dialect: Dialect) -> None:
    url = server.url(model=dialect.model)
    with (
        Talk(websockets_peer(url, dialect.headers()), dialect) as one,
        Talk(websockets_peer(url, dialect.headers()), dialect) as other,
    ):
        for talk in (one, other):
            talk.run(opening(dialect))
            talk.run(text_turn(dialect))
        item = one.order.items[0]
        assert item not in other.order.items
        for action in ("retrieve", "delete"):
            event = {"type": f"conversation.item.{action}", "item_id": item}
            other.run(rejected(event, code=f"item_{action}_invalid_item_id", param=None, message=f"'{item}'"))
        one.run(text_turn(dialect))


def test_a_setting_of_one_session_does_not_reach_another(server, dialect: Dialect) -> None:
    url = server.url(model=dialect.model)
    with (
        Talk(websockets_peer(url, dialect.headers()), dialect) as one,
        Talk(websockets_peer(url, dialect.headers()), dialect) as other,
    ):

        def changed(instructions: str):
            yield Send(dialect.session_update(instructions=instructions))
            (updated,) = yield Until("session.updated")
            return updated["session"]["instructions"]

        def kept():
            yield Send(dialect.session_update(tool_choice="auto"))
            (updated,) = yield Until("session.updated")
            return updated["session"]["instructions"]

        for talk in (one, other):
            talk.run(opening(dialect))
        assert one.run(changed("Be short.")) == "Be short."
        assert other.run(changed("Be long.")) == "Be long."
        assert one.run(kept()) == "Be short."


def test_a_client_that_vanishes_in_its_answer_disturbs_nobody(server, dialect: Dialect) -> None:
    url = server.url(model=dialect.model)
    with Talk(websockets_peer(url, dialect.headers()), dialect) as neighbour:
        neighbour.run(opening(dialect))
        for _ in range(5):
            talk = Talk(websockets_peer(url, dialect.headers()), dialect)

            def begin():
                yield from opening(dialect)
                yield Send(user_text(LONG_TEXT))
                yield Send(dialect.respond())
                yield Until("response.output_audio.delta")

            talk.run(begin())
            talk.peer.connection.socket.close()
        neighbour.run(text_turn(dialect))
        neighbour.run(spoken_answer(dialect))
