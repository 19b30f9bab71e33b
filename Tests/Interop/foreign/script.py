# Parley: Realtime voice server, doctor and client
# Copyright (c) the Parley authors
# SPDX-License-Identifier: Apache-2.0

"""What a small Realtime server says: events in, events out, in either dialect. The sockets are somebody else's."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from dialects import BETA, GA, Dialect, Event

# 200 ms of a tone that is no silence, 24 kHz.
TONE = b"".join(int(8000 * (1 if i // 30 % 2 else -1)).to_bytes(2, "little", signed=True) for i in range(4800))


@dataclass
class Close:
    """Ends the connection."""

    code: int
    reason: str


@dataclass
class Script:
    """One session. A question with `weather` calls a function, one with `drop` ends the connection in
    mid-response, one with `hang` is never answered to its end."""

    dialect: Dialect
    received: list[Event] = field(default_factory=list)
    items: list[Event] = field(default_factory=list)
    audio: bytes = b""
    text_only: bool = False
    # The first argument of the first function.
    argument: str = "location"
    ids: int = 0

    @classmethod
    def of(cls, protocols: list[str], headers: dict[str, str]) -> Script:
        isBeta = "openai-beta.realtime-v1" in protocols or headers.get("openai-beta") == "realtime=v1"
        return cls(BETA if isBeta else GA)

    def begin(self) -> Iterator[Event]:
        yield self._event("session.created", session=self._session())

    def take(self, message: str) -> Iterator[Event | Close]:
        event = json.loads(message)
        self.received.append(event)
        match event["type"]:
            case "session.update":
                key = "modalities" if self.dialect.is_beta else "output_modalities"
                self.text_only = event["session"].get(key, []) == ["text"] or self.text_only
                for tool in event["session"].get("tools", [])[:1]:
                    self.argument = next(iter(tool["parameters"].get("properties", {})), self.argument)
                yield self._event("session.updated", session=self._session())
            case "conversation.item.create":
                yield from self._add(event["item"])
            case "input_audio_buffer.append":
                self.audio += base64.b64decode(event["audio"], validate=True)
            case "input_audio_buffer.commit":
                item = self._item("message", role="user", content=[{"type": "input_audio", "transcript": None}])
                yield self._event("input_audio_buffer.committed", item_id=item["id"], previous_item_id=None)
                yield from self._add(item)
                yield self._event(
                    "conversation.item.input_audio_transcription.completed",
                    item_id=item["id"],
                    content_index=0,
                    transcript=f"{len(self.audio) // 48} ms of speech",
                )
                self.audio = b""
            case "response.create":
                yield from self._respond()
            case unknown:
                error = {"type": "invalid_request_error", "message": f"no {unknown} here", "event_id": event["event_id"]}
                yield self._event("error", error=error)

    def _respond(self) -> Iterator[Event | Close]:
        last = self.items[-1] if self.items else {"type": "message", "content": []}
        asked = " ".join(part.get("text") or "" for part in last.get("content", []))
        response = {"id": self._id("resp"), "object": "realtime.response", "status": "in_progress", "output": []}
        # Servers of the beta's first days name no conversation.
        if not self.dialect.is_beta:
            response["conversation_id"] = "conv_1"
        yield self._event("response.created", response=dict(response))
        if "weather" in asked and last["type"] == "message":
            item = self._item("function_call", name="get_weather", call_id=self._id("call"), arguments="")
            yield from self._call(response["id"], item, json.dumps({self.argument: "Paris"}))
        else:
            answer = self._answer(last, asked)
            item = self._item("message", role="assistant", content=[])
            isCut = "drop" in asked or "hang" in asked
            yield from self._speak(response["id"], item, answer, cut=isCut)
            if "drop" in asked:
                yield Close(1011, "the model is gone")
            if isCut:
                return
        yield self._event("response.done", response={**response, "status": "completed", "output": [item]})

    def _answer(self, last: Event, asked: str) -> str:
        if last["type"] == "function_call_output":
            return f"The weather is {last['output']}."
        said = [part.get("text") for item in self.items if item.get("role") == "user" for part in item["content"]]
        return f"You said {json.dumps(asked)}, message {len(said)}."

    def _call(self, response: str, item: Event, arguments: str) -> Iterator[Event]:
        place = {"response_id": response, "output_index": 0}
        yield self._event("response.output_item.added", item=dict(item), **place)
        yield from self._add(dict(item), done=False)
        for part in (arguments[:5], arguments[5:]):
            yield self._event(
                "response.function_call_arguments.delta",
                item_id=item["id"],
                call_id=item["call_id"],
                delta=part,
                **place,
            )
        item |= {"arguments": arguments, "status": "completed"}
        yield self._event("response.output_item.done", item=dict(item), **place)

    def _speak(self, response: str, item: Event, words: str, cut: bool) -> Iterator[Event]:
        place = {"response_id": response, "output_index": 0}
        yield self._event("response.output_item.added", item=dict(item), **place)
        yield from self._add(dict(item), done=False)
        place |= {"item_id": item["id"], "content_index": 0}
        name = "response.output_text.delta" if self.text_only else "response.output_audio_transcript.delta"
        for word in words.split(" ")[: 1 if cut else None]:
            yield self._event(name, delta=word if word == words.split(" ")[0] else " " + word, **place)
        if not self.text_only:
            yield self._event("response.output_audio.delta", delta=base64.b64encode(TONE).decode(), **place)
        if cut:
            return
        kind = "text" if self.text_only else "audio"
        item |= {
            "status": "completed",
            "content": [{"type": self.dialect.part(kind), "text" if self.text_only else "transcript": words}],
        }
        yield self._event("response.output_item.done", item=dict(item), response_id=response, output_index=0)

    def _add(self, item: Event, done: bool = True) -> Iterator[Event]:
        item = {"id": self._id("item"), "object": "realtime.item", "status": "completed", **item}
        previous = self.items[-1]["id"] if self.items else None
        self.items.append(item)
        yield self._event("conversation.item.added", item=item, previous_item_id=previous)
        if done and not self.dialect.is_beta:
            yield self._event("conversation.item.done", item=item, previous_item_id=previous)

    def _item(self, kind: str, **members: Any) -> Event:
        return {"id": self._id("item"), "object": "realtime.item", "type": kind, "status": "in_progress", **members}

    def _session(self) -> Event:
        session: Event = {"id": "sess_1", "object": "realtime.session", "model": self.dialect.model}
        kinds = ["text"] if self.text_only else ["audio"]
        if self.dialect.is_beta:
            return session | {
                "modalities": kinds if self.text_only else ["audio", "text"],
                "voice": "alloy",
                "input_audio_format": "pcm16",
                "output_audio_format": "pcm16",
                "turn_detection": None,
            }
        return session | {"type": "realtime", "output_modalities": kinds, "audio": {"input": {"turn_detection": None}}}

    def _event(self, name: str, **members: Any) -> Event:
        return {"type": self.dialect.event(name), "event_id": self._id("event"), **members}

    def _id(self, kind: str) -> str:
        self.ids += 1
        return f"{kind}_{self.ids}"
