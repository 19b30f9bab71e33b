# Parley: Realtime voice server, doctor and client
# Copyright (c) the Parley authors
# SPDX-License-Identifier: Apache-2.0

"""What all tests share: the servers, the speech, and the rule for what this machine lacks."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

import speech
from browser import CHROMIUM_NAMES, Browser
from dialects import BOTH, Dialect
from server import Server, binary

# Nothing here may go through a proxy of the machine.
os.environ["NO_PROXY"] = os.environ["no_proxy"] = "127.0.0.1,localhost"

KEY = "sk-interop.Key_1"
NODE_MODULES = Path("/usr/share/nodejs")
GO_SOURCES = Path("/usr/share/gocode")


def lacking(what: str) -> None:
    """A missing program skips its tests on a developer's machine, and fails them where CI must run them all."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what} is missing, and CI has to run every test")
    pytest.skip(f"{what} is missing")


def program(*names: str, package: str | None = None) -> str:
    """The path of the first of these programs that is installed."""
    for name in names:
        if path := shutil.which(name) or shutil.which(name, path="/usr/sbin"):
            return path
    lacking(package or names[0])
    raise AssertionError("unreachable")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[object]:
    """A failure shows the end of the log of every server that its test used."""
    report = yield
    if report.failed:
        item.failed = True
        for name, value in getattr(item, "funcargs", {}).items():
            if isinstance(value, Server):
                report.sections.append((f"log of {name}", value.log[-6000:]))
    return report


def pytest_sessionstart() -> None:
    if not os.access(binary(), os.X_OK):
        pytest.exit(f"there is no server at {binary()}: build it, or set PARLEY_BIN", returncode=2)


def _serve(*arguments: str) -> Iterator[Server]:
    program("espeak-ng")
    with Server(*arguments) as server:
        yield server


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A server without keys, on loopback."""
    yield from _serve()


@pytest.fixture(scope="session")
def keyed_server() -> Iterator[Server]:
    """A server that demands KEY."""
    yield from _serve("--api-key", KEY)


@pytest.fixture(scope="session")
def compressing_server() -> Iterator[Server]:
    """A server that compresses, with an echo."""
    yield from _serve("--compression", "--echo")


@pytest.fixture(scope="session")
def tls_server() -> Iterator[Server]:
    """A server that makes its own certificate."""
    yield from _serve("--tls-self-signed")


@pytest.fixture(params=BOTH, ids=lambda d: d.name)
def dialect(request: pytest.FixtureRequest) -> Dialect:
    return request.param


@pytest.fixture(scope="session")
def pcm() -> bytes:
    """A short spoken question."""
    program("espeak-ng")
    program("sox")
    return speech.question()


@pytest.fixture(scope="session")
def interruption() -> bytes:
    """Speech to talk over an answer with."""
    program("espeak-ng")
    program("sox")
    return speech.interruption()


@pytest.fixture(scope="session")
def silence() -> bytes:
    return speech.SILENCE


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    path = program(*CHROMIUM_NAMES, package="chromium")
    with Browser(path, tmp_path_factory.mktemp("chromium")) as started:
        yield started


@pytest.fixture(scope="session")
def node() -> str:
    path = program("node", package="nodejs")
    if not (NODE_MODULES / "ws").is_dir() and "NODE_PATH" not in os.environ:
        lacking("node-ws")
    return path


@pytest.fixture(scope="session")
def go_client(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Go client, built once."""
    go = program("go", package="golang-go")
    if not (GO_SOURCES / "src/github.com/gorilla/websocket").is_dir():
        lacking("golang-github-gorilla-websocket-dev")
    built = tmp_path_factory.mktemp("go") / "client"
    source = Path(__file__).parent / "go/client.go"
    env = {**os.environ, "GO111MODULE": "off", "GOPATH": str(GO_SOURCES), "GOFLAGS": ""}
    subprocess.run([go, "build", "-o", str(built), str(source)], check=True, env=env)
    return built
