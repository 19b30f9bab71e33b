# Parley: Realtime voice server, doctor and client
# Copyright (c) the Parley authors
# SPDX-License-Identifier: Apache-2.0

"""Classes 2 and 3: what the network, firewalls and proxies do on the way."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .case import CHROME, FIREFOX, NODE, PYTHON, REALTIME, Case
from .raw import Connection, RawServer, raw, raw_upgrade, upgrading

ALL = (CHROME, NODE, PYTHON)
BRIEF = ("--timeout", "4")


@contextmanager
def _nobody(_: Path) -> Iterator[int]:
    """A port that is taken and on which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


@contextmanager
def _full(_: Path) -> Iterator[int]:
    """A port whose queue is full: the system drops what asks for more."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        waiting = []
        for _ in range(8):
            one = socket.socket()
            one.setblocking(False)
            one.connect_ex(listener.getsockname())
            waiting.append(one)
        time.sleep(0.2)
        yield listener.getsockname()[1]
        for one in waiting:
            one.close()


def _decent(c: Connection) -> None:
    c.switch()
    c.echo()


def _late(seconds: float):
    def serve(c: Connection) -> None:
        time.sleep(seconds)
        c.switch()
        c.echo()

    return raw_upgrade(serve)


def _banner(text: bytes):
    """Speaks first, as servers of other protocols do."""

    def serve(c: Connection) -> None:
        c.send(text)
        c.stay()

    return raw(serve, reads=False)


def _redis(c: Connection) -> None:
    """Answers a request line by line with what it thinks of it."""
    c.send(b"-ERR wrong number of arguments for 'get' command\r\n")


def _quiet(seconds: float, ends):
    """Ends connections on which nothing was said for some time."""

    def serve(c: Connection) -> None:
        c.switch()
        c.socket.settimeout(seconds)
        try:
            c.echo()
        except TimeoutError:
            ends(c)

    return raw_upgrade(serve)


def _goes_dead(c: Connection) -> None:
    c.socket.settimeout(60)
    c.stay()


def _proxy(answer):
    """A proxy that answers CONNECT like this and refuses all else."""

    def serve(c: Connection) -> None:
        if c.method == "CONNECT":
            answer(c)
        else:
            c.answer(400, "Bad Request", "", "Via: 1.1 proxy.example.test (squid/5.7)")

    @contextmanager
    def start(_: Path) -> Iterator[int]:
        with RawServer(serve) as proxy:
            yield proxy.port

    return start


def _by_agent(c: Connection) -> None:
    if "Mozilla/5.0" not in c.fields.get("user-agent", ""):
        c.answer(
            403,
            "Forbidden",
            "<html><title>Attention Required!</title></html>",
            "Server: cloudflare",
            "cf-mitigated: challenge",
            "CF-RAY: 8a0000000000-FRA",
        )
        return
    c.switch()
    c.echo()


def _squid_426(c: Connection) -> None:
    c.answer(
        426,
        "Upgrade Required",
        "Failed to open a WebSocket connection: invalid Connection header: keep-alive.\n",
        "X-Cache: MISS from gw.example.test",
        "Via: 1.1 gw.example.test (squid/5.7)",
    )


def _portal(status: int, reason: str, *fields: str, body: str = ""):
    return raw(
        lambda c: c.answer(
            status,
            reason,
            body,
            *(field.format(target=f"http%3A%2F%2F{c.fields.get('host', '')}{c.target}") for field in fields),
        )
    )


CASES = [
    Case("net-refused", "nobody listens", _nobody, fail=ALL),
    Case("net-dns", "a name that does not exist", _nobody, host="parley-case.invalid", fail=ALL),
    Case("net-family-mismatch", "listens on ::1 only", raw(upgrading(_decent), host="::1"), fail=ALL),
    Case(
        "net-handshake-slow",
        "answers after 11 s",
        _late(11),
        ("--client", "python-websockets", "--client", "chrome", "--timeout", "15"),
        ok=(CHROME,),
        fail=(PYTHON,),
    ),
    Case("net-closed-before-response", "FIN after the request", raw(lambda c: None), fail=ALL),
    Case(
        "net-closed-before-response",
        "FIN before the request",
        raw(lambda c: None, reads=False),
        fail=ALL,
        also=("net-reset-before-response",),
    ),
    Case("net-reset-before-response", "RST after the request", raw(lambda c: c.reset()), fail=ALL),
    Case("net-wrong-service", "SSH", _banner(b"SSH-2.0-OpenSSH_9.6\r\n"), BRIEF, fail=ALL),
    Case("net-wrong-service", "SMTP", _banner(b"220 mail.example.test ESMTP Postfix\r\n"), BRIEF, fail=ALL),
    Case(
        "net-wrong-service",
        "MySQL",
        _banner(b"J\x00\x00\x00\n8.0.36\x00\x09\x00\x00\x00abcdefgh\x00\xff\xf7"),
        BRIEF,
        fail=ALL,
    ),
    Case("net-wrong-service", "Redis", raw(_redis), BRIEF, fail=ALL),
    Case(
        "srv-proxy-idle-timeout",
        "FIN after 2 s of quiet",
        _quiet(2, lambda c: None),
        ("--hold", "5", "--expect", "echo"),
    ),
    Case(
        "fw-idle-rst",
        "RST after 2 s of quiet",
        _quiet(2, lambda c: c.reset()),
        ("--hold", "5", "--expect", "echo"),
        also=("srv-proxy-idle-timeout",),
    ),
    Case(
        "net-silent-idle-drop",
        "dead after 2 s of quiet",
        _quiet(2, _goes_dead),
        ("--hold", "5", "--expect", "echo", "--timeout", "4"),
    ),
    Case("fw-filtered", "a port that does not answer", _full, BRIEF, fail=ALL, also=("net-unreachable",)),
    Case(
        "fw-proxy-auth",
        "407 on CONNECT",
        _proxy(lambda c: c.answer(407, "Proxy Authentication Required", "", 'Proxy-Authenticate: Basic realm="corp"')),
        ("--proxy", "http://127.0.0.1:{port}"),
        host="voice.example.test",
        fail=(CHROME, PYTHON),
    ),
    Case(
        "fw-proxy-connect-denied",
        "403 of Squid on CONNECT",
        _proxy(lambda c: c.answer(403, "Forbidden", "Access Denied", "X-Squid-Error: ERR_ACCESS_DENIED 0")),
        ("--proxy", "http://127.0.0.1:{port}"),
        host="voice.example.test",
        fail=(CHROME, PYTHON),
    ),
    Case("fw-proxy-strips-upgrade", "a transparent Squid", raw(_squid_426), fail=ALL),
    Case(
        "fw-captive-portal",
        "302 to another host's log-in",
        _portal(302, "Found", "Location: http://wifi.example.test/login?url={target}"),
        path=REALTIME,
        fail=ALL,
    ),
    Case(
        "fw-captive-portal",
        "511",
        _portal(511, "Network Authentication Required", body="<html><body>Please log in</body></html>"),
        path=REALTIME,
        fail=ALL,
    ),
    Case(
        "fw-waf-block",
        "403 for all but browsers",
        raw_upgrade(_by_agent, _by_agent),
        ok=(CHROME, FIREFOX),
        fail=(NODE, PYTHON),
    ),
]
