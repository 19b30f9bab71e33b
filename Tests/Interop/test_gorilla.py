# Parley: Realtime voice server, doctor and client
# Copyright (c) the Parley authors
# SPDX-License-Identifier: Apache-2.0

"""Go's gorilla/websocket, which cuts every message into fragments of 4096 bytes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from conftest import KEY
from dialects import Dialect
from peers import ProcessPeer, Refused
from scenarios import NOISE, joined, opening, text_turn, whole_conversation
from talk import Talk

Dial = Callable[..., ProcessPeer]


@pytest.fixture
def dial(go_client: Path) -> Dial:
    def connect(url: str, **configuration: Any) -> ProcessPeer:
        return ProcessPeer([str(go_client)], {"url": url, **configuration})

    return connect


def test_talks_with_headers(server, dial: Dial, dialect: Dialect, pcm: bytes, silence: bytes) -> None:
    peer = dial(server.url(model=dialect.model), headers=dialect.headers("sk-of-no-importance"))
    with Talk(peer, dialect) as talk:
        assert peer.protocol == ""
        talk.run(opening(dialect))
        talk.run(whole_conversation(dialect, pcm, silence))


def test_talks_with_subprotocols(keyed_server, dial: Dial, dialect: Dialect) -> None:
    peer = dial(keyed_server.url(model=dialect.model), protocols=dialect.subprotocols(KEY))
    with Talk(peer, dialect) as talk:
        assert peer.protocol == "realtime"
        talk.run(opening(dialect))
        talk.run(text_turn(dialect))


def test_a_large_append_in_small_fragments_is_joined(server, dial: Dial, dialect: Dialect) -> None:
    with Talk(dial(server.url(model=dialect.model), headers=dialect.headers()), dialect) as talk:
        talk.run(opening(dialect))
        talk.run(joined(dialect, NOISE))


def test_a_ping_is_answered(server, dial: Dial, dialect: Dialect) -> None:
    with Talk(dial(server.url(model=dialect.model), headers=dialect.headers()), dialect) as talk:
        talk.run(opening(dialect))
        assert talk.peer.ping("are you there") == "are you there"


def test_a_wrong_key_is_an_http_refusal(keyed_server, dial: Dial, dialect: Dialect) -> None:
    with pytest.raises(Refused) as refused:
        dial(keyed_server.url(model=dialect.model), headers=dialect.headers("sk-wrong"))
    assert refused.value.status == 401
    assert '"invalid_api_key"' in refused.value.body
