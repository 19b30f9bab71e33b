# Parley: Realtime voice server, doctor and client
# Copyright (c) the Parley authors
# SPDX-License-Identifier: Apache-2.0

"""The Python client libraries as peers. Only the library that a test uses is imported."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from dialects import Dialect, Event
from peers import DEADLINE, Closed, LibraryPeer, Peer, Refused, parse

LIMIT = 64 << 20


def websockets_peer(
    url: str,
    headers: dict[str, str] | None = None,
    protocols: list[str] | None = None,
    context: ssl.SSLContext | None = None,
    origin: str | None = None,
) -> Peer:
    """The `websockets` library, blocking. It is also what tests use that are not about a client."""
    from websockets.exceptions import ConnectionClosed, InvalidStatus
    from websockets.sync.client import connect

    try:
        connection = connect(
            url,
            additional_headers=headers,
            subprotocols=protocols,
            ssl=context,
            origin=origin,
            proxy=None,
            max_size=LIMIT,
            open_timeout=DEADLINE,
            close_timeout=DEADLINE,
        )
    except InvalidStatus as refusal:
        response = refusal.response
        raise Refused(response.status_code, (response.body or b"").decode()) from None

    def read() -> str | bytes:
        try:
            return connection.recv()
        except ConnectionClosed as end:
            raise closed_by(end) from None

    def send(text: str) -> None:
        with suppress(ConnectionClosed):  # How it was closed is for `receive` to tell.
            connection.send(text)

    peer = LibraryPeer(read, send, connection.close, connection.subprotocol)
    peer.connection = connection
    return peer


def closed_by(end: Any) -> Closed:
    return Closed(end.rcvd.code, end.rcvd.reason) if end.rcvd else Closed(1006, "", clean=False)


def websocket_client_peer(
    url: str,
    headers: dict[str, str] | None = None,
    protocols: list[str] | None = None,
    context: ssl.SSLContext | None = None,
) -> Peer:
    """The `websocket-client` library, which sends an Origin made from the server's own address."""
    import websocket

    try:
        connection = websocket.create_connection(
            url,
            header=headers or {},
            subprotocols=protocols,
            timeout=DEADLINE,
            sslopt={"context": context} if context else None,
            http_no_proxy=["127.0.0.1", "localhost"],
        )
    except websocket.WebSocketBadStatusException as refusal:
        raise Refused(refusal.status_code, (refusal.resp_body or b"").decode()) from None
    connection.settimeout(None)

    def read() -> str | bytes:
        try:
            opcode, data = connection.recv_data()
        except (websocket.WebSocketException, OSError):
            raise Closed(1006, "", clean=False) from None
        if opcode == websocket.ABNF.OPCODE_CLOSE:
            code = int.from_bytes(data[:2], "big") if data else 1005
            raise Closed(code, data[2:].decode())
        return data.decode() if opcode == websocket.ABNF.OPCODE_TEXT else data

    peer = LibraryPeer(read, connection.send, connection.close, connection.getsubprotocol())
    peer.connection = connection
    return peer


class AsyncWebsockets:
    """The `websockets` library on asyncio."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection

    async def send(self, event: Event) -> None:
        await self.connection.send(json.dumps(event))

    async def receive(self) -> Event:
        from websockets.exceptions import ConnectionClosed

        try:
            return parse(await self.connection.recv())
        except ConnectionClosed as end:
            raise closed_by(end) from None


@asynccontextmanager
async def async_websockets(url: str, dialect: Dialect, key: str | None = None) -> AsyncIterator[AsyncWebsockets]:
    from websockets.asyncio.client import connect

    headers = dialect.headers(key)
    async with connect(
        url, additional_headers=headers, proxy=None, max_size=LIMIT, open_timeout=DEADLINE
    ) as connection:
        yield AsyncWebsockets(connection)


class Aiohttp:
    """The `aiohttp` client."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection

    async def send(self, event: Event) -> None:
        await self.connection.send_str(json.dumps(event))

    async def receive(self) -> Event:
        import aiohttp

        message = await self.connection.receive()
        if message.type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSING, aiohttp.WSMsgType.CLOSED):
            raise Closed(self.connection.close_code, message.extra or "")
        assert message.type == aiohttp.WSMsgType.TEXT, message
        return parse(message.data)


@asynccontextmanager
async def aiohttp_peer(
    url: str, headers: dict[str, str] | None = None, protocols: list[str] | None = None
) -> AsyncIterator[Aiohttp]:
    import aiohttp

    async with aiohttp.ClientSession() as session:
        connected = session.ws_connect(url, headers=headers, protocols=protocols or (), max_msg_size=LIMIT)
        try:
            connection = await asyncio.wait_for(connected, DEADLINE)
        except aiohttp.WSServerHandshakeError as refusal:
            raise Refused(refusal.status) from None
        async with connection:
            yield Aiohttp(connection)
