# Parley: Realtime voice server, doctor and client
# Copyright (c) the Parley authors
# SPDX-License-Identifier: Apache-2.0

"""Real server programs that are set up wrongly, or asked wrongly."""

from __future__ import annotations

from .case import BROWSER, CHROME, FIREFOX, NODE, OFFER, PAGE, PYTHON, REALTIME, Case
from .launching import go, node, proxied, python

ALL = (CHROME, NODE, PYTHON)
ECHO = ("--expect", "echo")

NGINX_PLAIN = "location / { proxy_pass http://127.0.0.1:$up; }"
NGINX_GOOD = "location / { proxy_pass http://127.0.0.1:$up; proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection upgrade; proxy_set_header Host $http_host; %s }"
HAPROXY_GOOD = "server one 127.0.0.1:$up"
APACHE_GOOD = "ProxyPass / http://127.0.0.1:$up/ upgrade=websocket"
FOREIGN = ("--origin", "https://evil.example.test")

CASES = [
    # The upgrade lost in a proxy, by what is behind it
    *[
        Case(
            "srv-proxy-drops-upgrade",
            f"nginx before {name}",
            proxied("nginx", NGINX_PLAIN, behind),
            path=path,
            fail=ALL,
            software="nginx",
            also=also,
        )
        for name, behind, path, also in [
            # It hangs up on HTTP/1.0, so that nginx can only say 502.
            ("websockets", python("websockets"), "/", ("srv-upstream-down",)),
            ("aiohttp", python("aiohttp"), "/ws", ()),
            ("tornado", python("tornado"), "/ws", ()),
            ("node ws", node("ws"), "/", ()),
            ("gorilla", go("gorilla"), "/ws", ()),
            # Its 404 is that of any path that nobody serves.
            ("starlette", python("starlette"), "/ws", ("srv-no-ws-library", "srv-path-not-websocket")),
        ]
    ],
    Case(
        "srv-proxy-drops-upgrade",
        "Apache without upgrade=websocket",
        proxied("apache", "ProxyPass / http://127.0.0.1:$up/", node("ws")),
        fail=ALL,
    ),
    Case(
        "srv-proxy-drops-upgrade",
        "HAProxy takes Upgrade away",
        proxied("haproxy", "http-request del-header Upgrade;" + HAPROXY_GOOD, node("ws")),
        ("--server", "haproxy"),
        fail=ALL,
        also=("srv-path-not-websocket",),
    ),
    Case(
        "srv-proxy-drops-upgrade",
        "nginx compared with the direct address",
        proxied("nginx", NGINX_PLAIN, python("starlette")),
        ("--direct", "ws://127.0.0.1:{behind}/ws"),
        "/ws",
        fail=ALL,
        software="nginx",
    ),
    # Nothing behind the proxy
    Case(
        "srv-upstream-down",
        "nginx, nothing behind it",
        proxied("nginx", NGINX_GOOD.replace("%s", ""), None),
        fail=ALL,
        software="nginx",
    ),
    Case(
        "srv-upstream-down",
        "HAProxy, nothing behind it",
        proxied("haproxy", HAPROXY_GOOD + " check inter 100", None),
        fail=ALL,
        software="haproxy",
    ),
    Case("srv-upstream-down", "Apache, nothing behind it", proxied("apache", APACHE_GOOD, None), fail=ALL),
    Case(
        "net-closed-before-response",
        "HAProxy in TCP mode, nothing behind it",
        proxied("haproxy", "mode tcp;" + HAPROXY_GOOD, None),
        fail=ALL,
        also=("net-reset-before-response",),
    ),
    # Cut when quiet
    Case(
        "srv-proxy-idle-timeout",
        "nginx, 2 s",
        proxied("nginx", NGINX_GOOD % "proxy_read_timeout 2s;", python("websockets")),
        (*ECHO, "--hold", "5"),
        software="nginx",
    ),
    Case(
        "srv-proxy-idle-timeout",
        "HAProxy, 2 s",
        proxied("haproxy", "timeout tunnel 2s;" + HAPROXY_GOOD, python("websockets")),
        (*ECHO, "--hold", "5"),
    ),
    # Other things proxies do
    Case(
        "srv-redirect",
        "nginx adds a slash",
        proxied("nginx", "location = /chat { return 301 /chat/; } location / { return 404; }", None),
        path="/chat",
        fail=(CHROME, NODE),
        software="nginx",
    ),
    Case(
        "srv-rate-limited",
        "nginx answers 429",
        proxied("nginx", "location / { return 429; }", None),
        fail=ALL,
        software="nginx",
    ),
    Case(
        "srv-headers-too-large",
        "nginx with small buffers",
        proxied(
            "nginx",
            "client_header_buffer_size 1k; large_client_header_buffers 2 1k; " + NGINX_GOOD % "",
            python("websockets"),
        ),
        ("--header", "Cookie: a=" + "c" * 2000),
        fail=(NODE, PYTHON),
        software="nginx",
    ),
    Case(
        "srv-auth-required",
        "nginx wants a password",
        proxied(
            "nginx",
            "location / { auth_basic closed; auth_basic_user_file /dev/null; proxy_pass http://127.0.0.1:$up; }",
            None,
        ),
        fail=ALL,
        software="nginx",
    ),
    Case(
        "srv-http-200-instead",
        "nginx gives a start page for all",
        proxied(
            "nginx",
            "location / { default_type text/html; return 200 '<!doctype html><html><body><div id=root></div></body></html>'; }",
            None,
        ),
        path="/chat",
        fail=ALL,
    ),
    Case(
        "srv-path-not-websocket",
        "nginx knows no such path",
        proxied(
            "nginx",
            "location = /ws { proxy_pass http://127.0.0.1:$up/; proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection upgrade; } location / { return 404; }",
            python("websockets"),
        ),
        path="/socket",
        fail=ALL,
    ),
    # Paths
    Case("srv-path-not-websocket", "aiohttp", python("aiohttp"), path="/socket", fail=ALL),
    Case("srv-path-not-websocket", "tornado", python("tornado"), path="/socket", fail=ALL),
    Case("srv-path-not-websocket", "node ws with a path", node("path"), path="/socket", fail=ALL),
    Case("srv-path-not-websocket", "gorilla", go("gorilla"), path="/socket", fail=ALL),
    Case(
        "srv-path-not-websocket",
        "starlette",
        python("starlette"),
        path="/socket",
        fail=ALL,
        also=("code-not-accepted",),
    ),
    # Libraries and handlers
    Case(
        "srv-no-ws-library",
        "uvicorn without a WebSocket library",
        python("uvicorn-none"),
        path="/ws",
        fail=ALL,
        software="uvicorn",
    ),
    Case(
        "code-not-accepted",
        "starlette closes before accept",
        python("starlette"),
        path="/refuse",
        fail=ALL,
        also=("srv-path-not-websocket",),
    ),
    Case("code-5xx", "tornado raises in prepare", python("tornado"), path="/raise", fail=ALL),
    Case("code-5xx", "aiohttp raises before the handshake", python("aiohttp"), path="/raise", fail=ALL),
    Case(
        "code-close-1011",
        "websockets' handler raises",
        python("websockets"),
        ("--subprotocol", "fail"),
        fail=(FIREFOX, PYTHON),
        also=("ver-subproto-none",),
    ),
    Case("net-closed-before-response", "node destroys the socket", node("destroy"), fail=ALL),
    Case(
        "code-no-upgrade-listener",
        "node http without upgrade",
        node("plain"),
        path="/chat",
        fail=ALL,
        also=("srv-http-200-instead",),
    ),
    Case(
        "code-silence",
        "node ws never sends session.created",
        node("ws"),
        (*OFFER, "--timeout", "4", *BROWSER),
        REALTIME,
        fail=(CHROME,),
        also=("ver-subproto-none",),
    ),
    Case("srv-message-too-big", "node ws, maxPayload 1000", node("small"), (*ECHO, "--send-bytes", "5000")),
    Case(
        "srv-message-too-big", "websockets, max_size 1000", python("websockets-small"), (*ECHO, "--send-bytes", "5000")
    ),
    Case("srv-overloaded", "node ws answers 503", node("busy"), fail=ALL),
    # Origins
    Case("org-rejected", "websockets, origins", python("websockets-origins"), (*PAGE, *BROWSER), fail=(CHROME,)),
    Case("org-rejected", "tornado, check_origin", python("tornado"), (*PAGE, *BROWSER), "/ws", fail=(CHROME,)),
    Case("org-rejected", "node ws, verifyClient", node("verify"), (*PAGE, *BROWSER), fail=(CHROME,)),
    Case("org-rejected", "gorilla, same origin", go("gorilla"), PAGE, "/ws", ok=(NODE, PYTHON), fail=(CHROME,)),
    # Subprotocols
    Case(
        "ver-subproto-none",
        "gorilla without Subprotocols",
        go("gorilla"),
        ("--subprotocol", "chat"),
        "/ws",
        ok=(FIREFOX, PYTHON),
        fail=(CHROME, NODE),
    ),
    Case(
        "ver-subproto-none",
        "aiohttp without protocols",
        python("aiohttp"),
        ("--subprotocol", "chat"),
        "/ws",
        ok=(PYTHON,),
        fail=(CHROME, NODE),
    ),
    Case("ver-subproto-required", "websockets, subprotocols", python("websockets-subprotocols"), fail=ALL),
    Case(
        "ver-subproto-multiple",
        "aiohttp echoes the offer",
        python("aiohttp"),
        ("--subprotocol", "chat", "--subprotocol", "other"),
        "/echo-offer",
        fail=(CHROME, NODE),
    ),
    # Who listens there is no WebSocket server at all
    Case(
        "srv-path-not-websocket",
        "python's http.server",
        python("files"),
        path="/chat",
        fail=ALL,
        also=("code-no-upgrade-listener",),
    ),
    Case(
        "ver-socketio-eio",
        "an Engine.IO answer of node",
        node("engine"),
        path="/socket.io/?EIO=3&transport=websocket",
        fail=ALL,
    ),
    Case(
        "tls-alpn-h2-only",
        "node's http2 server",
        node("plain"),
        ("--client", "chrome"),
        fail=(CHROME,),
        also=("code-no-upgrade-listener", "srv-http-200-instead"),
    ),
]
