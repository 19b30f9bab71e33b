# Parley: Realtime voice server, doctor and client
# Copyright (c) the Parley authors
# SPDX-License-Identifier: Apache-2.0

"""The two dialects: the names they use, and the requests a client writes in each of them."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any

Event = dict[str, Any]

BETA_MODEL = "gpt-4o-realtime-preview-2024-10-01"
GA_MODEL = "gpt-realtime"

# The events that both dialects have and name differently: GA name to beta name.
_RENAMED = {
    "conversation.item.added": "conversation.item.created",
    "response.output_text.delta": "response.text.delta",
    "response.output_text.done": "response.text.done",
    "response.output_audio.delta": "response.audio.delta",
    "response.output_audio.done": "response.audio.done",
    "response.output_audio_transcript.delta": "response.audio_transcript.delta",
    "response.output_audio_transcript.done": "response.audio_transcript.done",
}

_BOTH = {
    "error",
    "session.created",
    "session.updated",
    "rate_limits.updated",
    "conversation.item.retrieved",
    "conversation.item.truncated",
    "conversation.item.deleted",
    "conversation.item.input_audio_transcription.delta",
    "conversation.item.input_audio_transcription.completed",
    "conversation.item.input_audio_transcription.failed",
    "input_audio_buffer.committed",
    "input_audio_buffer.cleared",
    "input_audio_buffer.speech_started",
    "input_audio_buffer.speech_stopped",
    "response.created",
    "response.done",
    "response.output_item.added",
    "response.output_item.done",
    "response.content_part.added",
    "response.content_part.done",
    "response.function_call_arguments.delta",
    "response.function_call_arguments.done",
}

# The events of one dialect only. Those of MCP, SIP and WebRTC never reach these tests.
_OWN = {
    "ga": {
        "conversation.item.done",
        "conversation.item.input_audio_transcription.segment",
        "input_audio_buffer.timeout_triggered",
    },
    "beta": {"transcription_session.created", "transcription_session.updated"},
}

_BETA_INPUT = {"turn_detection": "turn_detection", "transcription": "input_audio_transcription"}


@dataclass(frozen=True)
class Dialect:
    """One of the two event vocabularies. Everything a test says in words of the protocol goes through here."""

    name: str

    @property
    def is_beta(self) -> bool:
        return self.name == "beta"

    @property
    def model(self) -> str:
        return BETA_MODEL if self.is_beta else GA_MODEL

    def event(self, ga_name: str) -> str:
        """The name that this dialect has for an event known by its GA name."""
        return _RENAMED.get(ga_name, ga_name) if self.is_beta else ga_name

    def canonical(self, name: str) -> str | None:
        """The GA name of an event as this dialect sends it; None for a name that the dialect does not have."""
        if name in _BOTH or name in _OWN[self.name]:
            return name
        for ga, beta in _RENAMED.items():
            if name == (beta if self.is_beta else ga):
                return ga
        return None

    def part(self, kind: str) -> str:
        """The type of an assistant's content part inside an item; `kind` is `text` or `audio`."""
        return kind if self.is_beta else f"output_{kind}"

    # What a client offers.

    def subprotocols(self, key: str | None = None) -> list[str]:
        """What a browser offers, which cannot set headers. A client without a key writes the word `null`."""
        offer = ["realtime", f"openai-insecure-api-key.{key or 'null'}"]
        return offer + ["openai-beta.realtime-v1"] if self.is_beta else offer

    def headers(self, key: str | None = None) -> dict[str, str]:
        """What a client offers that can set headers."""
        fields = {"Authorization": f"Bearer {key}"} if key else {}
        return fields | {"OpenAI-Beta": "realtime=v1"} if self.is_beta else fields

    # What a client asks.

    def session_update(self, **members: Any) -> Event:
        session = members if self.is_beta else {"type": "realtime", **members}
        return {"type": "session.update", "session": session}

    def turn_detection(self, value: Event | None) -> Event:
        return self.audio_input(turn_detection=value)

    def audio_input(self, **members: Any) -> Event:
        """An update of `turn_detection` or `transcription`, which GA has side by side under `audio.input`."""
        if self.is_beta:
            return self.session_update(**{_BETA_INPUT[name]: value for name, value in members.items()})
        return self.session_update(audio={"input": members})

    def server_vad(self) -> Event:
        """Turn detection as the reference client configures it."""
        detection = {"type": "server_vad", "threshold": 0.5, "prefix_padding_ms": 300, "silence_duration_ms": 200}
        return self.turn_detection(detection)

    def tools(self, *definitions: Event) -> Event:
        return self.session_update(tools=list(definitions), tool_choice="auto")

    def respond(self, *, text_only: bool = False, **members: Any) -> Event:
        if text_only:
            members["modalities" if self.is_beta else "output_modalities"] = ["text"]
        return {"type": "response.create", "response": members} if members else {"type": "response.create"}


BETA = Dialect("beta")
GA = Dialect("ga")
BOTH = [BETA, GA]


def user_text(text: str, **members: Any) -> Event:
    content = [{"type": "input_text", "text": text}]
    return {
        "type": "conversation.item.create",
        "item": {"type": "message", "role": "user", "content": content, **members},
    }


def append(pcm: bytes) -> Event:
    return {"type": "input_audio_buffer.append", "audio": base64.b64encode(pcm).decode()}


def sound(events: list[Event], dialect: Dialect) -> bytes:
    """The audio of a response, from the deltas that carried it."""
    name = dialect.event("response.output_audio.delta")
    return b"".join(base64.b64decode(e["delta"], validate=True) for e in events if e["type"] == name)


def spoken_text(events: list[Event], dialect: Dialect) -> str:
    """What a response says, from the deltas of its transcript."""
    name = dialect.event("response.output_audio_transcript.delta")
    return "".join(e["delta"] for e in events if e["type"] == name)


def written_text(events: list[Event], dialect: Dialect) -> str:
    """What a response writes, from the deltas of its text."""
    name = dialect.event("response.output_text.delta")
    return "".join(e["delta"] for e in events if e["type"] == name)
