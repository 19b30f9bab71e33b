# Parley: Realtime voice server, doctor and client
# Copyright (c) the Parley authors
# SPDX-License-Identifier: Apache-2.0

"""Ephemeral keys: made over HTTP with a real key, used by a client that must not know it."""

from __future__ import annotations

import json

from conftest import KEY
from dialects import BETA, GA
from openai_sdk import SDKPeer, client
from scenarios import opening, text_turn
from server import fetch
from talk import Talk, Until
from wire import Wire


def test_a_client_secret_opens_a_session(keyed_server) -> None:
    session = {"type": "realtime", "model": "gpt-realtime", "instructions": "Speak like a pirate."}
    secret = client(keyed_server, KEY).realtime.client_secrets.create(session=session)
    assert secret.value.startswith("ek_")
    with Talk(SDKPeer(keyed_server, GA, secret.value), GA) as talk:
        assert talk.run(opening(GA))["instructions"] == "Speak like a pirate."
        talk.run(text_turn(GA))


def test_a_beta_session_token_opens_a_session(keyed_server) -> None:
    created = client(keyed_server, KEY).beta.realtime.sessions.create(model=BETA.model, voice="verse")
    assert created.client_secret.value.startswith("ek_")
    with Talk(SDKPeer(keyed_server, BETA, created.client_secret.value), BETA) as talk:

        def first_turn():
            (event,) = yield Until("session.created")
            assert event["session"]["voice"] == "verse"
            yield from text_turn(BETA)

        talk.run(first_turn())


def test_a_client_secret_is_made(server) -> None:
    answer = fetch(server.http("/v1/realtime/client_secrets"), method="POST", body={"session": {"type": "realtime"}})
    assert answer.status == 200
    assert answer.json["value"].startswith("ek_")
    assert answer.json["expires_at"] > 0
    assert answer.json["session"]["type"] == "realtime"


def test_a_body_that_is_not_json_is_refused(server) -> None:
    with Wire(server.port) as wire:
        fields = {"Content-Type": "application/json", "Content-Length": "1"}
        wire.request("/v1/realtime/client_secrets", "POST", fields)
        wire.send(b"{")
        status, _, body = wire.answer()
        assert status == 400
        assert json.loads(body)["error"]["message"]
