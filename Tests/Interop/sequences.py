# Parley: Realtime voice server, doctor and client
# Copyright (c) the Parley authors
# SPDX-License-Identifier: Apache-2.0

"""The order in which a server's events must arrive, for both dialects.

`Order` follows one connection. It is told of every event in both directions and raises OrderError at the first event
that does not fit what came before. Names are the GA names; `check_shape` returns them.
"""

from __future__ import annotations

from collections import Counter, deque

from dialects import Dialect, Event
from responses import OrderError, Output, Response
from shapes import check_shape

_TRANSCRIPTION = "conversation.item.input_audio_transcription"


class Order:
    """The rules of one connection. `received` and `sent` keep every event, in the order they were seen."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.received: list[Event] = []
        self.sent: list[Event] = []
        self.items: list[str] = []
        self.responses: dict[str, Response] = {}
        self._ids: set[str] = set()
        self._asked: Counter[str] = Counter()
        self._due: deque[tuple[str, str]] = deque()
        self._previous: dict[str, str | None] = {}
        self._outputs: dict[str, Output] = {}
        self._committed: dict[str, str | None] = {}
        self._transcribed: set[tuple[str, int]] = set()
        self._speech: tuple[str, int] | None = None
        self._speech_ended = False
        self._refused = False
        self._final: set[str] = set()
        self._last = ""

    # What the test tells.

    def note_sent(self, event: Event) -> None:
        self.sent.append(event)
        self._asked[str(event.get("type"))] += 1

    def note_received(self, event: Event) -> str:
        """Checks shape and order of one event and returns its GA name."""
        name = check_shape(event, self.dialect)
        self.received.append(event)
        self._require(not self._refused, "nothing may follow a refusal but the close")
        self._require(event["event_id"] not in self._ids, f"event id {event['event_id']} came twice")
        self._ids.add(event["event_id"])
        first = len(self.received) == 1
        opening = name in ("session.created", "transcription_session.created")
        if first and name == "error":
            self._refused = True
            return name
        self._require(first == opening, f"{name} as event number {len(self.received)}")
        self._take_due(name, event)
        handler = getattr(self, "_on_" + name.replace(".", "_"), None)
        if handler:
            handler(event)
        elif name.startswith("response."):
            self._response(event["response_id"]).note(name, event)
        self._last = name
        return name

    def finish(self) -> None:
        """Nothing may be left half done when the client has seen all it waited for."""
        self._require(not self._due, f"still due: {list(self._due)}")
        running = [r.id for r in self.responses.values() if r.running]
        self._require(not running, f"responses without response.done: {running}")
        if not self.dialect.is_beta:
            open_items = [i for i in self.items if i not in self._final]
            self._require(not open_items, f"items without conversation.item.done: {open_items}")

    @property
    def active(self) -> Response | None:
        """The response that is writing to the conversation now."""
        return next((r for r in self.responses.values() if r.running and not r.out_of_band), None)

    # Rules that hold for many events.

    def _require(self, condition: object, message: str) -> None:
        if not condition:
            names = [e["type"] for e in self.received[-12:]]
            raise OrderError(f"{message}\nlast events: {' < '.join(reversed(names))}")

    def _take_due(self, name: str, event: Event) -> None:
        """Some events must come at once, with only input transcription, which is asynchronous, in between."""
        if not self._due or name.startswith(_TRANSCRIPTION):
            return
        wanted = self._due.popleft()
        item = event.get("item_id") or event.get("item", {}).get("id", "")
        self._require((name, item) == wanted, f"{wanted} must follow {self._last} directly, but {(name, item)} came")

    def _response(self, identity: str) -> Response:
        self._require(identity in self.responses, f"response {identity} was never created")
        response = self.responses[identity]
        self._require(response.running, f"response {identity} is already done")
        return response

    def _answer(self, request: str) -> None:
        self._require(self._asked[request] > 0, f"an answer to {request}, which was not sent that often")
        self._asked[request] -= 1

    def _place(self, item: str, previous: str | None) -> None:
        """The client decides where an item goes; without its word it goes to the end."""
        last = self.items[-1] if self.items else None
        if previous != last:
            wished = [e.get("previous_item_id") for e in self.sent if e.get("type") == "conversation.item.create"]
            self._require(
                (previous or "root") in wished, f"item {item} was put after {previous}, but the last item is {last}"
            )
        self._require(previous is None or previous in self.items, f"unknown previous_item_id {previous}")
        self.items.insert(0 if previous is None else self.items.index(previous) + 1, item)
        self._previous[item] = previous

    # Session.

    def _on_session_updated(self, event: Event) -> None:
        self._answer("session.update")

    def _on_transcription_session_updated(self, event: Event) -> None:
        self._answer("transcription_session.update")

    def _on_rate_limits_updated(self, event: Event) -> None:
        if self.dialect.is_beta:
            self._require(self._last == "response.created", "rate_limits.updated must follow response.created")

    # Conversation.

    def _on_conversation_item_added(self, event: Event) -> None:
        item = event["item"]
        self._require(item["id"] not in self._previous, f"item {item['id']} was added twice")
        self._place(item["id"], event["previous_item_id"])
        if item["id"] in self._outputs:
            self._require(item == self._outputs[item["id"]].first, "the item differs from that of output_item.added")
            return
        if item["id"] in self._committed:
            kinds = [part["type"] for part in item["content"]]
            self._require((item["role"], kinds) == ("user", ["input_audio"]), "a committed item holds the user's audio")
            wanted = self._committed[item["id"]]
            self._require(event["previous_item_id"] == wanted, f"`committed` announced previous_item_id {wanted}")
        else:
            self._answer("conversation.item.create")
        self._require(item.get("status", "completed") == "completed", "a client's item is complete from the start")
        if not self.dialect.is_beta:
            self._due.append(("conversation.item.done", item["id"]))

    def _on_conversation_item_done(self, event: Event) -> None:
        identity = event["item"]["id"]
        self._require(identity in self._previous, f"item {identity} is done but was never added")
        self._require(identity not in self._final, f"item {identity} was done twice")
        self._final.add(identity)
        if identity in self._outputs:
            self._outputs[identity].note_item_done(event["item"])

    def _on_conversation_item_retrieved(self, event: Event) -> None:
        self._answer("conversation.item.retrieve")
        self._require(event["item"]["id"] in self.items, f"unknown item {event['item']['id']}")

    def _on_conversation_item_truncated(self, event: Event) -> None:
        self._answer("conversation.item.truncate")
        self._require(event["item_id"] in self._outputs, "only an assistant's item can be truncated")

    def _on_conversation_item_deleted(self, event: Event) -> None:
        self._answer("conversation.item.delete")
        self._require(event["item_id"] in self.items, f"unknown item {event['item_id']}")
        self.items.remove(event["item_id"])

    def _on_conversation_item_input_audio_transcription_delta(self, event: Event) -> None:
        self._require(event["item_id"] in self._committed, "a transcription before `committed`")

    def _on_conversation_item_input_audio_transcription_completed(self, event: Event) -> None:
        self._require(event["item_id"] in self._committed, "a transcription before `committed`")
        place = (event["item_id"], event["content_index"])
        self._require(place not in self._transcribed, f"{place} was transcribed twice")
        self._transcribed.add(place)

    _on_conversation_item_input_audio_transcription_failed = _on_conversation_item_input_audio_transcription_completed

    # Input audio.

    def _on_input_audio_buffer_speech_started(self, event: Event) -> None:
        self._require(self._speech is None, "speech started twice")
        self._require(event["item_id"] not in self._previous, "speech_started must announce a new item")
        self._speech, self._speech_ended = (event["item_id"], event["audio_start_ms"]), False

    def _on_input_audio_buffer_speech_stopped(self, event: Event) -> None:
        self._require(self._speech is not None, "speech stopped, but it had not started")
        item, start = self._speech or ("", 0)
        self._require(event["item_id"] == item, f"speech_started announced item {item}")
        self._require(event["audio_end_ms"] > start, f"speech ends at {event['audio_end_ms']} ms, began at {start} ms")
        self._speech_ended = True
        self._due.append(("input_audio_buffer.committed", item))

    def _on_input_audio_buffer_timeout_triggered(self, event: Event) -> None:
        self._require(event["item_id"] not in self._previous, "timeout_triggered must announce a new item")
        self._speech, self._speech_ended = (event["item_id"], event["audio_start_ms"]), True
        self._due.append(("input_audio_buffer.committed", event["item_id"]))

    def _on_input_audio_buffer_committed(self, event: Event) -> None:
        item = event["item_id"]
        if self._speech:
            self._require(item == self._speech[0], f"speech_started announced item {self._speech[0]}")
        if self._speech is None or not self._speech_ended:
            self._answer("input_audio_buffer.commit")
        self._speech = None
        self._require(item not in self._previous, f"item {item} was committed twice")
        self._committed[item] = event["previous_item_id"]
        self._due.append(("conversation.item.added", item))

    def _on_input_audio_buffer_cleared(self, event: Event) -> None:
        self._answer("input_audio_buffer.clear")
        self._speech = None

    # Responses.

    def _on_response_created(self, event: Event) -> None:
        response = Response(event["response"], self.dialect)
        self._require(response.id not in self.responses, f"response {response.id} was created twice")
        self._require(
            response.out_of_band or self.active is None, "a second response writes to the conversation at the same time"
        )
        self.responses[response.id] = response

    def _on_response_output_item_added(self, event: Event) -> None:
        response = self._response(event["response_id"])
        output = response.add(event)
        self._require(output.id not in self._previous and output.id not in self._outputs, "the item id is not new")
        self._outputs[output.id] = output
        if not response.out_of_band:
            self._due.append(("conversation.item.added", output.id))

    def _on_response_done(self, event: Event) -> None:
        self._response(event["response"]["id"]).note_done(event["response"])


def check_order(events: list[Event], dialect: Dialect, sent: list[Event] = ()) -> Order:
    """Checks a finished recording: the events a client received, after all it sent."""
    order = Order(dialect)
    for event in sent:
        order.note_sent(event)
    for event in events:
        order.note_received(event)
    order.finish()
    return order
