# Parley: Realtime voice server, doctor and client
# Copyright (c) the Parley authors
# SPDX-License-Identifier: Apache-2.0

"""Headless Chromium, driven over its DevTools protocol, and the site that serves it the test's pages."""

from __future__ import annotations

import base64
import functools
import http.server
import itertools
import json
import queue
import subprocess
import threading
from collections import defaultdict
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from dialects import Dialect
from peers import DEADLINE, PIECE_MS, RecordPeer

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PAGES = Path(__file__).parent / "pages"

# A name that is not this machine's for the browser's same-origin rules, but leads here.
FOREIGN_HOST = "foreign.example"
_SWITCHES = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--no-first-run",
    "--no-proxy-server",
    "--remote-debugging-port=0",
    f"--host-resolver-rules=MAP {FOREIGN_HOST} 127.0.0.1",
]


class Site:
    """Serves folders on loopback: the pages of the tests at `/`, others at the names they are given."""

    def __init__(self) -> None:
        folders: dict[str, Path] = {}
        self.folders = folders

        class Handler(http.server.SimpleHTTPRequestHandler):
            def translate_path(self, path: str) -> str:
                top, _, rest = path.split("?")[0].lstrip("/").partition("/")
                return str(folders[top] / rest) if top in folders else super().translate_path(path)

            def log_message(self, *_: object) -> None:
                pass

        handler = functools.partial(Handler, directory=str(PAGES))
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def url(self, page: str = "index.html", host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}/{page}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class Browser:
    def __init__(self, path: str, profile: Path) -> None:
        self.site = Site()
        command = [path, *_SWITCHES, f"--user-data-dir={profile}", "about:blank"]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        self._devtools = connect(self._find_devtools(), max_size=None, compression=None, proxy=None)
        self._numbers = itertools.count(1)
        self._answers: dict[int, Future[Any]] = {}
        self._events: dict[str, queue.Queue[dict[str, Any]]] = defaultdict(queue.Queue)
        threading.Thread(target=self._process.stderr.read, daemon=True).start()
        threading.Thread(target=self._read, daemon=True).start()

    def _find_devtools(self) -> str:
        watchdog = threading.Timer(DEADLINE, self._process.kill)
        watchdog.start()
        lines = []
        try:
            for line in self._process.stderr:
                lines.append(line)
                if "DevTools listening on " in line:
                    return line.split("DevTools listening on ")[1].strip()
        finally:
            watchdog.cancel()
        raise AssertionError("Chromium did not start:\n" + "".join(lines))

    def _read(self) -> None:
        try:
            for text in self._devtools:
                message = json.loads(text)
                if "id" in message:
                    self._answers.pop(message["id"]).set_result(message)
                else:
                    self._events[message.get("sessionId", "")].put(message)
        except ConnectionClosed:
            pass

    def call(self, method: str, session: str | None = None, **parameters: Any) -> Any:
        number = next(self._numbers)
        answer = self._answers[number] = Future()
        request = {"id": number, "method": method, "params": parameters}
        self._devtools.send(json.dumps({**request, "sessionId": session} if session else request))
        message = answer.result(timeout=DEADLINE)
        if "error" in message:
            raise RuntimeError(f"{method}: {message['error']}")
        return message["result"]

    def page(self, url: str | None = None) -> Page:
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        return Page(self, target, session, self._events[session], url or self.site.url())

    def close(self) -> None:
        try:
            self.call("Browser.close")
        finally:
            self._devtools.close()
            try:
                self._process.wait(timeout=DEADLINE)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self.site.close()

    def __enter__(self) -> Browser:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Page:
    """One tab. `records` holds what its script reports, `console` what the browser writes to the console."""

    def __init__(self, browser: Browser, target: str, session: str, events: queue.Queue, url: str) -> None:
        self._browser, self._target, self._session, self._events = browser, target, session, events
        self.records: queue.Queue[dict[str, Any]] = queue.Queue()
        self.console: list[str] = []
        self.frame_errors: list[str] = []
        self._loaded = threading.Event()
        for domain in ("Page", "Runtime", "Log", "Network"):
            self._call(f"{domain}.enable")
        self._call("Runtime.addBinding", name="report")
        threading.Thread(target=self._read, daemon=True).start()
        self._call("Page.navigate", url=url)
        assert self._loaded.wait(DEADLINE), f"{url} did not load"

    def _call(self, method: str, **parameters: Any) -> Any:
        return self._browser.call(method, self._session, **parameters)

    def _read(self) -> None:
        while True:
            event = self._events.get()
            parameters = event["params"]
            match event["method"]:
                case "Page.loadEventFired":
                    self._loaded.set()
                case "Runtime.bindingCalled":
                    self.records.put(json.loads(parameters["payload"]))
                case "Runtime.exceptionThrown":
                    details = parameters["exceptionDetails"]
                    text = details.get("exception", {}).get("description", details["text"])
                    self.records.put({"kind": "thrown", "message": text})
                case "Log.entryAdded":
                    self.console.append(parameters["entry"]["text"])
                case "Network.webSocketFrameError":
                    self.frame_errors.append(parameters["errorMessage"])
                case "Inspector.detached" | "Target.detachedFromTarget":
                    return

    def evaluate(self, expression: str) -> Any:
        """The value of an expression in the page; a promise is waited for."""
        answer = self._call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in answer:
            details = answer["exceptionDetails"]
            raise AssertionError(details.get("exception", {}).get("description", details["text"]))
        return answer["result"].get("value")

    def close(self) -> None:
        self._browser.call("Target.closeTarget", targetId=self._target)

    def __enter__(self) -> Page:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class BrowserPeer(RecordPeer):
    """The native WebSocket of a page, with the strict conversation behind it."""

    def __init__(self, page: Page, url: str, protocols: list[str] | None, dialect: Dialect) -> None:
        super().__init__()
        self.page = page
        arguments = ", ".join(json.dumps(v) for v in (url, protocols, dialect.name))
        self.page.evaluate(f"parley.dial({arguments})")
        self.start()

    def next_record(self) -> dict[str, Any]:
        record = self.page.records.get()
        if record["kind"] == "thrown":
            raise AssertionError(f"the page's strict client throws: {record['message']}")
        return record

    def send_text(self, text: str) -> None:
        self.page.evaluate(f"parley.socket.send({json.dumps(text)})")

    def send_binary(self, data: bytes) -> None:
        self.page.evaluate(f"parley.sendBinary({json.dumps(base64.b64encode(data).decode())})")

    def append(self, pcm: bytes) -> None:
        self.page.evaluate(f"parley.append({json.dumps(base64.b64encode(pcm).decode())}, {PIECE_MS})")

    def close(self) -> None:
        self.page.evaluate("parley.socket.close(1000, '')")
        self.wait_closed()
