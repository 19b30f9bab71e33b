# Parley: Realtime voice server, doctor and client
# Copyright (c) the Parley authors
# SPDX-License-Identifier: Apache-2.0

"""Chromium: a page with a native WebSocket and a conversation cache as strict as the reference client's."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from browser import FOREIGN_HOST, Browser, BrowserPeer, Page
from conftest import KEY
from dialects import BETA, GA, Dialect
from doubles import exact_path, with_subprotocol, without_subprotocol
from peers import Closed
from scenarios import (
    NOISE,
    barge_in,
    joined,
    opening,
    reference_setup,
    reference_setup_again,
    text_turn,
    whole_conversation,
)
from shapes import error_of
from talk import Talk


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with browser.page() as opened:
        yield opened


def dial(page: Page, url: str, dialect: Dialect, key: str | None = None) -> BrowserPeer:
    return BrowserPeer(page, url, dialect.subprotocols(key), dialect)


def test_the_beta_console_connects_and_talks(server, page: Page, pcm: bytes, silence: bytes) -> None:
    """`/?model=…` with three subprotocols and no key: the article's client, through every kind of turn."""
    peer = dial(page, server.url("/", model=BETA.model), BETA)
    assert peer.wait_open()["protocol"] == "realtime"
    with Talk(peer, BETA) as talk:
        talk.run(reference_setup())
        talk.run(whole_conversation(BETA, pcm, silence))
        talk.run(reference_setup_again())
        calls = page.evaluate("parley.conversation.calls")
        assert [call["name"] for call in calls] == ["get_weather"]


def test_a_ga_page_connects_and_talks(server, page: Page, pcm: bytes, silence: bytes) -> None:
    peer = dial(page, server.url(model=GA.model), GA, "sk-of-no-importance")
    assert peer.wait_open()["protocol"] == "realtime"
    with Talk(peer, GA) as talk:
        talk.run(opening(GA))
        talk.run(whole_conversation(GA, pcm, silence))


def test_the_user_can_interrupt(server, page: Page, dialect: Dialect, interruption: bytes, silence: bytes) -> None:
    peer = dial(page, server.url(model=dialect.model), dialect)
    peer.wait_open()
    with Talk(peer, dialect) as talk:
        talk.run(opening(dialect))
        talk.run(barge_in(dialect, interruption, silence))


def test_a_key_in_the_subprotocols_is_accepted(keyed_server, page: Page, dialect: Dialect) -> None:
    peer = dial(page, keyed_server.url(model=dialect.model), dialect, KEY)
    assert peer.wait_open()["protocol"] == "realtime"
    with Talk(peer, dialect) as talk:
        talk.run(opening(dialect))
        talk.run(text_turn(dialect))


@pytest.mark.parametrize("key", ["sk-wrong", None], ids=["wrong", "null"])
def test_a_wrong_key_is_refused_where_the_page_can_read_it(keyed_server, page: Page, dialect: Dialect, key) -> None:
    peer = dial(page, keyed_server.url(model=dialect.model), dialect, key)
    assert peer.wait_open()["protocol"] == "realtime"
    error = error_of(peer.receive())
    assert (error["type"], error["code"]) == ("invalid_request_error", "invalid_api_key")
    assert key is None or "Incorrect API key provided" in error["message"]
    with pytest.raises(Closed) as closed:
        peer.receive()
    assert (closed.value.code, closed.value.reason) == (3000, "invalid_request_error.invalid_api_key")
    assert closed.value.clean


def test_a_page_from_elsewhere_is_refused_where_it_can_read_it(server, browser: Browser, dialect: Dialect) -> None:
    with browser.page(browser.site.url(host=FOREIGN_HOST)) as page:
        peer = dial(page, server.url(model=dialect.model), dialect)
        assert peer.wait_open()["protocol"] == "realtime"
        error = error_of(peer.receive())
        assert error["type"] == "invalid_request_error"
        assert FOREIGN_HOST in error["message"], "the message must name the origin that is not allowed"
        with pytest.raises(Closed) as closed:
            peer.receive()
        assert (closed.value.code, closed.value.clean) == (1008, True)


def test_a_page_that_offers_no_subprotocol_gets_none(server, page: Page) -> None:
    peer = BrowserPeer(page, server.url(model=GA.model), None, GA)
    assert peer.wait_open()["protocol"] == ""
    with Talk(peer, GA) as talk:
        talk.run(opening(GA))
        talk.run(text_turn(GA))


def test_a_message_in_many_fragments_is_joined(server, page: Page, dialect: Dialect) -> None:
    """Chromium cuts messages into frames of 131000 bytes."""
    peer = dial(page, server.url(model=dialect.model), dialect)
    peer.wait_open()
    with Talk(peer, dialect) as talk:
        talk.run(opening(dialect))
        talk.run(joined(dialect, NOISE))


def test_without_a_selected_subprotocol_the_page_would_fail(page: Page) -> None:
    with without_subprotocol() as double:
        peer = dial(page, double.url(f"/?model={BETA.model}"), BETA)
        with pytest.raises(Closed) as closed:
            peer.wait_open()
        assert (closed.value.code, closed.value.reason, closed.value.clean) == (1006, "", False)
        assert any("Sec-WebSocket-Protocol" in text for text in page.console), page.console


def test_with_it_the_same_page_opens(page: Page) -> None:
    with with_subprotocol() as double:
        peer = dial(page, double.url(f"/?model={BETA.model}"), BETA)
        assert peer.wait_open()["protocol"] == "realtime"
        assert peer.receive()["type"] == "session.created"


def test_a_server_that_compares_the_path_with_its_query_would_hang(page: Page) -> None:
    with exact_path() as double:
        peer = dial(page, double.url(f"/?model={BETA.model}"), BETA)
        assert double.wait_seen() == (f"/?model={BETA.model}", False)
        assert peer.records == [], "the double has given no answer, but the page reports one"
        double.drop()
        with pytest.raises(Closed) as closed:
            peer.wait_open()
        assert closed.value.code == 1006
        assert [record["kind"] for record in peer.records] == ["error", "close"]


def test_without_the_query_that_server_opens(page: Page) -> None:
    with exact_path() as double:
        peer = dial(page, double.url("/"), BETA)
        assert peer.wait_open()["protocol"] == "realtime"
