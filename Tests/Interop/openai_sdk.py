# Parley: Realtime voice server, doctor and client
# Copyright (c) the Parley authors
# SPDX-License-Identifier: Apache-2.0

"""OpenAI's Python SDK as a peer: events go out through its methods and come in as its types."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from typing import Any

from openai import AsyncOpenAI, OpenAI
from openai.types.beta.realtime import RealtimeServerEvent as BetaServerEvent
from openai.types.realtime import RealtimeServerEvent as GAServerEvent
from pydantic import TypeAdapter
from websockets.exceptions import ConnectionClosed

from clients import closed_by
from dialects import Dialect, Event
from peers import Peer
from server import Server

# How each event is sent: the resource of the connection, and its method. Other events go through `send`.
_METHODS = {
    "session.update": ("session", "update"),
    "response.create": ("response", "create"),
    "response.cancel": ("response", "cancel"),
    "input_audio_buffer.append": ("input_audio_buffer", "append"),
    "input_audio_buffer.commit": ("input_audio_buffer", "commit"),
    "input_audio_buffer.clear": ("input_audio_buffer", "clear"),
    "conversation.item.create": ("conversation.item", "create"),
    "conversation.item.retrieve": ("conversation.item", "retrieve"),
    "conversation.item.truncate": ("conversation.item", "truncate"),
    "conversation.item.delete": ("conversation.item", "delete"),
}


@cache
def _adapter(dialect: Dialect) -> TypeAdapter[Any]:
    return TypeAdapter(BetaServerEvent if dialect.is_beta else GAServerEvent)


def _call(connection: Any, event: Event) -> Any:
    if event["type"] not in _METHODS:
        return connection.send(event)
    resource, method = _METHODS[event["type"]]
    for name in resource.split("."):
        connection = getattr(connection, name)
    return getattr(connection, method)(**{name: value for name, value in event.items() if name != "type"})


def _untyped(event: Any, dialect: Dialect) -> Event:
    """The event as it was on the wire, after the SDK's own models have found it valid."""
    value = event.to_dict()
    _adapter(dialect).validate_python(value)
    return value


def _resource(client: Any, dialect: Dialect) -> Any:
    return client.beta.realtime if dialect.is_beta else client.realtime


def _options(server: Server, key: str) -> dict[str, Any]:
    # The beta client does not derive ws:// from http://, only wss:// from anything.
    return {"api_key": key, "base_url": server.http("/v1"), "websocket_base_url": server.url("/v1"), "max_retries": 0}


def client(server: Server, key: str = "sk-none") -> OpenAI:
    return OpenAI(**_options(server, key))


class SDKPeer(Peer):
    """The blocking client. `typed` keeps the events as the SDK gives them to an application."""

    def __init__(
        self,
        server: Server,
        dialect: Dialect,
        key: str = "sk-none",
        context: ssl.SSLContext | None = None,
        **arguments: Any,
    ) -> None:
        super().__init__()
        options = {"ssl": context} if context else {}
        arguments = arguments or {"model": dialect.model}
        resource = _resource(client(server, key), dialect)
        self._manager = resource.connect(websocket_connection_options=options, **arguments)
        self.connection = self._manager.enter()
        self.dialect = dialect
        self.typed: list[Any] = []
        self.start()

    def read(self) -> Event:
        try:
            event = self.connection.recv()
        except ConnectionClosed as end:
            raise closed_by(end) from None
        self.typed.append(event)
        return _untyped(event, self.dialect)

    def send(self, event: Event) -> None:
        _call(self.connection, event)

    def close(self) -> None:
        self.connection.close()


class _AsyncSDK:
    def __init__(self, connection: Any, dialect: Dialect) -> None:
        self.connection, self.dialect = connection, dialect

    async def send(self, event: Event) -> None:
        await _call(self.connection, event)

    async def receive(self) -> Event:
        return _untyped(await self.connection.recv(), self.dialect)


@asynccontextmanager
async def async_sdk(server: Server, dialect: Dialect, key: str = "sk-none") -> AsyncIterator[_AsyncSDK]:
    async with (
        AsyncOpenAI(**_options(server, key)) as opened,
        _resource(opened, dialect).connect(model=dialect.model) as connection,
    ):
        yield _AsyncSDK(connection, dialect)
