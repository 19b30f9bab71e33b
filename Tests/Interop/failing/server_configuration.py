# Parley: Realtime voice server, doctor and client
# Copyright (c) the Parley authors
# SPDX-License-Identifier: Apache-2.0

"""Class 1: servers, and proxies before them, that are set up wrongly."""

from __future__ import annotations


from .case import CHROME, FIREFOX, NODE, PYTHON, REALTIME, Case
from .raw import CREATED, Connection, raw, raw_upgrade

ALL = (CHROME, NODE, PYTHON)
NGINX = "Server: nginx/1.24.0"


def page(title: str, foot: str = "nginx/1.24.0") -> str:
    return f"<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n<center><h1>{title}</h1></center>\r\n<hr><center>{foot}</center>\r\n</body>\r\n</html>\r\n"


def _answers(status: int, reason: str, body: str = "", *fields: str):
    """The same to everything."""
    return raw(lambda c: c.answer(status, reason, body, *fields))


def _only_at(path: str, refuse):
    def serve(c: Connection) -> None:
        if c.target != path:
            refuse(c)
            return
        c.switch()
        c.echo()

    return raw_upgrade(serve, lambda c: c.answer(404, "Not Found", "Not Found"))


def _fallback(c: Connection) -> None:
    """A file server that gives its start page for whatever it does not know."""
    c.answer(
        200,
        "OK",
        "<!doctype html><html><head><script src=/app.js></script></head><body><div id=root></div></body></html>",
        "Content-Type: text/html",
    )


def _keyed(field: str, value: str, answer):
    def serve(c: Connection) -> None:
        if value not in c.fields.get(field, ""):
            answer(c)
            return
        c.switch_realtime()
        c.event(CREATED)
        c.echo(lambda *_: None)

    return raw_upgrade(serve, answer)


def _unauthorized(c: Connection) -> None:
    c.answer(
        401,
        "Unauthorized",
        '{"error":{"message":"Missing bearer authentication in header"}}',
        'WWW-Authenticate: Bearer realm="api"',
        "Content-Type: application/json",
    )


def _forbidden_token(c: Connection) -> None:
    c.answer(403, "Forbidden", '{"detail":"invalid or expired token"}', "Content-Type: application/json")


def _in_band(code: int, reason: str, event: dict | None):
    def serve(c: Connection) -> None:
        c.switch_realtime()
        if event:
            c.event(event)
        c.close(code, reason)
        c.stay()

    return raw_upgrade(serve)


INVALID_KEY = {
    "type": "error",
    "event_id": "event_1",
    "error": {"type": "invalid_request_error", "code": "invalid_api_key", "message": "Incorrect API key provided."},
}


def _wide_fields(limit: int, answer):
    def serve(c: Connection) -> None:
        if sum(len(name) + len(value) for name, value in c.raw) > limit:
            answer(c)
            return
        c.switch()
        c.echo()

    return raw_upgrade(serve)


def _limited(limit: int):
    def reply(c: Connection, opcode: int, payload: bytes) -> None:
        if len(payload) > limit:
            c.close(1009, "message too big")
        else:
            c.frame(opcode, payload)

    def serve(c: Connection) -> None:
        c.switch()
        c.echo(reply)

    return raw_upgrade(serve)


def _hosted(name: str, answer):
    def serve(c: Connection) -> None:
        if c.fields.get("host", "").partition(":")[0] != name:
            answer(c)
            return
        c.switch()
        c.echo()

    return raw_upgrade(serve, answer)


def _vite(c: Connection) -> None:
    c.answer(
        403,
        "Forbidden",
        'Blocked request. This host ("voice.example.test") is not allowed.\nTo allow this host, add "voice.example.test" to `server.allowedHosts` in vite.config.js.',
        "Content-Type: text/plain",
    )


def _redirect(status: int, location: str):
    return raw(
        lambda c: c.answer(status, "Found", "", f"Location: {location.format(host=c.fields.get('host', ''))}", NGINX)
    )


