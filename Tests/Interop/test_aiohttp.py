# Parley: Realtime voice server, doctor and client
# Copyright (c) the Parley authors
# SPDX-License-Identifier: Apache-2.0

"""aiohttp, the client under LiveKit and Azure's samples: headers, or subprotocols as Home Assistant offers them."""

from __future__ import annotations

import asyncio

import pytest

from clients import aiohttp_peer
from conftest import KEY
from dialects import Dialect
from peers import Closed, Refused
from scenarios import barge_in, opening, text_turn, whole_conversation
from shapes import error_of
from talk import AsyncTalk


def test_talks_with_headers(server, dialect: Dialect, pcm: bytes, silence: bytes) -> None:
    async def converse() -> None:
        async with aiohttp_peer(server.url(model=dialect.model), dialect.headers("sk-of-no-importance")) as peer:
            assert peer.connection.protocol is None
            talk = AsyncTalk(peer, dialect)
            await talk.run(opening(dialect))
            await talk.run(whole_conversation(dialect, pcm, silence))
            talk.order.finish()

    asyncio.run(converse())


def test_talks_with_subprotocols(server, dialect: Dialect, interruption: bytes, silence: bytes) -> None:
    async def converse() -> None:
        offer = dialect.subprotocols("sk-of-no-importance")
        async with aiohttp_peer(server.url(model=dialect.model), protocols=offer) as peer:
            assert peer.connection.protocol == "realtime"
            talk = AsyncTalk(peer, dialect)
            await talk.run(opening(dialect))
            await talk.run(barge_in(dialect, interruption, silence))
            talk.order.finish()

    asyncio.run(converse())


@pytest.mark.parametrize("key", [KEY, "sk-wrong"], ids=["right", "wrong"])
def test_the_api_key_header_of_azure_is_taken(keyed_server, dialect: Dialect, key: str) -> None:
    async def converse() -> None:
        headers = {**dialect.headers(), "api-key": key}
        async with aiohttp_peer(keyed_server.url(model=dialect.model), headers) as peer:
            talk = AsyncTalk(peer, dialect)
            await talk.run(opening(dialect))
            await talk.run(text_turn(dialect))

    if key == KEY:
        asyncio.run(converse())
    else:
        with pytest.raises(Refused) as refused:
            asyncio.run(converse())
        assert refused.value.status == 401


def test_a_wrong_key_in_subprotocols_is_an_event_and_a_close(keyed_server, dialect: Dialect) -> None:
    async def converse() -> None:
        offer = dialect.subprotocols("sk-wrong")
        async with aiohttp_peer(keyed_server.url(model=dialect.model), protocols=offer) as peer:
            assert error_of(await peer.receive())["code"] == "invalid_api_key"
            with pytest.raises(Closed) as closed:
                await peer.receive()
            assert (closed.value.code, closed.value.reason) == (3000, "invalid_request_error.invalid_api_key")

    asyncio.run(converse())
