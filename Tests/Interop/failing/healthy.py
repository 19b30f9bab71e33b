# Parley: Realtime voice server, doctor and client
# Copyright (c) the Parley authors
# SPDX-License-Identifier: Apache-2.0

"""Servers that work. Whoever names a cause here is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from server import Server

from .case import CHROME, FIREFOX, GORILLA, NODE, OFFER, PAGE, PYTHON, REALTIME, SDK, UNDICI, Case, Start
from .certificates import CA, secured
from .launching import go, node, proxied, python
from .programs import APACHE_GOOD, ECHO, HAPROXY_GOOD, NGINX_GOOD
from .raw import CREATED, Connection, raw_upgrade, upgrading

ALL = (CHROME, FIREFOX, NODE, UNDICI, PYTHON, SDK, GORILLA)


def parley(*arguments: str) -> Start:
    @contextmanager
    def start(_: Path) -> Iterator[int]:
        with Server("--engine", "loopback", *arguments) as server:
            yield server.port

    return start


def session(c: Connection) -> None:
    """Any server of the Realtime protocol: selects `realtime` and greets."""
    c.switch_realtime()
    c.event(CREATED)
    c.echo(lambda *_: None)


def slow_session(c: Connection) -> None:
    """Selects what it likes best and answers in pieces."""
    head = [
        "HTTP/1.1 101 Web Socket Protocol Handshake",
        "upgrade: WebSocket",
        "connection: upgrade",
        f"sec-websocket-accept:{c.accept_value()}",
    ]
    head += ["sec-websocket-protocol:realtime"] * ("realtime" in c.offered)
    for line in [*head, ""]:
        c.send((line + "\r\n").encode())
    c.frame(9, b"are you there?")
    c.event(CREATED)
    c.echo(lambda *_: None)


CASES = [
    Case("", "parley, GA and beta", parley(), path=REALTIME, ok=ALL),
    Case(
        "",
        "parley, asked by the beta's browser client",
        parley(),
        (*OFFER, "--subprotocol", "openai-beta.realtime-v1"),
        REALTIME,
        ok=(CHROME, NODE, PYTHON),
    ),
    Case(
        "",
        "parley, asked by a GA client with a key",
        parley(),
        ("--header", "Authorization: Bearer sk-case"),
        REALTIME,
        ok=(NODE, PYTHON),
    ),
    Case("", "parley's echo", parley("--echo"), ECHO, "/echo", ok=ALL),
    Case("", "nginx before parley", proxied("nginx", NGINX_GOOD % "", parley()), path=REALTIME, ok=ALL),
    Case("", "HAProxy before parley", proxied("haproxy", HAPROXY_GOOD, parley()), path=REALTIME, ok=ALL),
    Case("", "a plain Realtime server", raw_upgrade(session), OFFER, REALTIME, ok=ALL),
    Case("", "an unusual but lawful Realtime server", raw_upgrade(slow_session), OFFER, REALTIME, ok=ALL),
    Case("", "websockets", python("websockets"), ECHO, ok=ALL),
    Case("", "websockets, without being told what to expect", python("websockets"), ok=ALL),
    Case("", "aiohttp", python("aiohttp"), ECHO, "/ws", ok=ALL),
    Case(
        "",
        "tornado, asked by no page",
        python("tornado"),
        (*ECHO, "--client", "node-ws", "--client", "python"),
        "/ws",
        ok=(NODE, PYTHON),
    ),
    Case("", "starlette on uvicorn", python("starlette"), ECHO, "/ws", ok=ALL),
    Case("", "node ws", node("ws"), ECHO, ok=ALL),
    Case("", "gorilla", go("open"), (*PAGE, *ECHO), "/ws", ok=ALL),
    Case(
        "",
        "nginx before websockets, held open",
        proxied("nginx", NGINX_GOOD % "", python("websockets")),
        (*ECHO, "--hold", "3"),
        ok=ALL,
    ),
    Case("", "Apache before node ws", proxied("apache", APACHE_GOOD, node("ws")), ECHO, ok=ALL),
    Case("", "big messages", node("ws"), (*ECHO, "--send-bytes", "300000"), ok=ALL),
    Case("", "TLS with a root of its own", secured(), (*CA, *ECHO), scheme="wss", host="localhost", ok=ALL),
    Case(
        "",
        "a Realtime session over TLS",
        secured(serve=upgrading(session)),
        (*CA, *OFFER),
        REALTIME,
        scheme="wss",
        host="localhost",
        ok=ALL,
    ),
    Case(
        "",
        "a page of the same host",
        raw_upgrade(lambda c: (c.switch(), c.echo())),
        ("--page", "http://127.0.0.1:{port}/", *ECHO),
        ok=ALL,
    ),
]
