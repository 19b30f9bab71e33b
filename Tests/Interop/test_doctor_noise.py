# Parley: Realtime voice server, doctor and client
# Copyright (c) the Parley authors
# SPDX-License-Identifier: Apache-2.0

"""The doctor before servers that send nonsense, too much, too slowly or without end: it ends in time."""

from __future__ import annotations

import itertools
import random
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from asking import Diagnosis, ask
from failing.case import OFFER, REALTIME
from failing.raw import Connection, RawServer

PROBE_TIMEOUT = 2
# Longest time for everything, many times what is needed: a doctor that hangs would never end.
LIMIT = 60.0
# A server that floods stops when this many bytes were taken.
FLOOD = 32 << 20
SEEDS = range(4)

Noise = Callable[[Connection, random.Random], None]


def _bytes(c: Connection, chance: random.Random) -> None:
    c.send(chance.randbytes(chance.randrange(1, 5000)))


def _bytes_then_silence(c: Connection, chance: random.Random) -> None:
    _bytes(c, chance)
    c.stay()


def _flood(c: Connection, piece: bytes) -> None:
    for _ in range(FLOOD // len(piece)):
        c.send(piece)


def _endless_head(c: Connection, chance: random.Random) -> None:
    c.send(b"HTTP/1.1 101 Switching Protocols\r\n")
    _flood(c, b"X-Filler: " + b"f" * chance.randrange(1, 4000) + b"\r\n")


def _endless_line(c: Connection, chance: random.Random) -> None:
    c.send(chance.choice([b"HTTP/1.1 200 ", b"HTTP/", b"H", b"\xff"]))
    _flood(c, b"a" * 65536)


def _endless_body(c: Connection, chance: random.Random) -> None:
    c.send(b"HTTP/1.1 403 Forbidden\r\nContent-Type: text/html\r\n\r\n")
    _flood(c, chance.randbytes(65536))


def _endless_chunks(c: Connection, chance: random.Random) -> None:
    c.send(b"HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n")
    _flood(c, b"10000\r\n" + chance.randbytes(65536) + b"\r\n")


def _drip(c: Connection, chance: random.Random) -> None:
    for byte in b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" * 3:
        c.send(bytes([byte]))
        time.sleep(chance.uniform(0.05, 0.3))


def _frames(c: Connection, chance: random.Random) -> None:
    c.switch()
    for _ in range(chance.randrange(1, 200)):
        c.frame(
            chance.randrange(16),
            chance.randbytes(chance.randrange(200)),
            chance.randrange(16) << 4,
            chance.random() < 0.1,
        )
    c.stay()


def _frame_of_all_sizes(c: Connection, chance: random.Random) -> None:
    c.switch()
    c.send(bytes([0x80 | chance.randrange(3), 127]) + chance.randbytes(8) + chance.randbytes(1000))
    c.stay()


def _endless_messages(c: Connection, chance: random.Random) -> None:
    c.switch_realtime()
    c.frame(1, b"{", first=0)
    for _ in range(FLOOD // 65536):
        c.frame(0, b"x" * 65536, first=0)


def _endless_pings(c: Connection, _: random.Random) -> None:
    c.switch_realtime()
    for _ in range(FLOOD // 64):
        c.frame(9, b"p" * 60)


def _deflate_bomb(c: Connection, _: random.Random) -> None:
    c.switch(*["Sec-WebSocket-Extensions: permessage-deflate"] * ("sec-websocket-extensions" in c.fields))
    c.frame(1, b"\xec\xc1\x01\x01\x00\x00\x00\x80\x90\xfe\xaf\xee\x08\n" + b"\x00" * 100_000, first=0xC0)
    c.stay()


def _mirrors_secrets(c: Connection, _: random.Random) -> None:
    """Everything that was sent comes back, in the head, in the body and in the message of a close."""
    said = " ".join(f"{name}={value}" for name, value in c.raw)
    c.answer(400, "Bad " + said, c.target + said, f"X-Said: {said}", f"Location: {c.target}")


def _mirrors_in_frames(c: Connection, _: random.Random) -> None:
    said = " ".join(value for _, value in c.raw)
    c.switch_realtime()
    c.event({"type": "error", "error": {"code": "invalid_api_key", "message": f"Incorrect API key: {said}"}})
    c.close(3000, said[:100])
    c.stay()


NOISES: list[Noise] = [
    _bytes, _bytes_then_silence, _endless_head, _endless_line, _endless_body, _endless_chunks, _drip, _frames,
    _frame_of_all_sizes, _endless_messages, _endless_pings, _deflate_bomb, _mirrors_secrets, _mirrors_in_frames,
]  # fmt: skip
RANDOM = {_bytes, _bytes_then_silence, _frames, _frame_of_all_sizes}
CASES = [(noise, seed) for noise in NOISES for seed in (SEEDS if noise in RANDOM else [0])]


def _name(noise: Noise, seed: int) -> str:
    return f"{noise.__name__[1:]}-{seed}"


def _examine(noise: Noise, seed: int) -> Diagnosis:
    """Every connection gets a seed of its own, so that not all exchanges look alike."""
    number = itertools.count()

    def serve(connection: Connection) -> None:
        noise(connection, random.Random(f"{seed}.{next(number)}"))

    with RawServer(serve) as server:
        url = f"ws://127.0.0.1:{server.port}{REALTIME}"
        return ask(url, *OFFER, "--timeout", str(PROBE_TIMEOUT))


@pytest.fixture(scope="module")
def diagnoses(request: pytest.FixtureRequest) -> Iterator[dict[str, Future]]:
    wanted = [item.callspec.params for item in request.session.items if item.originalname == "test_it_ends"]
    with ThreadPoolExecutor(3) as pool:
        yield {_name(**params): pool.submit(_examine, **params) for params in wanted}
        pool.shutdown(cancel_futures=True)


@pytest.mark.parametrize(("noise", "seed"), CASES, ids=lambda value: value.__name__[1:] if callable(value) else value)
def test_it_ends(noise: Noise, seed: int, diagnoses: dict[str, Future]) -> None:
    said = diagnoses[_name(noise, seed)].result()
    assert said.exit_code in (1, 3), said.summary
    assert said.seconds < LIMIT
    # The bounds of what evidence may keep hold whatever came.
    assert len(said.text) < 8 << 20
