# Parley: Realtime voice server, doctor and client
# Copyright (c) the Parley authors
# SPDX-License-Identifier: Apache-2.0

"""Starts other people's servers: nginx, HAProxy, Apache, Node, Go, and the Python libraries."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

from server import free_port

from .case import Start

HERE = Path(__file__).parent
DEADLINE = 60.0


class Missing(Exception):
    """A program that is not installed."""


def program(name: str, package: str) -> str:
    path = os.environ.get("PATH", "") + ":/usr/sbin"
    if found := shutil.which(name, path=path):
        return found
    raise Missing(package)


def wait_for(port: int, process: subprocess.Popen | None = None) -> None:
    deadline = time.monotonic() + DEADLINE
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            ended = process is not None and process.poll() is not None
            if ended or time.monotonic() > deadline:
                raise
            time.sleep(0.02)


@contextmanager
def running(command: list[str], port: int, directory: Path, **environment: str) -> Iterator[int]:
    """A program that listens on a port, until the context ends."""
    with open(directory / "output", "ab") as output:
        process = subprocess.Popen(
            command,
            cwd=directory,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env={**os.environ, **environment},
        )
    try:
        try:
            wait_for(port, process)
        except OSError as error:
            raise AssertionError(
                f"{command[0]} does not listen: {(directory / 'output').read_text()[-2000:]}"
            ) from error
        yield port
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def proxied(proxy: str, settings: str, behind: Start | None) -> Start:
    """A proxy with these settings before a server; `$up` is the port of what is behind, a closed one without it."""

    @contextmanager
    def start(directory: Path) -> Iterator[int]:
        with ExitStack() as stack:
            inner = directory / "behind"
            inner.mkdir()
            up = stack.enter_context(behind(inner)) if behind else free_port()
            (inner / "port").write_text(str(up))
            yield stack.enter_context(PROXIES[proxy](directory, settings.replace("$up", str(up))))

    return start


def _nginx(directory: Path, settings: str) -> AbstractContextManager[int]:
    nginx, port = program("nginx", "nginx"), free_port()
    paths = " ".join(
        f"{kind}_temp_path {directory}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (directory / "nginx.conf").write_text(
        f"daemon off; worker_processes 1; pid {directory}/pid; error_log {directory}/error.log;\n"
        f"events {{ worker_connections 128; }}\nhttp {{ access_log off; {paths}\n"
        f"server {{ listen 127.0.0.1:{port}; {settings} }} }}\n"
    )
    return running(
        [nginx, "-e", f"{directory}/error.log", "-p", str(directory), "-c", f"{directory}/nginx.conf"], port, directory
    )


def _haproxy(directory: Path, settings: str) -> AbstractContextManager[int]:
    haproxy, port = program("haproxy", "haproxy"), free_port()
    (directory / "haproxy.cfg").write_text(
        "defaults\n  mode http\n  timeout connect 2s\n  timeout client 30s\n  timeout server 30s\n"
        f"listen all\n  bind 127.0.0.1:{port}\n" + "".join(f"  {line.strip()}\n" for line in settings.split(";"))
    )
    return running([haproxy, "-db", "-f", str(directory / "haproxy.cfg")], port, directory)


def _apache(directory: Path, settings: str) -> AbstractContextManager[int]:
    apache, port = program("apache2", "apache2-bin"), free_port()
    modules = Path("/usr/lib/apache2/modules")
    if not modules.is_dir():
        raise Missing("apache2-bin")
    names = ["mpm_event", "authz_core", "proxy", "proxy_http", "proxy_wstunnel", "rewrite", "reqtimeout", "headers"]
    loads = "\n".join(f"LoadModule {name}_module {modules}/mod_{name}.so" for name in names)
    (directory / "apache.conf").write_text(
        f"ServerRoot {directory}\nServerName localhost\nListen 127.0.0.1:{port}\nPidFile {directory}/pid\nErrorLog {directory}/error.log\n"
        f"DefaultRuntimeDir {directory}\nMutex pthread\n{loads}\n"
        + "\n".join(line.strip() for line in settings.split(";"))
        + "\n"
    )
    return running([apache, "-D", "FOREGROUND", "-f", str(directory / "apache.conf")], port, directory)


PROXIES = {"nginx": _nginx, "haproxy": _haproxy, "apache": _apache}


def python(name: str, *arguments: str) -> Start:
    """One of the servers in `servers/python_servers.py`."""

    def start(directory: Path) -> AbstractContextManager[int]:
        port = free_port()
        script = str(HERE / "servers/python_servers.py")
        return running(
            [sys.executable, script, name, str(port), *arguments], port, directory, PYTHONDONTWRITEBYTECODE="1"
        )

    return start


def node(name: str) -> Start:
    """One of the servers in `servers/server.js`."""

    def start(directory: Path) -> AbstractContextManager[int]:
        if not Path("/usr/share/nodejs/ws").is_dir():
            raise Missing("node-ws")
        port = free_port()
        command = [program("node", "nodejs"), str(HERE / "servers/server.js"), name, str(port)]
        return running(command, port, directory, NODE_PATH="/usr/share/nodejs")

    return start


def go(name: str) -> Start:
    """One of the servers in `servers/server.go`, built once."""

    def start(directory: Path) -> AbstractContextManager[int]:
        port = free_port()
        return running([str(_built(directory.parent)), name, str(port)], port, directory)

    return start


_build_lock = threading.Lock()


def _built(directory: Path) -> Path:
    sources = Path("/usr/share/gocode")
    compiler = program("go", "golang-go")
    if not (sources / "src/github.com/gorilla/websocket").is_dir():
        raise Missing("golang-github-gorilla-websocket-dev")
    target = directory / "goserver"
    environment = {**os.environ, "GO111MODULE": "off", "GOPATH": str(sources), "GOFLAGS": ""}
    with _build_lock:
        if not target.exists():
            subprocess.run(
                [compiler, "build", "-o", str(target), str(HERE / "servers/server.go")], check=True, env=environment
            )
    return target
