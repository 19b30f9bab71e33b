# Parley: Realtime voice server, doctor and client
# Copyright (c) the Parley authors
# SPDX-License-Identifier: Apache-2.0

"""Class 5: what a server makes of the page, and a page of the server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from .case import BROWSER, CHROME, FIREFOX, NODE, PAGE, PYTHON, Case
from .raw import Connection, RawServer, raw_upgrade


def checking(
    allows: Callable[[str | None, Connection], bool],
    status: int = 403,
    reason: str = "Forbidden",
    body: str = "",
    *fields: str,
):
    """Refuses handshakes by what they say of the page."""

    def serve(c: Connection) -> None:
        if not allows(c.fields.get("origin"), c):
            c.answer(status, reason, body, *fields)
            return
        c.switch()
        c.echo()

    return raw_upgrade(serve)


def _same_host(origin: str | None, c: Connection) -> bool:
    return origin is None or origin.partition("://")[2] == c.fields.get("host")


def _cookie(c: Connection) -> None:
    c.switch()
    if "session=" not in c.fields.get("cookie", ""):
        c.close(1008, "missing session cookie")
        c.stay()
    c.echo()


def _page(*fields: str, meta: str = ""):
    """A page, and the socket beside it."""

    def serve(c: Connection) -> None:
        if c.upgrades:
            c.switch()
            c.echo()
        else:
            c.answer(
                200,
                "OK",
                f"<!doctype html><html><head>{meta}</head><body>Hello</body></html>",
                "Content-Type: text/html",
                *fields,
            )

    @contextmanager
    def start(_: Path) -> Iterator[int]:
        with RawServer(serve) as server:
            yield server.port

    return start


OWN_PAGE = ("--page", "http://127.0.0.1:{port}/app", *BROWSER)
ALLOWED = {"http://localhost:5173"}

CASES = [
    Case(
        "org-rejected",
        "403, one origin allowed",
        checking(lambda o, c: o in (None, "https://app.example.test")),
        (*PAGE, *BROWSER),
        fail=(CHROME,),
    ),
    Case(
        "org-rejected",
        "401 without WWW-Authenticate, as of verifyClient",
        checking(lambda o, c: o is None, 401, "Unauthorized"),
        (*PAGE, *BROWSER),
        fail=(CHROME,),
    ),
    Case(
        "org-rejected",
        "403 with a text, as of Daphne",
        checking(lambda o, c: o is None, 403, "Access denied"),
        (*PAGE, "--client", "firefox"),
        fail=(FIREFOX,),
    ),
    Case(
        "org-rejected",
        "same origin wanted, as gorilla does",
        checking(_same_host, 403, "Forbidden", "Forbidden\n", "Sec-Websocket-Version: 13"),
        PAGE,
        ok=(NODE, PYTHON),
        fail=(CHROME, FIREFOX),
    ),
    Case(
        "org-mismatch",
        "localhost allowed, 127.0.0.1 asks",
        checking(lambda o, c: o in (None, "http://localhost:5173")),
        ("--origin", "http://127.0.0.1:5173", *BROWSER),
        fail=(CHROME,),
        also=("org-rejected",),
    ),
    Case(
        "org-null",
        "a page from a file",
        checking(lambda o, c: o != "null"),
        ("--origin", "null", *BROWSER),
        fail=(CHROME,),
    ),
    Case(
        "org-required",
        "no origin, no entry",
        checking(lambda o, c: o is not None),
        ("--client", "node-ws", "--client", "python"),
        fail=(NODE, PYTHON),
    ),
    Case(
        "org-rewritten-host",
        "compared with a host that a proxy has put there",
        checking(lambda o, c: o in (None, "http://127.0.0.1:8000")),
        ("--origin", "http://app.example.test", *BROWSER),
        fail=(CHROME,),
        also=("org-rejected",),
    ),
    Case(
        "org-cookie",
        "no session without a cookie",
        raw_upgrade(_cookie),
        (*PAGE, *BROWSER),
        fail=(CHROME,),
        also=("srv-auth-in-band",),
    ),
    Case(
        "org-mixed-content",
        "ws from an https page",
        _page(),
        ("--resolve", "voice.example.test=127.0.0.1", "--page", "https://127.0.0.1:1/", *BROWSER),
        host="voice.example.test",
        fail=(CHROME,),
    ),
    Case(
        "org-csp",
        "connect-src names other hosts",
        _page("Content-Security-Policy: default-src 'self'; connect-src https://api.example.test"),
        OWN_PAGE,
        fail=(CHROME,),
    ),
    Case(
        "org-csp",
        "a policy in the page's head",
        _page(meta='<meta http-equiv="Content-Security-Policy" content="connect-src \'none\'">'),
        OWN_PAGE,
        fail=(CHROME,),
    ),
    Case(
        "org-local-network-access",
        "a public page, a server on loopback",
        _page(),
        ("--page", "https://93.184.216.34/app", "--client", "chrome", "--timeout", "3"),
        fail=(CHROME,),
        also=("org-mixed-content",),
    ),
    Case("code-url-fragment", "a fragment in the address", _page(), path="/#top", fail=(FIREFOX,), ok=()),
]
