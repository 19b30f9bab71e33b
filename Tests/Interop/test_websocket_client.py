# Parley: Realtime voice server, doctor and client
# Copyright (c) the Parley authors
# SPDX-License-Identifier: Apache-2.0

"""websocket-client: it always sends an Origin, made from the server's own address, though it is no browser."""

from __future__ import annotations

import pytest

from clients import websocket_client_peer
from conftest import KEY
from dialects import Dialect
from peers import Closed
from scenarios import NOISE, joined, opening, text_turn, whole_conversation
from shapes import error_of
from talk import Talk


def test_talks_with_headers(server, dialect: Dialect, pcm: bytes, silence: bytes) -> None:
    peer = websocket_client_peer(server.url(model=dialect.model), dialect.headers("sk-of-no-importance"))
    with Talk(peer, dialect) as talk:
        assert peer.protocol is None
        talk.run(opening(dialect))
        talk.run(whole_conversation(dialect, pcm, silence))


def test_talks_with_subprotocols(keyed_server, dialect: Dialect) -> None:
    peer = websocket_client_peer(keyed_server.url(model=dialect.model), protocols=dialect.subprotocols(KEY))
    with Talk(peer, dialect) as talk:
        assert peer.protocol == "realtime"
        talk.run(opening(dialect))
        talk.run(text_turn(dialect))


def test_a_large_message_arrives_whole(server, dialect: Dialect) -> None:
    peer = websocket_client_peer(server.url(model=dialect.model), dialect.headers())
    with Talk(peer, dialect) as talk:
        talk.run(opening(dialect))
        talk.run(joined(dialect, NOISE))


def test_a_wrong_key_beside_an_origin_is_an_event_and_a_close(keyed_server, dialect: Dialect) -> None:
    """With an Origin it may be a page, which could not read an HTTP refusal."""
    with websocket_client_peer(keyed_server.url(model=dialect.model), dialect.headers("sk-wrong")) as peer:
        assert error_of(peer.receive())["code"] == "invalid_api_key"
        with pytest.raises(Closed) as closed:
            peer.receive()
        assert (closed.value.code, closed.value.reason) == (3000, "invalid_request_error.invalid_api_key")
