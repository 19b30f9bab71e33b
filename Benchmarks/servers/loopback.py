# Parley: Realtime voice server, doctor and client
# Copyright (c) the Parley authors
# SPDX-License-Identifier: Apache-2.0

"""A Realtime loopback as one writes it with Python `websockets`: every append comes back as a delta.

    loopback.py PORT        listens on 127.0.0.1 and prints "ready PORT"
    loopback.py kernels     times the steps of a message; JSON, nanoseconds each
"""

from __future__ import annotations

import asyncio
import base64
import json
import sys
import time
from collections.abc import Callable

EVENT = {"type": "session.created", "event_id": "event_0", "session": {}}


def answer(message: str) -> str | None:
    event = json.loads(message)
    if event["type"] != "input_audio_buffer.append":
        return None
    return delta(base64.b64decode(event["audio"], validate=True))


def delta(audio: bytes) -> str:
    return json.dumps(
        {
            "type": "response.output_audio.delta",
            "event_id": "event_1",
            "response_id": "resp_1",
            "item_id": "item_1",
            "output_index": 0,
            "content_index": 0,
            "delta": base64.b64encode(audio).decode(),
        }
    )


async def serve(port: int) -> None:
    from websockets.asyncio.server import ServerConnection
    from websockets.asyncio.server import serve as listen
    from websockets.exceptions import ConnectionClosed

    async def session(connection: ServerConnection) -> None:
        try:
            await connection.send(json.dumps(EVENT))
            async for message in connection:
                if (text := answer(message)) is not None:
                    await connection.send(text)
        except ConnectionClosed:
            pass

    async with listen(session, "127.0.0.1", port, compression=None, ping_interval=None, max_size=None) as server:
        print("ready", server.sockets[0].getsockname()[1], flush=True)
        await server.serve_forever()


def nanoseconds(step: Callable[[], object]) -> float:
    times = 64
    while True:
        start = time.perf_counter_ns()
        for _ in range(times):
            step()
        taken = time.perf_counter_ns() - start
        if taken >= 60_000_000:
            return round(taken / times)
        times *= 2


def kernels() -> dict[str, float]:
    audio = bytes((i * 97 + (i >> 7)) & 255 for i in range(4800))
    text = base64.b64encode(audio)
    append = json.dumps({"type": "input_audio_buffer.append", "audio": text.decode()})
    return {
        "append.read": nanoseconds(lambda: base64.b64decode(json.loads(append)["audio"], validate=True)),
        "delta.write": nanoseconds(lambda: delta(audio)),
        "base64.decode": nanoseconds(lambda: base64.b64decode(text)),
        "base64.encode": nanoseconds(lambda: base64.b64encode(audio)),
    }


if __name__ == "__main__":
    if sys.argv[1] == "kernels":
        print(json.dumps(kernels()))
    else:
        asyncio.run(serve(int(sys.argv[1])))