def _lost_upgrade(status: int, reason: str, body: str, *fields: str):
    return raw(lambda c: c.answer(status, reason, body, *fields))


def _not_found_json(c: Connection) -> None:
    c.answer(404, "Not Found", '{"detail":"Not Found"}', "server: uvicorn", "content-type: application/json")


LONG = ("--header", "Cookie: session=" + "c" * 6000)

CASES = [
    Case(
        "srv-path-not-websocket",
        "404 but at /ws",
        _only_at("/ws", lambda c: c.answer(404, "Not Found", "404 page not found\n")),
        path="/socket",
        fail=ALL,
    ),
    Case(
        "srv-path-not-websocket",
        "400 but at /v1/realtime",
        _only_at("/v1/realtime", lambda c: c.answer(400, "Bad Request", "Bad Request")),
        ("--expect", "open"),
        "/realtime",
        fail=ALL,
    ),
    Case(
        "srv-path-not-websocket",
        "no answer but at /ws",
        _only_at("/ws", lambda c: c.stay()),
        ("--timeout", "4"),
        fail=ALL,
    ),
    Case(
        "srv-path-not-websocket",
        "405 but at /",
        _only_at("/", lambda c: c.answer(405, "Method Not Allowed", "", "Allow: POST")),
        path="/api",
        fail=ALL,
    ),
    Case("srv-http-200-instead", "the start page of an app", raw(_fallback), path="/chat", fail=ALL),
    Case(
        "srv-redirect",
        "a final slash is missing",
        _redirect(301, "http://{host}/chat/"),
        path="/chat",
        fail=(CHROME, NODE),
    ),
    Case(
        "srv-redirect",
        "302 to a log-in page of the same host",
        _redirect(302, "/login?next=/chat"),
        path="/chat",
        fail=(CHROME, NODE),
        also=("srv-auth-required",),
    ),
    Case("srv-redirect", "308 to https", _redirect(308, "https://{host}/"), fail=(CHROME, NODE)),
    Case(
        "srv-upstream-down",
        "502 of nginx",
        _answers(502, "Bad Gateway", page("502 Bad Gateway"), NGINX),
        fail=ALL,
        software="nginx",
    ),
    Case(
        "srv-upstream-down",
        "504 of nginx",
        _answers(504, "Gateway Time-out", page("504 Gateway Time-out"), NGINX),
        fail=ALL,
        software="nginx",
    ),
    Case(
        "srv-upstream-down",
        "503 of Envoy",
        _answers(
            503,
            "Service Unavailable",
            "upstream connect error or disconnect/reset before headers. reset reason: connection failure",
            "server: envoy",
        ),
        fail=ALL,
        software="envoy",
    ),
    Case(
        "srv-upstream-down",
        "502 of an ALB",
        _answers(
            502,
            "Bad Gateway",
            "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n</body>\r\n</html>\r\n",
            "Server: awselb/2.0",
        ),
        fail=ALL,
        software="aws-alb",
    ),
    Case(
        "srv-upstream-down",
        "502 of Caddy",
        _answers(502, "Bad Gateway", "", "Server: Caddy"),
        fail=ALL,
        software="caddy",
    ),
    Case(
        "srv-auth-required",
        "401 with WWW-Authenticate",
        _keyed("authorization", "Bearer right", _unauthorized),
        path=REALTIME,
        fail=ALL,
    ),
    Case(
        "srv-auth-required",
        "403 that speaks of a token",
        _keyed("authorization", "Bearer right", _forbidden_token),
        path=REALTIME,
        fail=ALL,
    ),
    Case(
        "srv-auth-required",
        "Basic authentication",
        _keyed(
            "authorization",
            "Basic",
            lambda c: c.answer(
                401,
                "Unauthorized",
                page("401 Authorization Required"),
                'WWW-Authenticate: Basic realm="Restricted"',
                NGINX,
            ),
        ),
        fail=ALL,
    ),
    Case(
        "srv-auth-in-band",
        "invalid_api_key and Close 3000",
        _in_band(3000, "invalid_request_error.invalid_api_key", INVALID_KEY),
        path=REALTIME,
        fail=(FIREFOX, PYTHON),
    ),
    Case(
        "srv-auth-in-band",
        "Close 1008 that speaks of authentication",
        _in_band(1008, "Unauthorized: invalid token", None),
        fail=ALL,
    ),
    Case("srv-auth-in-band", "Close 4401", _in_band(4401, "Unauthorized", None), fail=ALL),
    Case(
        "srv-rate-limited",
        "429 with Retry-After",
        _answers(429, "Too Many Requests", '{"error":{"message":"Rate limit reached"}}', "Retry-After: 20"),
        fail=ALL,
    ),
    Case(
        "srv-overloaded",
        "503 with Retry-After",
        _answers(503, "Service Unavailable", "server is shutting down", "Retry-After: 5"),
        fail=ALL,
    ),
    Case(
        "srv-headers-too-large",
        "431 for a long cookie",
        _wide_fields(4096, lambda c: c.answer(431, "Request Header Fields Too Large")),
        LONG,
        fail=(NODE, PYTHON),
    ),
    Case(
        "srv-headers-too-large",
        "400 of nginx for a long cookie",
        _wide_fields(
            4096, lambda c: c.answer(400, "Bad Request", page("400 Request Header Or Cookie Too Large"), NGINX)
        ),
        LONG,
        fail=(NODE, PYTHON),
        software="nginx",
    ),
    Case(
        "srv-upgrade-disabled",
        "403 of Envoy without upgrade_configs",
        _answers(403, "Forbidden", "", "server: envoy"),
        fail=ALL,
        software="envoy",
    ),
    Case(
        "srv-message-too-big", "1009 above 64 KiB", _limited(65536), ("--expect", "echo", "--send-bytes", "200000")
    ),
    Case(
        "srv-message-too-big", "1009 above 100 bytes", _limited(100), ("--expect", "echo", "--send-bytes", "4000")
    ),
    Case(
        "srv-no-ws-library",
        "404 of uvicorn for a WebSocket route",
        raw(_not_found_json),
        path="/ws",
        fail=ALL,
        software="uvicorn",
    ),
    Case(
        "srv-host-check",
        "Vite allows other hosts only",
        _hosted("localhost", _vite),
        ("--resolve", "voice.example.test=127.0.0.1"),
        host="voice.example.test",
        fail=ALL,
        software="vite",
    ),
    Case(
        "srv-host-check",
        "421 for a name it does not serve",
        _hosted("localhost", lambda c: c.answer(421, "Misdirected Request", "Misdirected Request")),
        ("--resolve", "voice.example.test=127.0.0.1"),
        host="voice.example.test",
        fail=ALL,
    ),
    Case(
        "srv-proxy-drops-upgrade",
        "a back end told of Connection: close",
        _lost_upgrade(
            426, "Upgrade Required", "Failed to open a WebSocket connection: invalid Connection header: close.\n", NGINX
        ),
        fail=ALL,
        software="nginx",
    ),
    Case(
        "srv-proxy-drops-upgrade",
        "Tornado told of no upgrade",
        _lost_upgrade(400, "Bad Request", 'Can "Upgrade" only to "WebSocket".', NGINX),
        fail=ALL,
        software="nginx",
    ),
    Case(
        "srv-proxy-drops-upgrade",
        "aiohttp told of no upgrade",
        _lost_upgrade(400, "Bad Request", 'No WebSocket UPGRADE hdr: None\n Can "Upgrade" only to "WebSocket".', NGINX),
        fail=ALL,
        software="nginx",
    ),
    Case(
        "srv-proxy-drops-upgrade",
        "gorilla told of no upgrade",
        _lost_upgrade(400, "Bad Request", "Bad Request\n", NGINX, "Sec-Websocket-Version: 13"),
        fail=ALL,
        software="nginx",
    ),
]
