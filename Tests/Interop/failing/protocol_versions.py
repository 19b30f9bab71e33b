# Parley: Realtime voice server, doctor and client
# Copyright (c) the Parley authors
# SPDX-License-Identifier: Apache-2.0

"""Class 7: servers of another version of the protocol, of a subprotocol, of an extension or of Realtime."""

from __future__ import annotations

import json

from .case import BROWSER, CHROME, FIREFOX, NODE, OFFER, PYTHON, REALTIME, SDK, Case
from .raw import CREATED, TEXT, Connection, raw, raw_upgrade

ECHO = ("--expect", "echo")
OUR_OFFER = ("--subprotocol", "chat.v2", "--subprotocol", "chat.v1")
BETA_SESSION = {
    "id": "sess_1",
    "object": "realtime.session",
    "modalities": ["text", "audio"],
    "input_audio_format": "pcm16",
}
GA_SESSION = {
    "type": "realtime",
    "id": "sess_1",
    "object": "realtime.session",
    "output_modalities": ["audio"],
    "audio": {"input": {"format": {"type": "audio/pcm", "rate": 24000}}},
}


def _version(status: int, reason: str, versions: str):
    return raw_upgrade(lambda c: c.answer(status, reason, "", f"Sec-WebSocket-Version: {versions}"))


def _hixie(c: Connection) -> None:
    if "sec-websocket-key1" not in c.fields:
        c.answer(400, "Bad Request", "missing Sec-WebSocket-Key1 and Sec-WebSocket-Key2")


def _hixie_switch(c: Connection) -> None:
    head = (
        "Upgrade: WebSocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Origin: {c.fields.get('origin', 'null')}",
        f"Sec-WebSocket-Location: ws://{c.fields['host']}{c.target}",
    )
    c.switch(head=head, accept="", line="HTTP/1.1 101 WebSocket Protocol Handshake")
    c.send(b"0123456789abcdef")
    c.stay()


def _http10(c: Connection) -> None:
    c.switch(line="HTTP/1.0 101 Switching Protocols")
    c.echo()


def _selects(*fields: str):
    def serve(c: Connection) -> None:
        c.switch(*fields)
        c.echo()

    return raw_upgrade(serve)


def _offers(reply):
    def serve(c: Connection) -> None:
        c.switch(*reply(c))
        c.echo()

    return raw_upgrade(serve)


def _session_of(fields_of):
    def serve(c: Connection) -> None:
        c.switch(*fields_of(c))
        c.event({**CREATED, "session": GA_SESSION})
        c.echo(lambda *_: None)

    return raw_upgrade(serve)


def _needs_mqtt(c: Connection) -> None:
    if "mqtt" not in c.offered:
        c.answer(400, "Bad Request", "missing subprotocol")
        return
    c.switch("Sec-WebSocket-Protocol: mqtt")
    c.echo()


def _graphql(c: Connection) -> None:
    c.switch()
    c.close(4406, "Subprotocol not acceptable")
    c.stay()


def _pretends_compression(c: Connection) -> None:
    """Agrees to compression and knows nothing of it: bytes go back as they came, the bit that says so does not."""
    agreed = "permessage-deflate" in c.fields.get("sec-websocket-extensions", "")
    c.switch(*["Sec-WebSocket-Extensions: permessage-deflate"] * agreed)
    c.echo()


def _ga(c: Connection) -> None:
    """Refuses what the beta asked for."""
    c.switch_realtime()
    if c.fields.get("openai-beta") or any(one.startswith("openai-beta") for one in c.offered):
        c.event(
            {
                "type": "error",
                "event_id": "event_1",
                "error": {
                    "type": "invalid_request_error",
                    "code": "beta_api_shape_disabled",
                    "message": "The Realtime Beta API is no longer supported.",
                },
            }
        )
        c.close(4000, "invalid_request_error.beta_api_shape_disabled")
        c.stay()
    c.event({**CREATED, "session": GA_SESSION})
    c.echo(lambda *_: None)


def _beta(c: Connection) -> None:
    """Wants to be asked as in the days of the beta."""
    c.switch_realtime()
    if not (c.fields.get("openai-beta") or any(one.startswith("openai-beta") for one in c.offered)):
        c.event(
            {
                "type": "error",
                "event_id": "event_1",
                "error": {
                    "type": "invalid_request_error",
                    "code": "missing_beta_header",
                    "message": "You must send the OpenAI-Beta: realtime=v1 header.",
                },
            }
        )
        c.close(4000, "invalid_request_error.missing_beta_header")
        c.stay()
    c.event({**CREATED, "session": BETA_SESSION})
    c.echo(lambda *_: None)


def _azure(c: Connection) -> None:
    if c.path.startswith("/openai/"):
        c.switch_realtime()
        c.event(CREATED)
        c.echo(lambda *_: None)
    else:
        body = json.dumps({"error": {"code": "404", "message": "Resource not found"}})
        c.answer(
            404,
            "Resource Not Found",
            body,
            "apim-request-id: 4f0f3c66-0000-4000-8000-6b1d6a1c0001",
            "Content-Type: application/json",
        )


def _socketio_transport(c: Connection) -> None:
    if c.path != "/socket.io/":
        c.answer(404, "Not Found", "Cannot GET " + c.path)
    elif "EIO=" in c.target:
        c.answer(
            400, "Bad Request", '{"code":5,"message":"Unsupported protocol version"}', "Content-Type: application/json"
        )
    else:
        c.answer(400, "Bad Request", '{"code":0,"message":"Transport unknown"}', "Content-Type: application/json")


