# Parley: Realtime voice server, doctor and client
# Copyright (c) the Parley authors
# SPDX-License-Identifier: Apache-2.0

"""Class 6: servers whose code breaks the rules."""

from __future__ import annotations

import base64
import hashlib
import time
import zlib

from .case import CHROME, FIREFOX, NODE, OFFER, PYTHON, REALTIME, UNDICI, Case
from .raw import BINARY, TEXT, Connection, raw, raw_upgrade

ECHO = ("--expect", "echo")


def _hex_accept(c: Connection) -> None:
    digest = hashlib.sha1((c.fields["sec-websocket-key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode())
    c.switch(accept=base64.b64encode(digest.hexdigest().encode()).decode())
    c.echo()


def _fixed_accept(c: Connection) -> None:
    c.switch(accept="s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
    c.echo()


def _other_guid(c: Connection) -> None:
    digest = hashlib.sha1((c.fields["sec-websocket-key"] + "258EAFA5-E914-47DA-95CA-5AB0DC85B11").encode()).digest()
    c.switch(accept=base64.b64encode(digest).decode())
    c.echo()


def _no_accept(c: Connection) -> None:
    c.switch(accept="")
    c.echo()


def _lacking(*head: str):
    def serve(c: Connection) -> None:
        c.switch(head=head)
        c.echo()

    return raw_upgrade(serve)


def _fields(*fields: str):
    def serve(c: Connection) -> None:
        c.switch(*fields)
        c.echo()

    return raw_upgrade(serve)


def _page_behind_101(c: Connection) -> None:
    page = b"<!doctype html><html><body>It works!</body></html>"
    c.switch(f"Content-Length: {len(page)}", "Content-Type: text/html")
    c.send(page)
    c.echo()


def _chunked(c: Connection) -> None:
    c.switch("Transfer-Encoding: chunked")
    frame = b"\x81\x02hi"
    c.send(b"%x\r\n%s\r\n" % (len(frame), frame))
    c.echo(
        lambda c, opcode, payload: c.send(
            b"%x\r\n" % (len(payload) + 2) + bytes([0x80 | opcode, len(payload)]) + payload + b"\r\n"
        )
    )


def _bare_lf(c: Connection) -> None:
    c.send(
        f"HTTP/1.1 101 Switching Protocols\nUpgrade: websocket\nConnection: Upgrade\nSec-WebSocket-Accept: {c.accept_value()}\n\n".encode()
    )
    c.echo()


def _replying(reply):
    def serve(c: Connection) -> None:
        c.switch()
        c.echo(reply)

    return raw_upgrade(serve)


def _greeting(*frames: tuple[int, bytes, int]):
    """Opens and sends these frames: opcode, payload, first bits."""

    def serve(c: Connection) -> None:
        c.switch()
        for opcode, payload, first in frames:
            c.frame(opcode, payload, first)
        c.echo()

    return raw_upgrade(serve)


def _deflated(c: Connection, opcode: int, payload: bytes) -> None:
    packer = zlib.compressobj(wbits=-15)
    packed = packer.compress(payload) + packer.flush(zlib.Z_SYNC_FLUSH)
    c.frame(opcode, packed[:-4], first=0xC0)


def _closing(code: int | None, reason: str = "", after: float = 0.0):
    def serve(c: Connection) -> None:
        c.switch_realtime()
        time.sleep(after)
        c.close(code, reason)
        c.stay()

    return raw_upgrade(serve)


def _abrupt(c: Connection) -> None:
    c.switch_realtime()


def _silent(pongs: bool):
    def serve(c: Connection) -> None:
        c.switch_realtime()
        c.echo(lambda *_: None, pongs)

    return raw_upgrade(serve)


def _no_pong(c: Connection) -> None:
    c.switch()
    c.echo(pongs=False)


def _binary_events(c: Connection) -> None:
    c.switch_realtime()
    c.frame(BINARY, b'{"type":"session.created","event_id":"event_1","session":{}}')
    c.echo(lambda *_: None)


def _exact_connection(c: Connection) -> None:
    """Compares the whole field instead of its elements."""
    if c.fields.get("connection") != "Upgrade":
        c.answer(400, "Bad Request", '"Connection" must be "Upgrade".')
        return
    c.switch()
    c.echo()


def _field_case(c: Connection) -> None:
    """Looks for field names in one spelling."""
    if not any(name == "Sec-WebSocket-Key" for name, _ in c.raw):
        c.answer(400, "Bad Request", "missing Sec-WebSocket-Key")
        return
    c.switch()
    c.echo()


def _express(c: Connection) -> None:
    body = '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>Error</title>\n</head>\n<body>\n<pre>Cannot GET {}</pre>\n</body>\n</html>\n'.format(
        c.path
    )
    c.answer(
        404,
        "Not Found",
        body,
        "X-Powered-By: Express",
        "Content-Security-Policy: default-src 'none'",
        "Content-Type: text/html; charset=utf-8",
    )


def _broken_handler(c: Connection) -> None:
    c.answer(500, "Internal Server Error", "Internal Server Error", "Content-Type: text/plain")


def _masked(c: Connection) -> None:
    c.switch()
    c.echo(lambda c, opcode, payload: c.frame(opcode, payload, mask=True))


CASES = [
    Case(
        "code-bad-accept", "accept of the digest in hexadecimal", raw_upgrade(_hex_accept), fail=(CHROME, NODE, PYTHON)
    ),
    Case("code-bad-accept", "the same accept for every key", raw_upgrade(_fixed_accept), fail=(CHROME, NODE, PYTHON)),
    Case("code-bad-accept", "accept with a mistyped GUID", raw_upgrade(_other_guid), fail=(CHROME, NODE, PYTHON)),
    Case("code-bad-accept", "no accept at all", raw_upgrade(_no_accept), fail=(CHROME, NODE, PYTHON)),
    Case("code-missing-connection", "no Connection in the 101", _lacking("Upgrade: websocket"), fail=(CHROME, NODE)),
    Case(
        "code-missing-connection",
        "Connection: keep-alive in the 101",
        _lacking("Upgrade: websocket", "Connection: keep-alive"),
        fail=(CHROME,),
    ),
    Case("code-missing-upgrade", "no Upgrade in the 101", _lacking("Connection: Upgrade"), fail=(CHROME, NODE)),
    Case("code-101-with-body", "a page in the 101", raw_upgrade(_page_behind_101), fail=(CHROME,)),
    Case("code-101-chunked", "frames in chunks", raw_upgrade(_chunked), ECHO),
    Case("code-bare-lf", "lines end in LF", raw_upgrade(_bare_lf), ok=(CHROME, FIREFOX), fail=(NODE, PYTHON)),
    Case(
        "code-masked-server",
        "masks what it sends",
        raw_upgrade(_masked),
        ECHO,
        ok=(FIREFOX,),
        fail=(CHROME, NODE, PYTHON),
    ),
    Case(
        "code-bad-utf8",
        "Latin-1 in a text message",
        _replying(lambda c, o, p: c.frame(TEXT, b"caf\xe9 " + p)),
        ECHO,
        fail=(CHROME, NODE, PYTHON),
    ),
    Case(
        "code-bad-utf8",
        "a first message cut in a character",
        _greeting((TEXT, "déjà".encode()[:-1], 0x80)),
        fail=(CHROME, NODE, PYTHON),
    ),
    Case("code-rsv", "compresses without having agreed to it", _replying(_deflated), ECHO, fail=(CHROME, NODE, PYTHON)),
    Case("code-rsv", "RSV3 set", _greeting((TEXT, b"hello", 0x90)), fail=(CHROME, NODE, PYTHON)),
    Case("code-bad-frame", "a reserved opcode", _greeting((3, b"hello", 0x80)), fail=(CHROME, NODE, PYTHON)),
    Case("code-bad-frame", "a continuation of nothing", _greeting((0, b"hello", 0x80)), fail=(CHROME, NODE, PYTHON)),
    Case("code-bad-frame", "a ping of 126 bytes", _greeting((9, b"p" * 126, 0x80)), fail=(CHROME, NODE, PYTHON)),
    Case(
        "code-bad-frame",
        "a text within a fragmented text",
        _greeting((TEXT, b"a", 0), (TEXT, b"b", 0x80)),
        fail=(CHROME, NODE, PYTHON),
    ),
    Case("code-bad-close-code", "Close 1006 on the wire", _closing(1006), fail=(CHROME, NODE, PYTHON)),
    Case("code-bad-close-code", "Close 0 on the wire", _closing(0), fail=(CHROME, NODE, PYTHON)),
    Case("code-bad-close-code", "Close 1005 on the wire", _closing(1005, "no status"), fail=(CHROME, NODE, PYTHON)),
    Case("code-close-1011", "raises after opening", _closing(1011, "Internal error"), fail=(CHROME, NODE, PYTHON)),
    Case(
        "code-close-1011",
        "raises after opening a session",
        _closing(1011, "Internal error"),
        OFFER,
        REALTIME,
        fail=(CHROME, NODE, PYTHON),
    ),
    Case("code-abrupt-close", "ends without a Close frame", raw_upgrade(_abrupt), fail=(CHROME, NODE, PYTHON)),
    Case(
        "code-abrupt-close",
        "ends a session without a Close frame",
        raw_upgrade(_abrupt),
        OFFER,
        REALTIME,
        fail=(CHROME, NODE, PYTHON),
    ),
    Case(
        "code-silence",
        "session.created never comes",
        _silent(True),
        (*OFFER, "--timeout", "4"),
        REALTIME,
        fail=(CHROME, NODE, PYTHON),
    ),
    Case(
        "code-silence",
        "a blocked process",
        _silent(False),
        (*OFFER, "--timeout", "4"),
        REALTIME,
        fail=(CHROME, NODE, PYTHON),
    ),
    Case("code-silence", "no echo where one is expected", _silent(True), (*ECHO, "--timeout", "4"), fail=(CHROME,)),
    Case(
        "code-no-pong",
        "pings are not answered",
        raw_upgrade(_no_pong),
        ("--expect", "echo", "--client", "python"),
        fail=(PYTHON,),
    ),
    Case("code-binary-vs-text", "events as binary messages", raw_upgrade(_binary_events), OFFER, REALTIME),
    Case(
        "code-connection-exact-match",
        "Connection compared as a whole",
        raw_upgrade(_exact_connection),
        ok=(CHROME, NODE, PYTHON),
        fail=(UNDICI,),
    ),
    Case(
        "code-header-case",
        "names compared with their case",
        raw_upgrade(_field_case),
        ok=(CHROME, NODE, PYTHON),
        fail=(UNDICI,),
    ),
    Case("code-no-upgrade-listener", "Express without WebSocket", raw(_express), path="/chat", fail=(CHROME, NODE)),
    Case("code-5xx", "the handshake handler raises", raw_upgrade(_broken_handler), fail=(CHROME, NODE, PYTHON)),
]
