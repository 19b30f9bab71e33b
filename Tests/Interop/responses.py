# Parley: Realtime voice server, doctor and client
# Copyright (c) the Parley authors
# SPDX-License-Identifier: Apache-2.0

"""The order of events inside one response: its items, and the parts of each."""

from __future__ import annotations

from dataclasses import dataclass, field

from dialects import Dialect, Event


class OrderError(AssertionError):
    pass


def _require(condition: object, message: str) -> None:
    if not condition:
        raise OrderError(message)


@dataclass
class Part:
    """A content part: `text` holds a text part's text, or what an audio part says."""

    kind: str
    text: str = ""
    closed: list[str] = field(default_factory=list)
    done: bool = False

    # The events that close a part, in their order.
    @property
    def _endings(self) -> list[str]:
        if self.kind == "text":
            return ["response.output_text.done"]
        return ["response.output_audio.done", "response.output_audio_transcript.done"]

    def note(self, name: str, event: Event) -> None:
        stream = name.rsplit(".", 1)[0]
        ending = f"{stream}.done"
        _require(ending in self._endings, f"{name} in a part of type {self.kind}")
        _require(ending not in self.closed, f"{name} after {ending}")
        if name.endswith(".delta"):
            self.text += event["delta"] if stream != "response.output_audio" else ""
            return
        _require(ending == self._endings[len(self.closed)], f"{ending} before {self._endings[len(self.closed)]}")
        self.closed.append(ending)
        whole = event.get("text", event.get("transcript", self.text))
        _require(whole == self.text, f"{name} says {whole!r}, but the deltas said {self.text!r}")

    def note_done(self, part: Event) -> None:
        _require(self.closed == self._endings, f"content_part.done before {self._endings[len(self.closed) :]}")
        value = {"type": self.kind, "text" if self.kind == "text" else "transcript": self.text}
        _require(part == value, f"content_part.done holds {part}, but the stream held {value}")
        self.done = True


class Output:
    """One item that a response makes."""

    def __init__(self, item: Event, dialect: Dialect, out_of_band: bool) -> None:
        self.first, self.id, self.is_call = item, item["id"], item["type"] == "function_call"
        self.parts: list[Part] = []
        self.arguments = ""
        self.arguments_done = False
        self.last: Event | None = None
        self.done = False
        self._dialect = dialect
        self._announced = dialect.is_beta or out_of_band
        _require(item["status"] == "in_progress", f"a new item has status {item['status']}")
        if self.is_call:
            _require(item["arguments"] == "", "a new function call has empty arguments")
        else:
            _require(
                (item["role"], item["content"]) == ("assistant", []), "a new message is an assistant's, without parts"
            )

    def note(self, name: str, event: Event) -> None:
        _require(not self.done, f"{name} for an item that is done")
        _require(self.last is None, f"{name} after conversation.item.done")
        if name.startswith("response.function_call_arguments."):
            self._note_arguments(name, event)
        elif name == "response.content_part.added":
            _require(not self.is_call, "a function call has no content parts")
            _require(event["content_index"] == len(self.parts), "content parts are numbered from 0, without gaps")
            part = Part(event["part"]["type"])
            _require(event["part"] == _empty(part.kind), f"a new part must be empty, but is {event['part']}")
            self.parts.append(part)
        else:
            _require(event["content_index"] < len(self.parts), f"{name} before its content_part.added")
            part = self.parts[event["content_index"]]
            _require(not part.done, f"{name} after content_part.done")
            if name == "response.content_part.done":
                part.note_done(event["part"])
            else:
                part.note(name, event)

    def note_item_done(self, item: Event) -> None:
        """`conversation.item.done`, which GA sends before `response.output_item.done`."""
        _require(not self.done, "conversation.item.done after response.output_item.done")
        self._note_final(item)
        self.last, self._announced = item, True

    def note_output_done(self, item: Event) -> None:
        _require(not self.done, "response.output_item.done twice")
        _require(self._announced, "response.output_item.done before conversation.item.done")
        _require(self.last in (None, item), "conversation.item.done and response.output_item.done show different items")
        self._note_final(item)
        self.last, self.done = item, True

    def _note_arguments(self, name: str, event: Event) -> None:
        _require(self.is_call, f"{name} for a message")
        _require(not self.arguments_done, f"{name} after the arguments were done")
        _require(event["call_id"] == self.first["call_id"], f"call_id {event['call_id']} is not that of the item")
        if name.endswith(".delta"):
            self.arguments += event["delta"]
            return
        self.arguments_done = True
        _require(event["arguments"] == self.arguments, f"arguments {event['arguments']!r}, deltas {self.arguments!r}")
        _require(event.get("name", self.first["name"]) == self.first["name"], "the function's name has changed")

    def _note_final(self, item: Event) -> None:
        _require(item["id"] == self.id and item["type"] == self.first["type"], "id or type of the item have changed")
        _require(item["status"] in ("completed", "incomplete"), f"a finished item has status {item['status']}")
        if self.is_call:
            _require(self.arguments_done, "the item is done before its arguments")
            _require(item["arguments"] == self.arguments, "the item's arguments are not those of the deltas")
            return
        _require(all(part.done for part in self.parts), "the item is done before its parts")
        key = {"text": "text", "audio": "transcript"}
        wanted = [{"type": self._dialect.part(p.kind), key[p.kind]: p.text} for p in self.parts]
        _require(item["content"] == wanted, f"the item holds {item['content']}, but the stream held {wanted}")


def _empty(kind: str) -> Event:
    return {"type": kind, "text" if kind == "text" else "transcript": ""}


class Response:
    """One response from `response.created` to `response.done`."""

    def __init__(self, response: Event, dialect: Dialect) -> None:
        self.id, self.running = response["id"], True
        self.out_of_band = response["conversation_id"] is None
        self.outputs: list[Output] = []
        self.final: Event = {}
        self._dialect = dialect
        _require(response["status"] == "in_progress", f"a new response has status {response['status']}")
        _require(response["output"] == [], "a new response has no output")
        _require(response["status_details"] is None and response["usage"] is None, "a new response has no outcome")

    def add(self, event: Event) -> Output:
        _require(event["output_index"] == len(self.outputs), "output items are numbered from 0, without gaps")
        output = Output(event["item"], self._dialect, self.out_of_band)
        self.outputs.append(output)
        return output

    def note(self, name: str, event: Event) -> None:
        _require(event["output_index"] < len(self.outputs), f"{name} before its output_item.added")
        output = self.outputs[event["output_index"]]
        identity = event["item"]["id"] if "item" in event else event["item_id"]
        _require(
            identity == output.id, f"{name} names item {identity}, but output {event['output_index']} is {output.id}"
        )
        if name == "response.output_item.done":
            output.note_output_done(event["item"])
        else:
            output.note(name, event)

    def note_done(self, response: Event) -> None:
        status, details = response["status"], response["status_details"]
        _require(all(output.done for output in self.outputs), "response.done before the items are done")
        _require(
            response["output"] == [output.last for output in self.outputs], "the output is not the items that were done"
        )
        _require((response["conversation_id"] is None) == self.out_of_band, "conversation_id has changed")
        _require(response["usage"] is not None, "a finished response has usage")
        _require(status != "in_progress", "a finished response has no status in_progress")
        if status == "completed":
            _require(details is None, f"a completed response has status_details {details}")
        else:
            _require(details and details["type"] == status, f"status {status} with status_details {details}")
        if status == "cancelled":
            reason = details.get("reason")
            _require(reason in ("turn_detected", "client_cancelled"), f"a response cancelled for {reason}")
        self.running, self.final = False, response
