# Parley: Realtime voice server, doctor and client
# Copyright (c) the Parley authors
# SPDX-License-Identifier: Apache-2.0

"""permessage-deflate (RFC 7692) against zlib itself and against libraries that speak it, in both roles."""

from __future__ import annotations

import itertools
import json
import os
import random
import subprocess
import threading
import zlib
from pathlib import Path

import pytest
from websockets.extensions.permessage_deflate import (
    ClientPerMessageDeflateFactory,
    PerMessageDeflate,
    ServerPerMessageDeflateFactory,
)
from websockets.sync.client import connect
from websockets.sync.server import serve

from browser import Browser, BrowserPeer
from clients import websockets_peer
from conftest import NODE_MODULES
from dialects import BETA, Dialect
from peers import DEADLINE, ProcessPeer
from scenarios import NOISE, joined, opening, text_turn, whole_conversation
from server import binary
from talk import Talk
from wire import BINARY, COMPRESSED, TEXT, Wire

TAIL = b"\x00\x00\xff\xff"
NODE = Path(__file__).parent / "node"
SENTENCE = "Compressed as much as it is said again and again. "
MESSAGES = [
    "", "x", SENTENCE, SENTENCE, SENTENCE * 2000, "é你👋" * 9000, bytes(range(256)) * 300, random.Random(7692).randbytes(70_000),
    b"", SENTENCE,
]
OFFER = "permessage-deflate; client_max_window_bits"


def deflate(compressor, data: bytes) -> bytes:
    return (compressor.compress(data) + compressor.flush(zlib.Z_SYNC_FLUSH))[: -len(TAIL)]


def as_bytes(message: str | bytes) -> bytes:
    return message.encode() if isinstance(message, str) else message


@pytest.mark.parametrize("forgets", [False, True], ids=["context", "no context"])
@pytest.mark.parametrize("bits", range(9, 16))
def test_frames_are_what_zlib_reads_and_writes(compressing_server, bits: int, forgets: bool) -> None:
    flags = "; server_no_context_takeover; client_no_context_takeover" if forgets else ""
    offer = f"permessage-deflate{flags}; server_max_window_bits={bits}; client_max_window_bits={bits}"
    wire = Wire(compressing_server.port)
    _, fields, _ = wire.upgrade("/echo", {"Sec-WebSocket-Extensions": offer})
    agreed = min(bits, 12)
    expected = f"permessage-deflate{flags}; server_max_window_bits={agreed}; client_max_window_bits={agreed}"
    assert fields["sec-websocket-extensions"] == expected
    compressor, decompressor = zlib.compressobj(9, zlib.DEFLATED, -agreed), zlib.decompressobj(-agreed)
    compressed = 0
    for message in MESSAGES * 2:
        opcode, data = TEXT if isinstance(message, str) else BINARY, as_bytes(message)
        if forgets:
            compressor, decompressor = zlib.compressobj(9, zlib.DEFLATED, -agreed), zlib.decompressobj(-agreed)
        wire.send_frame(opcode | COMPRESSED, deflate(compressor, data))
        first, payload = wire.receive_marked_frame()
        assert first & 0x0F == opcode
        if first & COMPRESSED:
            compressed += 1
            payload = decompressor.decompress(payload + TAIL)
            assert decompressor.unconsumed_tail == b""
        else:
            assert len(data) < 64
        assert payload == data
    assert compressed == sum(len(as_bytes(message)) >= 64 for message in MESSAGES * 2)


@pytest.mark.parametrize("level", [0, 1, 9])
@pytest.mark.parametrize("strategy", [zlib.Z_DEFAULT_STRATEGY, zlib.Z_HUFFMAN_ONLY, zlib.Z_FIXED, zlib.Z_RLE])
def test_every_kind_of_block_is_read(compressing_server, level: int, strategy: int) -> None:
    wire = Wire(compressing_server.port)
    wire.upgrade("/echo", {"Sec-WebSocket-Extensions": "permessage-deflate"})
    compressor = zlib.compressobj(level, zlib.DEFLATED, -15, 9, strategy)
    decompressor = zlib.decompressobj(-15)
    for message in MESSAGES:
        data = as_bytes(message)
        wire.send_frame(BINARY | COMPRESSED, deflate(compressor, data))
        first, payload = wire.receive_marked_frame()
        assert (decompressor.decompress(payload + TAIL) if first & COMPRESSED else payload) == data