def _socketio_open(c: Connection) -> None:
    c.switch()
    c.frame(
        TEXT,
        b'0{"sid":"lv_VI97HAXpY6yYWAAAC","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}',
    )
    c.echo(lambda *_: None)


CASES = [
    Case("ver-ws-version", "426 with version 8", _version(426, "Upgrade Required", "8"), fail=(CHROME, NODE, PYTHON)),
    Case(
        "ver-ws-version", "400 with versions 7 and 8", _version(400, "Bad Request", "8, 7"), fail=(CHROME, NODE, PYTHON)
    ),
    Case("ver-hixie", "400, wants two keys", raw_upgrade(_hixie), fail=(CHROME, NODE, PYTHON)),
    Case("ver-hixie", "101 of draft 76", raw_upgrade(_hixie_switch), fail=(CHROME, NODE, PYTHON)),
    Case("ver-http-version", "HTTP/1.0 101", raw_upgrade(_http10), ok=(CHROME, NODE), fail=(FIREFOX, PYTHON)),
    Case(
        "ver-subproto-none",
        "no choice of our own subprotocols",
        _selects(),
        OUR_OFFER,
        ok=(FIREFOX, PYTHON),
        fail=(CHROME, NODE),
    ),
    Case(
        "ver-subproto-none",
        "no choice of the Realtime subprotocols",
        _session_of(lambda c: ()),
        (*OFFER, *BROWSER),
        REALTIME,
        fail=(CHROME,),
    ),
    Case(
        "ver-subproto-unoffered",
        "a choice though nothing was offered",
        _selects("Sec-WebSocket-Protocol: chat"),
        ok=(FIREFOX,),
        fail=(CHROME, NODE, PYTHON),
    ),
    Case(
        "ver-subproto-mismatch",
        "a choice that was not offered",
        _selects("Sec-WebSocket-Protocol: chat.v3"),
        OUR_OFFER,
        fail=(CHROME, NODE, PYTHON),
    ),
    Case(
        "ver-subproto-mismatch",
        "the choice in another case",
        _offers(lambda c: [f"Sec-WebSocket-Protocol: {c.offered[0].upper()}"] if c.offered else []),
        OUR_OFFER,
        fail=(CHROME, NODE),
    ),
    Case(
        "ver-subproto-multiple",
        "the whole offer comes back",
        _offers(lambda c: [f"Sec-WebSocket-Protocol: {c.fields['sec-websocket-protocol']}"] if c.offered else []),
        (*OFFER, "--expect", "open"),
        REALTIME,
        fail=(CHROME, NODE),
    ),
    Case(
        "ver-subproto-multiple",
        "two fields",
        _selects("Sec-WebSocket-Protocol: chat.v2", "Sec-WebSocket-Protocol: chat.v1"),
        OUR_OFFER,
        fail=(CHROME,),
    ),
    Case("ver-subproto-required", "400 missing subprotocol", raw_upgrade(_needs_mqtt), fail=(CHROME, NODE, PYTHON)),
    Case(
        "ver-subproto-mismatch",
        "Close 4406 of GraphQL",
        raw_upgrade(_graphql),
        ("--subprotocol", "graphql-ws"),
        fail=(FIREFOX, PYTHON),
        also=("ver-subproto-none",),
    ),
    Case(
        "ver-ext-unoffered",
        "compression that nobody offered",
        _selects("Sec-WebSocket-Extensions: permessage-deflate"),
        ("--client", "openai-python"),
        fail=(SDK,),
    ),
    Case(
        "ver-ext-unoffered",
        "an extension of its own",
        _selects("Sec-WebSocket-Extensions: x-acme-frames"),
        fail=(CHROME, NODE, PYTHON),
    ),
    Case(
        "ver-ext-params",
        "a window of 20 bits",
        _offers(
            lambda c: (
                ["Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=20"]
                if "sec-websocket-extensions" in c.fields
                else []
            )
        ),
        ok=(SDK,),
        fail=(CHROME, NODE, PYTHON),
    ),
    Case(
        "ver-ext-not-implemented",
        "agrees to compression without knowing it",
        raw_upgrade(_pretends_compression),
        ECHO,
        ok=(SDK,),
        fail=(CHROME, NODE, PYTHON),
    ),
    Case(
        "ver-realtime-beta-rejected",
        "GA server, beta field",
        raw_upgrade(_ga),
        ("--header", "OpenAI-Beta: realtime=v1", "--client", "node-ws"),
        REALTIME,
        fail=(NODE,),
    ),
    Case(
        "ver-realtime-beta-rejected",
        "GA server, beta subprotocol",
        raw_upgrade(_ga),
        (*OFFER, "--subprotocol", "openai-beta.realtime-v1", *BROWSER),
        REALTIME,
        fail=(CHROME,),
    ),
    Case(
        "ver-realtime-beta-only",
        "beta server, GA client",
        raw_upgrade(_beta),
        ("--client", "openai-python"),
        REALTIME,
        fail=(SDK,),
    ),
    Case(
        "ver-realtime-azure",
        "Azure's resource at another path",
        raw_upgrade(_azure),
        path=REALTIME,
        fail=(CHROME, NODE, SDK),
    ),
    Case(
        "ver-socketio-eio",
        "Transport unknown",
        raw(_socketio_transport),
        path="/socket.io/",
        fail=(CHROME, NODE, PYTHON),
    ),
    Case(
        "ver-socketio-eio",
        "an Engine.IO session opens",
        raw_upgrade(_socketio_open),
        ECHO,
        path="/socket.io/?EIO=4&transport=websocket",
        fail=(CHROME, NODE, PYTHON),
    ),
]
