# Parley: Realtime voice server, doctor and client
# Copyright (c) the Parley authors
# SPDX-License-Identifier: Apache-2.0

"""TLS: nginx in front of the server, and the server's own certificate."""

from __future__ import annotations

import ssl
import string
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from clients import websockets_peer
from conftest import program
from dialects import BETA, GA, Dialect
from openai_sdk import SDKPeer
from peers import DEADLINE, Closed
from scenarios import NOISE, joined, opening, text_turn, whole_conversation
from server import Server, fetch, free_port
from shapes import error_of
from talk import Talk
from wire import Forwarder, Wire

TEMPLATE = Path(__file__).parent / "nginx/nginx.conf.template"


class Proxy:
    """An nginx with a certificate of its own. `forwarder` sits between it and the server and counts connections."""

    tls = True

    def __init__(self, nginx: str, openssl: str, directory: Path, upstream: int) -> None:
        self.directory, self.port = directory, free_port()
        self.forwarder = Forwarder(upstream)
        self._make_certificate(openssl)
        values = {"directory": str(directory), "port": str(self.port), "upstream": str(self.forwarder.port)}
        configuration = directory / "nginx.conf"
        configuration.write_text(string.Template(TEMPLATE.read_text()).substitute(values))
        command = [nginx, "-p", str(directory), "-c", str(configuration), "-e", str(directory / "error.log")]
        subprocess.run([*command, "-t"], check=True, capture_output=True)
        self.process = subprocess.Popen(command)

    def _make_certificate(self, openssl: str) -> None:
        key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        name = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
        files = ["-keyout", str(self.directory / "key.pem"), "-out", str(self.directory / "certificate.pem")]
        subprocess.run([openssl, "req", "-x509", *key, "-days", "2", *name, *files], check=True, capture_output=True)

    def certificate(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.directory / "certificate.pem"))

    url = Server.url
    http = Server.http

    @property
    def log(self) -> str:
        return (self.directory / "error.log").read_text(errors="replace")

    def wait_ready(self) -> None:
        """nginx listens before it answers: the first answer is the sign."""
        deadline = time.monotonic() + DEADLINE
        while self.process.poll() is None and time.monotonic() < deadline:
            try:
                assert fetch(self.http("/healthz"), context=self.certificate()).status == 200
                return
            except OSError:
                continue
        raise AssertionError(f"nginx does not answer:\n{self.log}")

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(timeout=30)


@pytest.fixture
def proxy(server, tmp_path: Path) -> Iterator[Proxy]:
    started = Proxy(program("nginx"), program("openssl"), tmp_path, server.port)
    try:
        started.wait_ready()
        with started.forwarder:
            yield started
    finally:
        started.stop()


@pytest.fixture(scope="session")
def keyed_proxy(keyed_server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    started = Proxy(program("nginx"), program("openssl"), tmp_path_factory.mktemp("nginx"), keyed_server.port)
    try:
        started.wait_ready()
        with started.forwarder:
            yield started
    finally:
        started.stop()


def test_the_upgrade_may_follow_plain_http_on_one_connection(proxy: Proxy, dialect: Dialect) -> None:
    context = proxy.certificate()
    for _ in range(3):
        assert fetch(proxy.http("/healthz"), context=context).status == 200
    peer = websockets_peer(proxy.url(model=dialect.model), dialect.headers(), context=context)
    with Talk(peer, dialect) as talk:
        talk.run(opening(dialect))
        talk.run(text_turn(dialect))
        assert proxy.forwarder.connections == 1, "nginx had to open another connection to the server"


def test_a_subprotocol_passes_the_proxy(proxy: Proxy, dialect: Dialect, pcm: bytes, silence: bytes) -> None:
    peer = websockets_peer(
        proxy.url("/", model=dialect.model), protocols=dialect.subprotocols(), context=proxy.certificate()
    )
    with Talk(peer, dialect) as talk:
        assert peer.protocol == "realtime"
        talk.run(opening(dialect))
        talk.run(whole_conversation(dialect, pcm, silence))


def test_the_sdk_talks_through_the_proxy(proxy: Proxy, dialect: Dialect) -> None:
    with Talk(SDKPeer(proxy, dialect, context=proxy.certificate()), dialect) as talk:
        talk.run(opening(dialect))
        talk.run(joined(dialect, NOISE))


def test_a_refusal_passes_the_proxy(keyed_proxy: Proxy, dialect: Dialect) -> None:
    url, context = keyed_proxy.url(model=dialect.model), keyed_proxy.certificate()
    with websockets_peer(url, protocols=dialect.subprotocols("sk-wrong"), context=context) as peer:
        assert error_of(peer.receive())["code"] == "invalid_api_key"
        with pytest.raises(Closed) as closed:
            peer.receive()
        assert (closed.value.code, closed.value.reason) == (3000, "invalid_request_error.invalid_api_key")


# The server's own certificate.


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_the_certificate_is_for_this_machine(tls_server, host: str) -> None:
    peer = websockets_peer(tls_server.url(host=host, model=GA.model), context=tls_server.certificate())
    with Talk(peer, GA) as talk:
        talk.run(opening(GA))
        talk.run(text_turn(GA))


def test_the_sdk_talks_over_tls(tls_server, dialect: Dialect) -> None:
    with Talk(SDKPeer(tls_server, dialect, context=tls_server.certificate()), dialect) as talk:
        talk.run(opening(dialect))
        talk.run(text_turn(dialect))
        talk.run(joined(dialect, NOISE))


def test_a_client_that_does_not_know_the_certificate_refuses_it(tls_server) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        websockets_peer(tls_server.url(model=BETA.model), context=ssl.create_default_context())


def test_plain_http_over_tls_is_answered(tls_server) -> None:
    assert fetch(tls_server.http("/healthz"), context=tls_server.certificate()).status == 200


def test_plain_http_on_the_tls_port_is_not_left_waiting(tls_server) -> None:
    with Wire(tls_server.port) as wire:
        wire.request("/healthz")
        assert b"200 OK" not in wire.rest()
