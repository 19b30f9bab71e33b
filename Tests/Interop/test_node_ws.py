# Parley: Realtime voice server, doctor and client
# Copyright (c) the Parley authors
# SPDX-License-Identifier: Apache-2.0

"""Node's `ws`: credentials in headers, in three subprotocols, or none at all."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from conftest import KEY, NODE_MODULES
from dialects import BETA, GA, Dialect
from peers import Closed, ProcessPeer, Refused
from scenarios import NOISE, barge_in, joined, opening, text_turn, whole_conversation
from shapes import error_of
from talk import Talk, Until

CLIENT = Path(__file__).parent / "node/client.js"
Dial = Callable[..., ProcessPeer]


@pytest.fixture
def dial(node: str) -> Dial:
    env = {**os.environ, "NODE_PATH": os.environ.get("NODE_PATH", str(NODE_MODULES))}

    def connect(url: str, **configuration: Any) -> ProcessPeer:
        return ProcessPeer([node, str(CLIENT)], {"url": url, **configuration}, env)

    return connect


def test_talks_with_headers(server, dial: Dial, dialect: Dialect, pcm: bytes, silence: bytes) -> None:
    peer = dial(server.url(model=dialect.model), headers=dialect.headers("sk-of-no-importance"))
    with Talk(peer, dialect) as talk:
        assert peer.protocol == ""
        talk.run(opening(dialect))
        talk.run(whole_conversation(dialect, pcm, silence))


def test_talks_with_subprotocols(server, dial: Dial, dialect: Dialect) -> None:
    peer = dial(server.url("/", model=dialect.model), protocols=dialect.subprotocols("sk-of-no-importance"))
    with Talk(peer, dialect) as talk:
        assert peer.protocol == "realtime"
        talk.run(opening(dialect))
        talk.run(text_turn(dialect))


def test_talks_with_nothing(server, dial: Dial) -> None:
    peer = dial(server.url("/"))
    with Talk(peer, GA) as talk:

        def first_turn():
            yield Until("session.created")
            yield from text_turn(GA)

        talk.run(first_turn())


def test_the_user_can_interrupt(server, dial: Dial, dialect: Dialect, interruption: bytes, silence: bytes) -> None:
    with Talk(dial(server.url(model=dialect.model), headers=dialect.headers()), dialect) as talk:
        talk.run(opening(dialect))
        talk.run(barge_in(dialect, interruption, silence))


def test_a_large_message_arrives_whole(server, dial: Dial, dialect: Dialect) -> None:
    with Talk(dial(server.url(model=dialect.model), headers=dialect.headers()), dialect) as talk:
        talk.run(opening(dialect))
        talk.run(joined(dialect, NOISE))


def test_a_ping_is_answered(server, dial: Dial) -> None:
    with Talk(dial(server.url(model=GA.model)), GA) as talk:
        talk.run(opening(GA))
        assert talk.peer.ping("are you there") == "are you there"


def test_the_key_is_taken_from_headers_and_subprotocols(keyed_server, dial: Dial, dialect: Dialect) -> None:
    url = keyed_server.url(model=dialect.model)
    for offer in ({"headers": dialect.headers(KEY)}, {"protocols": dialect.subprotocols(KEY)}):
        with Talk(dial(url, **offer), dialect) as talk:
            talk.run(opening(dialect))
            talk.run(text_turn(dialect))


def test_without_realtime_among_the_subprotocols_the_key_is_not_echoed(keyed_server, dial: Dial) -> None:
    offer = ["openai-beta.realtime-v1", f"openai-insecure-api-key.{KEY}"]
    for protocols in (offer, offer[::-1]):
        with Talk(dial(keyed_server.url(model=BETA.model), protocols=protocols), BETA) as talk:
            assert talk.peer.protocol == "openai-beta.realtime-v1"
            talk.run(opening(BETA))


def test_a_wrong_key_in_headers_is_an_http_refusal(keyed_server, dial: Dial, dialect: Dialect) -> None:
    with pytest.raises(Refused) as refused:
        dial(keyed_server.url(model=dialect.model), headers=dialect.headers("sk-wrong"))
    assert refused.value.status == 401
    assert '"invalid_api_key"' in refused.value.body


def test_a_wrong_key_in_subprotocols_is_an_event_and_a_close(keyed_server, dial: Dial, dialect: Dialect) -> None:
    with dial(keyed_server.url(model=dialect.model), protocols=dialect.subprotocols("sk-wrong")) as peer:
        assert error_of(peer.receive())["code"] == "invalid_api_key"
        with pytest.raises(Closed) as closed:
            peer.receive()
        assert (closed.value.code, closed.value.reason) == (3000, "invalid_request_error.invalid_api_key")
