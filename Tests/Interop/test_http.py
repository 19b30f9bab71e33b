# Parley: Realtime voice server, doctor and client
# Copyright (c) the Parley authors
# SPDX-License-Identifier: Apache-2.0

"""The HTTP side: plain routes, the upgrade byte for byte, and the end of the server."""

from __future__ import annotations

import json
import ssl

import pytest

from clients import websockets_peer
from dialects import BETA, GA, Dialect, user_text
from peers import Closed
from scenarios import LONG_TEXT, opening
from server import Server, fetch
from shapes import check_shape
from talk import Send, Talk, Until
from wire import TEXT, Wire, frame, handshake

PATHS = ["/", "/realtime", "/v1/realtime", "/openai/realtime", "/openai/v1/realtime"]
SLASHED = PATHS + [path + "/" for path in PATHS if path != "/"]
SAMPLE_ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="


# Plain routes.


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/healthz/", "/readyz/"])
def test_health_is_told(server, path: str) -> None:
    assert fetch(server.http(path)).status == 200


def test_health_is_told_without_a_key(keyed_server) -> None:
    assert fetch(keyed_server.http("/healthz")).status == 200


@pytest.mark.parametrize("path", ["/v1/models", "/v1/models/"])
def test_models_are_listed(server, path: str) -> None:
    answer = fetch(server.http(path))
    assert answer.status == 200
    assert answer.json["object"] == "list"
    models = answer.json["data"]
    assert models and all(m["object"] == "model" and m["id"] and m["owned_by"] and m["created"] >= 0 for m in models)


@pytest.mark.parametrize("path", [path for path in SLASHED if path != "/"])
def test_a_plain_get_is_told_to_upgrade(server, path: str) -> None:
    answer = fetch(server.http(path + "?model=gpt-realtime"))
    assert answer.status == 426
    assert answer.headers["Upgrade"].lower() == "websocket"
    assert "websocket" in answer.error["message"].lower()


@pytest.mark.parametrize("path", ["/v1/realtimes", "/v2/realtime", "/v1", "/chat", "/v1/realtime/nothing"])
def test_a_wrong_path_names_the_right_one(server, path: str) -> None:
    answer = fetch(server.http(path))
    assert answer.status == 404
    assert "/v1/realtime" in answer.error["message"]


@pytest.mark.parametrize("path", ["/v1/realtimes", "/ws", "/socket.io/"])
def test_an_upgrade_at_a_wrong_path_names_the_right_one(server, path: str) -> None:
    with Wire(server.port) as wire:
        status, fields, body = wire.upgrade(path)
        assert status == 404
        assert fields["content-type"].startswith("application/json")
        assert "/v1/realtime" in json.loads(body)["error"]["message"]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_another_method_is_refused(server, method: str) -> None:
    answer = fetch(server.http("/v1/realtime?model=gpt-realtime"), method=method, body={})
    assert answer.status in (404, 405, 501), answer.status
    assert answer.error["message"]


# The upgrade.


@pytest.mark.parametrize("path", SLASHED)
def test_every_path_upgrades(server, path: str) -> None:
    """Azure's preview path is the beta dialect; everywhere else no sign of the beta is GA."""
    dialect = BETA if path.startswith("/openai/realtime") else GA
    with Wire(server.port) as wire:
        status, _, _ = wire.upgrade(f"{path}?model=my-model&api-version=2024-10-01-preview&unknown=1")
        assert status == 101
        created = wire.receive_event()
        assert check_shape(created, dialect) == "session.created"
        assert created["session"]["model"] == "my-model"


def test_the_answer_has_what_it_must_and_nothing_else(server) -> None:
    with Wire(server.port) as wire:
        status, fields, _ = wire.upgrade("/v1/realtime")
        assert status == 101
        assert fields["upgrade"] == "websocket"
        assert fields["connection"].lower() == "upgrade", "some clients take no list here"
        assert fields["sec-websocket-accept"] == SAMPLE_ACCEPT
        unwanted = {"content-length", "transfer-encoding", "sec-websocket-protocol", "sec-websocket-extensions"}
        assert not unwanted & set(fields)


OFFERS = [
    ("realtime, openai-insecure-api-key.null, openai-beta.realtime-v1", "realtime"),
    ("openai-beta.realtime-v1,openai-insecure-api-key.null,realtime", "realtime"),
    ("openai-insecure-api-key.sk-x, openai-beta.realtime-v1", "openai-beta.realtime-v1"),
    ("openai-agents-sdk.1.2.3 , openai-insecure-api-key.ek_x", "openai-agents-sdk.1.2.3"),
    ("arduino", "arduino"),
    ("openai-insecure-api-key.sk-x", "openai-insecure-api-key.sk-x"),
    ("", None),
]


