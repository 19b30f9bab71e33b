# Parley: Realtime voice server, doctor and client
# Copyright (c) the Parley authors
# SPDX-License-Identifier: Apache-2.0

"""The relay: real clients in front of a server of the other dialect, and of a double of the hosted service."""

from __future__ import annotations

import json
import os
import ssl
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from backends import Backend, talking
from browser import Browser, BrowserPeer
from clients import websockets_peer
from conftest import KEY, NODE_MODULES, program
from dialects import BETA, GA, Dialect, user_text, written_text
from hosted import BETA_REFUSED, EXPIRED, ConnectProxy, Hosted, Session
from openai_sdk import SDKPeer, client
from peers import DEADLINE, Closed, Peer, ProcessPeer
from scenarios import edited, function_call, opening, out_of_band, text_turn, whole_conversation
from server import Server, free_port
from shapes import error_of
from talk import Append, Send, Talk, Until

UPSTREAM_KEY = "sk-upstream.Key_1"
# What the relay makes of the beta clients' model for a GA upstream.
MODEL = "gpt-realtime"


def used_model(client: Dialect, upstream: Dialect) -> str:
    return client.model if upstream.is_beta else MODEL


def relay(url: str, dialect: Dialect, *arguments: str, env: dict[str, str] | None = None) -> Server:
    return Server("--engine", "relay", "--upstream", url, "--upstream-dialect", dialect.name, *arguments, env=env)


@pytest.fixture(scope="module", params=[GA, BETA], ids=lambda d: f"{d.name}-upstream")
def upstream_dialect(request: pytest.FixtureRequest) -> Dialect:
    return request.param


@pytest.fixture(scope="module")
def relayed(server: Server, upstream_dialect: Dialect) -> Iterator[Server]:
    with relay(server.url(), upstream_dialect) as started:
        yield started


def dial(server: Server, dialect: Dialect, key: str | None = None) -> Peer:
    return websockets_peer(server.url(model=dialect.model), headers=dialect.headers(key))


def test_the_python_sdk_talks(relayed, upstream_dialect, dialect: Dialect, pcm: bytes, silence: bytes) -> None:
    with Talk(SDKPeer(relayed, dialect), dialect) as talk:
        talk.run(opening(dialect, used_model(dialect, upstream_dialect)))
        talk.run(whole_conversation(dialect, pcm, silence))


def test_items_are_read_cut_and_deleted(relayed, upstream_dialect, dialect: Dialect) -> None:
    with Talk(SDKPeer(relayed, dialect), dialect) as talk:
        talk.run(opening(dialect, used_model(dialect, upstream_dialect)))
        talk.run(edited(dialect))
        talk.run(out_of_band(dialect))


def test_node_talks(relayed, upstream_dialect, node: str, dialect: Dialect, pcm: bytes, silence: bytes) -> None:
    env = {**os.environ, "NODE_PATH": os.environ.get("NODE_PATH", str(NODE_MODULES))}
    configuration = {"url": relayed.url("/", model=dialect.model), "protocols": dialect.subprotocols("sk-any")}
    script = Path(__file__).parent / "node/client.js"
    with Talk(ProcessPeer([node, str(script)], configuration, env), dialect) as talk:
        talk.run(opening(dialect, used_model(dialect, upstream_dialect)))
        talk.run(whole_conversation(dialect, pcm, silence))


def test_a_page_talks(
    relayed, upstream_dialect, browser: Browser, dialect: Dialect, pcm: bytes, silence: bytes
) -> None:
    with browser.page() as page:
        peer = BrowserPeer(page, relayed.url("/", model=dialect.model), dialect.subprotocols(), dialect)
        assert peer.wait_open()["protocol"] == "realtime"
        with Talk(peer, dialect) as talk:
            talk.run(opening(dialect, used_model(dialect, upstream_dialect)))
            talk.run(whole_conversation(dialect, pcm, silence))


def test_a_minted_secret_opens_a_session(server, upstream_dialect: Dialect) -> None:
    with relay(server.url(), upstream_dialect, "--api-key", KEY) as keyed:
        session = {"type": "realtime", "instructions": "Speak like a pirate."}
        secret = client(keyed, KEY).realtime.client_secrets.create(session=session)
        with Talk(SDKPeer(keyed, GA, secret.value), GA) as talk:
            assert talk.run(opening(GA, used_model(GA, upstream_dialect)))["instructions"] == "Speak like a pirate."
            talk.run(text_turn(GA))


def test_the_session_is_renewed_unnoticed(server, upstream_dialect: Dialect, dialect: Dialect) -> None:
    with relay(server.url(), upstream_dialect, "--renew-after", "1") as renewing:
        with Talk(dial(renewing, dialect), dialect) as talk:
            talk.run(opening(dialect, used_model(dialect, upstream_dialect)))
            talk.run(told(dialect, "item_kept"))
            talk.run(function_call(dialect))
            wait_renewed(renewing)
            talk.run(read("item_kept"))
            talk.run(text_turn(dialect))