def test_a_message_that_grows_too_much_ends_the_connection(compressing_server) -> None:
    for size, code in ((1 << 20, None), (8 << 20, 1009)):
        wire = Wire(compressing_server.port)
        wire.upgrade("/echo", {"Sec-WebSocket-Extensions": OFFER})
        wire.send_frame(BINARY | COMPRESSED, deflate(zlib.compressobj(9, zlib.DEFLATED, -12), bytes(size)))
        if code:
            assert wire.receive_close()[0] == code
        else:
            first, payload = wire.receive_marked_frame()
            assert zlib.decompressobj(-15).decompress(payload + TAIL) == bytes(size)


@pytest.mark.parametrize("payload", [b"\x07", b"\xf2\x48", b"not compressed"], ids=["kind", "cut", "text"])
def test_what_is_not_compressed_although_it_says_so_ends_the_connection(compressing_server, payload: bytes) -> None:
    wire = Wire(compressing_server.port)
    wire.upgrade("/echo", {"Sec-WebSocket-Extensions": OFFER})
    wire.send_frame(BINARY | COMPRESSED, payload)
    assert wire.receive_close()[0] == 1007


def test_without_the_flag_nothing_is_agreed_on(server) -> None:
    wire = Wire(server.port)
    _, fields, _ = wire.upgrade("/", {"Sec-WebSocket-Extensions": OFFER})
    assert "sec-websocket-extensions" not in fields


def test_speech_is_sent_as_it_is_and_words_are_compressed(compressing_server) -> None:
    wire = Wire(compressing_server.port)
    wire.upgrade("/v1/realtime?model=m", {"Sec-WebSocket-Extensions": OFFER})
    decompressor = zlib.decompressobj(-15)
    kinds: dict[str, set[bool]] = {}

    def receive() -> str:
        first, payload = wire.receive_marked_frame()
        is_compressed = bool(first & COMPRESSED)
        event = json.loads(decompressor.decompress(payload + TAIL) if is_compressed else payload)
        kinds.setdefault(event["type"], set()).add(is_compressed)
        return event["type"]

    text = {"type": "input_text", "text": "What time is it?"}
    item = {"type": "message", "role": "user", "content": [text]}
    wire.send_event({"type": "conversation.item.create", "item": item})
    wire.send_event({"type": "response.create"})
    while receive() != "response.done":
        pass
    assert kinds["response.output_audio.delta"] == {False}
    assert {kind for kind, compressed in kinds.items() if compressed != {True}} == {"response.output_audio.delta"}


CLIENTS = [
    ClientPerMessageDeflateFactory(
        server_no_context_takeover=server_forgets,
        client_no_context_takeover=client_forgets,
        server_max_window_bits=server_bits,
        client_max_window_bits=client_bits,
    )
    for server_forgets, client_forgets, server_bits, client_bits in itertools.product(
        [False, True], [False, True], [None, 9, 15], [None, True, 9, 15]
    )
]


@pytest.mark.parametrize("factory", CLIENTS, ids=lambda f: f"{f.get_request_params()}")
def test_python_websockets_gets_its_echo(compressing_server, factory: ClientPerMessageDeflateFactory) -> None:
    url = compressing_server.url("/echo")
    with connect(url, extensions=[factory], compression=None, proxy=None, max_size=None) as client:
        (extension,) = client.protocol.extensions
        assert isinstance(extension, PerMessageDeflate)
        for message in MESSAGES * 2:
            client.send(message)
            assert client.recv(timeout=DEADLINE) == message
        client.send(SENTENCE[place : place + 5] for place in range(0, len(SENTENCE), 5))
        assert client.recv(timeout=DEADLINE) == SENTENCE