@pytest.mark.parametrize(("offer", "selected"), OFFERS)
def test_one_offered_subprotocol_is_selected(server, offer: str, selected: str | None) -> None:
    with Wire(server.port) as wire:
        status, fields, _ = wire.upgrade("/", {"Sec-WebSocket-Protocol": offer})
        assert (status, fields.get("sec-websocket-protocol")) == (101, selected)
        assert wire.receive_event()["type"] == "session.created"


def test_an_offer_on_several_lines_is_one_offer(server) -> None:
    with Wire(server.port) as wire:
        offer = "openai-insecure-api-key.null\r\nSec-WebSocket-Protocol: realtime"
        status, fields, _ = wire.upgrade("/", {"Sec-WebSocket-Protocol": offer})
        assert (status, fields["sec-websocket-protocol"]) == (101, "realtime")


@pytest.mark.parametrize(
    "fields",
    [
        {"Connection": "keep-alive, Upgrade"},
        {"Connection": "upgrade", "Upgrade": "WebSocket"},
        {"Content-Length": "0"},
        {"Sec-WebSocket-Extensions": "permessage-deflate; client_max_window_bits"},
    ],
    ids=["list", "case", "length", "deflate"],
)
def test_what_real_clients_send_is_taken(server, fields: dict[str, str]) -> None:
    with Wire(server.port) as wire:
        assert wire.upgrade("/v1/realtime", fields)[0] == 101
        assert wire.receive_event()["type"] == "session.created"


def test_another_websocket_version_is_told_which_one(server) -> None:
    with Wire(server.port) as wire:
        status, fields, body = wire.upgrade("/v1/realtime", {"Sec-WebSocket-Version": "8"})
        assert (status, fields["sec-websocket-version"]) == (426, "13")
        assert json.loads(body)["error"]["message"]


@pytest.mark.parametrize("key", ["", "short", "dGhlIHNhbXBsZSBub25jZQ"])
def test_a_handshake_key_of_the_wrong_size_is_refused(server, key: str) -> None:
    with Wire(server.port) as wire:
        status, _, body = wire.upgrade("/v1/realtime", {"Sec-WebSocket-Key": key})
        assert status == 400
        assert json.loads(body)["error"]["message"]


@pytest.mark.parametrize("before", ["/healthz", "/nothing", "/v1/realtime"])
def test_the_upgrade_may_be_the_second_request(server, before: str) -> None:
    with Wire(server.port) as wire:
        for _ in range(2):
            wire.request(before)
            assert wire.answer()[0] in (200, 404, 426)
        assert wire.upgrade("/v1/realtime")[0] == 101
        assert wire.receive_event()["type"] == "session.created"


def test_an_event_in_the_segment_of_the_handshake_is_not_lost(server) -> None:
    with Wire(server.port) as wire:
        wire.send(handshake("/v1/realtime", server.port) + frame(TEXT, b'{"type":"input_audio_buffer.clear"}'))
        assert wire.answer()[0] == 101
        assert wire.receive_event()["type"] == "session.created"
        assert wire.receive_event()["type"] == "input_audio_buffer.cleared"


# The wrong protocol on the port.


def test_a_tls_hello_on_the_plain_port_is_closed_at_once(server) -> None:
    """At once: while a request that is still being written is waited for."""
    with Wire(server.port) as slow:
        slow.send(b"GET /healthz HTTP/1.1\r\n")
        with pytest.raises((ssl.SSLError, ConnectionError)), server.connect() as plain:
            ssl._create_unverified_context().wrap_socket(plain)
        slow.send(f"Host: 127.0.0.1:{server.port}\r\n\r\n".encode())
        assert slow.answer()[0] == 200


# The end.


def test_sigterm_closes_sessions_and_ends_the_server(dialect: Dialect) -> None:
    with Server() as server, Wire(server.port) as idle:
        idle.request("/healthz")
        assert idle.answer()[0] == 200
        peers = [websockets_peer(server.url(model=dialect.model), dialect.headers()) for _ in range(3)]
        talks = [Talk(peer, dialect) for peer in peers]
        for talk in talks:
            talk.run(opening(dialect))

        def begin():
            yield Send(user_text(LONG_TEXT))
            yield Send(dialect.respond())
            yield Until("response.output_audio.delta")

        talks[0].run(begin())
        server.signal()
        for peer in peers:
            closed = peer.wait_closed()
            assert isinstance(closed, Closed)
            assert closed.code == 1001
            assert closed.reason
            peer.close()
        assert server.wait() == 0


def test_sigterm_ends_a_server_without_sessions() -> None:
    with Server() as server:
        server.signal()
        assert server.wait() == 0