def test_speech_is_still_sound_after_a_renewal(
    server, upstream_dialect, dialect: Dialect, pcm: bytes, silence: bytes
) -> None:
    """Nobody writes it down, so that the upstream alone knows it."""

    def spoken():
        yield Append(pcm + silence)
        events = yield Until("response.done")
        return next(e["item_id"] for e in events if e["type"] == "input_audio_buffer.committed")

    def retrieved(item: str):
        yield Send({"type": "conversation.item.retrieve", "item_id": item})
        events = yield Until("conversation.item.retrieved")
        return events[-1]["item"]["content"]

    with relay(server.url(), upstream_dialect, "--renew-after", "3") as renewing:
        with Talk(dial(renewing, dialect), dialect) as talk:
            talk.run(opening(dialect, used_model(dialect, upstream_dialect)))
            item = talk.run(spoken())
            before = talk.run(retrieved(item))
            assert before[0]["type"] == "input_audio" and len(before[0]["audio"]) > 10_000
            wait_renewed(renewing)
            after = talk.run(retrieved(item))
            assert after[0]["audio"] == before[0]["audio"]
            talk.run(text_turn(dialect))


def wait_renewed(server: Server) -> None:
    before = server.log.count("the upstream session was renewed")
    deadline = time.monotonic() + DEADLINE
    while server.log.count("the upstream session was renewed") == before:
        assert time.monotonic() < deadline, "the session was not renewed"
        time.sleep(0.05)


def told(dialect: Dialect, item: str):
    yield Send(user_text("Remember me.", id=item))
    yield Until("conversation.item.added")


def read(item: str):
    yield Send({"type": "conversation.item.retrieve", "item_id": item})
    events = yield Until("conversation.item.retrieved")
    assert events[-1]["item"]["content"][0]["text"] == "Remember me."


# The double of the hosted service.


def test_keys_and_opt_ins_stay_on_their_side(upstream_dialect: Dialect, dialect: Dialect) -> None:
    def script(session: Session) -> None:
        session.created()
        session.end()

    with Hosted(script) as hosted:
        env = {"PARLEY_UPSTREAM_KEY": UPSTREAM_KEY}
        with relay(hosted.url(), upstream_dialect, "--api-key", KEY, env=env) as server:
            peer = websockets_peer(
                server.url(model=dialect.model),
                headers=dialect.headers(KEY),
                protocols=dialect.subprotocols(KEY),
            )
            peer.receive()
            peer.close()
            session, _ = hosted.next()
        assert session.headers.get_all("Authorization") == [f"Bearer {UPSTREAM_KEY}"]
        assert session.headers.get("Sec-WebSocket-Protocol") is None
        assert session.headers.get("OpenAI-Beta") == ("realtime=v1" if upstream_dialect.is_beta else None)
        assert KEY not in str(session.headers) and KEY not in session.target
        assert session.target == f"/v1/realtime?model={used_model(dialect, upstream_dialect)}"


@pytest.mark.parametrize(
    ("code", "reason"), [(1000, ""), (1001, EXPIRED), (3000, "x.invalid_api_key"), (4321, "Grüße"), (1005, "")]
)
def test_the_upstreams_close_is_the_clients(code: int, reason: str) -> None:
    def script(session: Session) -> None:
        session.created()
        session.receive()
        session.close(code if code != 1005 else None, reason)

    with Hosted(script) as hosted, relay(hosted.url(), GA) as server:
        peer = dial(server, BETA)
        peer.receive()
        peer.send({"type": "response.create"})
        closed = peer.wait_closed()
        assert (closed.code, closed.reason, closed.clean) == (code, reason, True)


@pytest.mark.parametrize(("code", "reason"), [(1000, ""), (4321, "Grüße")])
def test_the_clients_close_is_the_upstreams(code: int, reason: str) -> None:
    def script(session: Session) -> tuple[int, str]:
        session.created()
        return session.end()

    with Hosted(script) as hosted, relay(hosted.url(), GA) as server:
        peer = dial(server, GA)
        peer.receive()
        peer.connection.close(code, reason)
        assert hosted.next()[1] == (code, reason)


def test_a_session_that_expires_says_so(dialect: Dialect) -> None:
    def script(session: Session) -> None:
        session.created()
        session.receive()
        error = {"type": "invalid_request_error", "code": "session_expired", "message": EXPIRED}
        session.send("error", error=error)
        session.close(1001, EXPIRED)

    with Hosted(script) as hosted, relay(hosted.url(), GA) as server:
        peer = dial(server, dialect)
        peer.receive()
        peer.send({"type": "response.create"})
        assert error_of(peer.receive())["code"] == "session_expired"
        closed = peer.wait_closed()
        assert (closed.code, closed.reason) == (1001, EXPIRED)