def test_python_websockets_talks(compressing_server, dialect: Dialect, pcm: bytes, silence: bytes) -> None:
    url = compressing_server.url(model=dialect.model)
    with Talk(websockets_peer(url, dialect.headers()), dialect) as talk:
        assert talk.peer.connection.protocol.extensions
        talk.run(opening(dialect))
        talk.run(whole_conversation(dialect, pcm, silence))


@pytest.fixture
def node_env() -> dict[str, str]:
    return {**os.environ, "NODE_PATH": os.environ.get("NODE_PATH", str(NODE_MODULES))}


def test_node_ws_talks(compressing_server, node: str, node_env, dialect: Dialect) -> None:
    configuration = {"url": compressing_server.url(model=dialect.model), "headers": dialect.headers()}
    with Talk(ProcessPeer([node, str(NODE / "client.js")], configuration, node_env), dialect) as talk:
        (opened,) = [record for record in talk.peer.records if record["kind"] == "open"]
        assert opened["extensions"] == "permessage-deflate"
        talk.run(opening(dialect))
        talk.run(text_turn(dialect))
        talk.run(joined(dialect, NOISE))


def test_chromium_talks(compressing_server, browser: Browser, pcm: bytes, silence: bytes) -> None:
    with browser.page() as page:
        peer = BrowserPeer(page, compressing_server.url("/", model=BETA.model), BETA.subprotocols(None), BETA)
        assert "permessage-deflate" in peer.wait_open()["extensions"]
        with Talk(peer, BETA) as talk:
            talk.run(opening(BETA))
            talk.run(whole_conversation(BETA, pcm, silence))


def suite_client(url: str, *flags: str) -> None:
    """Our client, in a suite of which the test is the server."""
    command = [str(binary()), "websocket-suite-client", url, "--compression", *flags]
    subprocess.run(command, check=True, timeout=60, stdout=subprocess.DEVNULL)


SERVERS = [
    (dict(zip(("server_no_context_takeover", "client_no_context_takeover"), forgets)), server, client)
    for forgets in itertools.product([False, True], [False, True])
    for server in (9, 15)
    for client in (9, 15)
]


@pytest.mark.parametrize(("forgets", "server_bits", "client_bits"), SERVERS, ids=str)
@pytest.mark.parametrize("flags", [[], ["--no-context-takeover"]], ids=["context", "no context"])
def test_our_client_echoes_a_python_server(forgets, server_bits: int, client_bits: int, flags: list[str]) -> None:
    factory = ServerPerMessageDeflateFactory(
        **forgets, server_max_window_bits=server_bits, client_max_window_bits=client_bits
    )
    found: list[object] = []

    def suite(connection) -> None:
        match connection.request.path.split("?")[0]:
            case "/getCaseCount":
                connection.send("1")
            case "/runCase":
                found.extend(connection.protocol.extensions)
                for message in MESSAGES * 2:
                    connection.send(message)
                    assert connection.recv(timeout=DEADLINE) == message
                found.append("done")

    with serve(suite, "127.0.0.1", 0, extensions=[factory], compression=None, max_size=None) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        suite_client(f"ws://127.0.0.1:{server.socket.getsockname()[1]}", *flags)
        server.shutdown()
    extension, end = found
    assert isinstance(extension, PerMessageDeflate) and end == "done"


@pytest.mark.parametrize(
    "settings",
    [
        {}, {"serverNoContextTakeover": True, "clientNoContextTakeover": True},
        {"serverMaxWindowBits": 9, "clientMaxWindowBits": 9}, {"clientMaxWindowBits": 15, "threshold": 0},
    ],
    ids=str,
)
def test_our_client_echoes_a_node_server(node: str, node_env, settings: dict[str, object]) -> None:
    command = [node, str(NODE / "suite.js"), json.dumps(settings)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=node_env) as suite:
        port = json.loads(suite.stdout.readline())["port"]
        suite_client(f"ws://127.0.0.1:{port}")
        assert json.loads(suite.stdout.readline()) == {"extensions": "permessage-deflate", "same": True}
        assert suite.wait(timeout=DEADLINE) == 0
