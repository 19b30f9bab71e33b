# Parley: Realtime voice server, doctor and client
# Copyright (c) the Parley authors
# SPDX-License-Identifier: Apache-2.0

"""Runs a scenario with a client and checks every event on the way.

A scenario is a generator. It yields what the client shall do (Send, Append) or wait for (Until), and gets the events
that came. So one scenario serves blocking clients, asynchronous ones, browsers and programs in other languages.
"""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from dataclasses import dataclass
from typing import Any, Protocol

from dialects import Dialect, Event, append
from peers import DEADLINE, Peer, pieces
from sequences import Order


@dataclass
class Send:
    event: Event


@dataclass
class Append:
    """Sends audio in pieces of 100 ms, as a client with a microphone does."""

    pcm: bytes


@dataclass
class Until:
    """Receives until an event, or one of several, has come; gives all events since the last wait. Names are GA's."""

    name: str
    or_name: str = ""


Step = Send | Append | Until
Scenario = Generator[Step, Any, Any]


class _Checked:
    """What both runners share: the order of events, and what an Until is still waiting for."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.order = Order(dialect)
        self._fresh: list[Event] = []

    def _sent_audio(self, pcm: bytes) -> None:
        for piece in pieces(pcm):
            self.order.note_sent(append(piece))

    def _ends(self, event: Event, until: Until) -> bool:
        name = self.order.note_received(event)
        self._fresh.append(event)
        if name == "error" and until.name != "error":
            raise AssertionError(f"an error while waiting for {until.name}: {event['error']}")
        return name in (until.name, until.or_name)

    def _take(self) -> list[Event]:
        fresh, self._fresh = self._fresh, []
        return fresh


class Talk(_Checked):
    """A conversation over a blocking peer."""

    def __init__(self, peer: Peer, dialect: Dialect) -> None:
        super().__init__(dialect)
        self.peer = peer

    def run(self, scenario: Scenario) -> Any:
        answer = None
        try:
            while True:
                answer = self._perform(scenario.send(answer))
        except StopIteration as end:
            return end.value

    def _perform(self, step: Step) -> list[Event] | None:
        match step:
            case Send(event):
                self.order.note_sent(event)
                self.peer.send(event)
            case Append(pcm):
                self._sent_audio(pcm)
                self.peer.append(pcm)
            case Until():
                while not self._ends(self.peer.receive(), step):
                    pass
                return self._take()
        return None

    def finish(self) -> None:
        """Ends the conversation and checks that nothing was left half done."""
        self.order.finish()
        self.peer.close()

    def __enter__(self) -> Talk:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None:
            self.finish()
        else:
            self.peer.close()


class AsyncPeer(Protocol):
    async def send(self, event: Event) -> None: ...

    async def receive(self) -> Event: ...


class AsyncTalk(_Checked):
    """A conversation over an asynchronous peer."""

    def __init__(self, peer: AsyncPeer, dialect: Dialect) -> None:
        super().__init__(dialect)
        self.peer = peer

    async def run(self, scenario: Scenario) -> Any:
        answer = None
        try:
            while True:
                answer = await self._perform(scenario.send(answer))
        except StopIteration as end:
            return end.value

    async def _perform(self, step: Step) -> list[Event] | None:
        match step:
            case Send(event):
                self.order.note_sent(event)
                await self.peer.send(event)
            case Append(pcm):
                self._sent_audio(pcm)
                for piece in pieces(pcm):
                    await self.peer.send(append(piece))
            case Until():
                while not self._ends(await asyncio.wait_for(self.peer.receive(), DEADLINE), step):
                    pass
                return self._take()
        return None