def test_a_service_without_beta_is_named(dialect: Dialect) -> None:
    def script(session: Session) -> None:
        assert session.headers["OpenAI-Beta"] == "realtime=v1"
        session.send("error", error=BETA_REFUSED)
        session.close(4000, "invalid_request_error.beta_api_shape_disabled")

    with Hosted(script) as hosted, relay(hosted.url(), BETA) as server:
        peer = dial(server, dialect)
        error = error_of(peer.receive())
        assert error["code"] == "upstream_refused_beta"
        assert "--upstream-dialect ga" in error["message"] and "ver-realtime-beta-rejected" in error["message"]
        assert peer.wait_closed().code == 1011


def test_a_page_reads_why_the_upstream_refuses(keyed_server, browser: Browser) -> None:
    """The page cannot see an HTTP refusal, least of all one behind its server."""
    env = {"PARLEY_UPSTREAM_KEY": UPSTREAM_KEY}
    with relay(keyed_server.url(), GA, env=env) as server, browser.page() as page:
        peer = BrowserPeer(page, server.url(model=GA.model), GA.subprotocols("sk-any"), GA)
        assert peer.wait_open()["protocol"] == "realtime"
        error = error_of(peer.receive())
        assert error["code"] == "upstream_refused"
        assert "401" in error["message"] and "srv-auth-required" in error["message"]
        assert UPSTREAM_KEY not in error["message"] and UPSTREAM_KEY not in server.log
        with pytest.raises(Closed) as closed:
            peer.receive()
        assert (closed.value.code, closed.value.reason) == (1014, "server_error.upstream_refused")


def test_nobody_there_is_told_or_answered_for() -> None:
    url = f"ws://127.0.0.1:{free_port()}/v1/realtime"
    with relay(url, GA) as server:
        peer = dial(server, GA)
        error = error_of(peer.receive())
        assert error["code"] == "upstream_unreachable" and "net-refused" in error["message"]
        assert peer.wait_closed().code == 1014
    program("espeak-ng")
    with relay(url, GA, "--fallback", "local") as server, Talk(dial(server, BETA), BETA) as talk:

        def first_turn():
            yield Until("session.created")
            yield from text_turn(BETA)

        talk.run(first_turn())


def test_a_pipeline_answers_for_an_upstream_that_is_not_there() -> None:
    url = f"ws://127.0.0.1:{free_port()}/v1/realtime"
    with Backend(talking("Good day from the spare engine.")) as llm:
        spare = f"spare={{engine: pipeline, llm: '{llm.url}'}}"
        with relay(url, GA, "--fallback", "spare", "--model", spare) as server, Talk(dial(server, GA), GA) as talk:

            def turn():
                yield Until("session.created")
                yield Send(user_text("Hello"))
                yield Send(GA.respond(text_only=True))
                events = yield Until("response.done")
                assert written_text(events, GA).strip() == "Good day from the spare engine."

            talk.run(turn())


def test_the_policy_holds(tmp_path: Path) -> None:
    def script(session: Session) -> object:
        session.created()
        update = session.receive()
        session.send("session.updated", session={"type": "realtime", "instructions": "Be brief."})
        session.end()
        return update

    policy = tmp_path / "policy.json"
    rules = {"instructions": {"fixed": "Be brief."}, "tools": "removed"}
    policy.write_text(json.dumps({"models": ["gpt-realtime*"], "members": rules}))
    with Hosted(script) as hosted, relay(hosted.url(), GA, "--session-policy", str(policy)) as server:
        peer = dial(server, GA)
        assert peer.receive()["session"]["instructions"] == "Be brief."
        peer.send({"event_id": "mine", **GA.session_update(instructions="Ramble.")})
        error = error_of(peer.receive())
        assert (error["code"], error["param"]) == ("not_allowed_by_policy", "session.instructions")
        assert error["event_id"] == "mine"
        peer.close()
        assert hosted.next()[1]["session"] == {"type": "realtime", "instructions": "Be brief."}
        other = websockets_peer(server.url(model="gpt-other"))
        assert error_of(other.receive())["code"] == "model_not_allowed"
        assert other.wait_closed().code == 1008


def test_through_a_proxy_to_a_certificate_of_ones_own(tmp_path: Path) -> None:
    openssl = program("openssl")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    make = [openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    names = ["-days", "2", "-subj", "/CN=voice.example", "-addext", "subjectAltName=DNS:voice.example"]
    files = ["-keyout", str(key), "-out", str(certificate)]
    subprocess.run([*make, *names, *files], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)

    def script(session: Session) -> None:
        session.created()
        session.end()

    with Hosted(script, context) as hosted, ConnectProxy(hosted.port) as proxy:
        url = hosted.url("wss", "voice.example")
        env = {"HTTPS_PROXY": f"http://127.0.0.1:{proxy.port}"}
        with relay(url, GA, "--upstream-ca", str(certificate), env=env) as server:
            peer = dial(server, GA)
            assert peer.receive()["type"] == "session.created"
            peer.close()
            assert proxy.asked.get(timeout=DEADLINE) == f"CONNECT voice.example:{hosted.port} HTTP/1.1"
        with relay(url, GA, env=env) as server:
            peer = dial(server, GA)
            assert error_of(peer.receive())["code"] == "upstream_tls"
