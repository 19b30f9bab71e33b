# Parley: Realtime voice server, doctor and client
# Copyright (c) the Parley authors
# SPDX-License-Identifier: Apache-2.0

"""Which members every server event must have, and of what kind: the shape table of both dialects.

A shape is a callable that takes a value and the path to it and raises ShapeError. Members that the table does not name
are allowed, as a client must ignore them, except those of the other dialect.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from typing import Any

from dialects import Dialect, Event

Shape = Callable[[Any, str], None]


class ShapeError(AssertionError):
    pass


def _kind(name: str, test: Callable[[Any], bool]) -> Shape:
    def check(value: Any, path: str) -> None:
        if not test(value):
            raise ShapeError(f"{path} should be {name}, but is {value!r:.120}")

    return check


string = _kind("a string", lambda v: isinstance(v, str))
integer = _kind("an integer", lambda v: isinstance(v, int) and not isinstance(v, bool))
number = _kind("a number", lambda v: isinstance(v, (int, float)) and not isinstance(v, bool))
count = _kind("an integer from 0", lambda v: isinstance(v, int) and not isinstance(v, bool) and v >= 0)
boolean = _kind("true or false", lambda v: isinstance(v, bool))
anything = _kind("anything", lambda v: True)
mapping = _kind("an object", lambda v: isinstance(v, dict))
empty_array = _kind("an empty array", lambda v: v == [])
token_limit = _kind("a positive integer or inf", lambda v: v == "inf" or (type(v) is int and v > 0))


def _is_pcm(value: Any) -> bool:
    try:
        return len(base64.b64decode(value, validate=True)) % 2 == 0
    except (binascii.Error, TypeError, ValueError):
        return False


base64_pcm = _kind("base64 of whole 16-bit samples", _is_pcm)


def one_of(*values: Any) -> Shape:
    return _kind(f"one of {values}", lambda v: v in values)


def identifier(prefix: str) -> Shape:
    return _kind(
        f"an id that starts with {prefix}", lambda v: isinstance(v, str) and v.startswith(prefix) and v != prefix
    )


def nullable(shape: Shape) -> Shape:
    return lambda value, path: None if value is None else shape(value, path)


def array(shape: Shape) -> Shape:
    def check(value: Any, path: str) -> None:
        if not isinstance(value, list):
            raise ShapeError(f"{path} should be an array, but is {value!r:.120}")
        for index, element in enumerate(value):
            shape(element, f"{path}[{index}]")

    return check


def members(shapes: dict[str, Shape], *, without: tuple[str, ...] = ()) -> Shape:
    """An object. A name that ends in `?` may be absent; `without` are names that belong to the other dialect."""

    def check(value: Any, path: str) -> None:
        if not isinstance(value, dict):
            raise ShapeError(f"{path} should be an object, but is {value!r:.120}")
        for name, shape in shapes.items():
            key = name.removesuffix("?")
            if key in value:
                shape(value[key], f"{path}.{key}")
            elif key == name:
                raise ShapeError(f"{path} lacks `{key}`; it has {sorted(value)}")
        for name in without:
            if name in value:
                raise ShapeError(f"{path}.{name} belongs to the other dialect")

    return check


def by_type(shapes: dict[str, Shape]) -> Shape:
    """An object whose `type` says which shape it has."""

    def check(value: Any, path: str) -> None:
        kind = value.get("type") if isinstance(value, dict) else None
        if kind not in shapes:
            raise ShapeError(f"{path}.type should be one of {sorted(shapes)}, but is {kind!r}")
        shapes[kind](value, path)

    return check


# Items and parts.


def _item(dialect: Dialect) -> Shape:
    common = {"id": string, "object": one_of("realtime.item")}
    status = one_of("in_progress", "completed", "incomplete")
    text = members({"text": string})
    spoken = members({"transcript?": nullable(string), "audio?": base64_pcm})
    roles = {
        "system": by_type({"input_text": text}),
        "user": by_type({"input_text": text, "input_audio": spoken, "input_image": mapping}),
        "assistant": by_type({dialect.part("text"): text, dialect.part("audio"): spoken}),
    }

    def message(value: Any, path: str) -> None:
        members({**common, "status": status, "role": one_of(*roles)})(value, path)
        members({"content": array(roles[value["role"]])})(value, path)

    call = members({**common, "status": status, "name": string, "call_id": string, "arguments": string})
    output = members({**common, "call_id": string, "output": string})
    return by_type({"message": message, "function_call": call, "function_call_output": output})


# The part of `response.content_part.*` is named alike in both dialects.
part = by_type({"text": members({"text": string}), "audio": members({"transcript": string}, without=("audio",))})


# Sessions.

_turn_detection = by_type(
    {
        "server_vad": members({"threshold": number, "prefix_padding_ms": count, "silence_duration_ms": count}),
        "semantic_vad": members({"eagerness": string}),
    }
)
_ga_format = by_type(
    {
        "audio/pcm": members({"rate": one_of(24000)}),
        "audio/pcmu": mapping,
        "audio/pcma": mapping,
    }
)
_beta_format = one_of("pcm16", "g711_ulaw", "g711_alaw")
_transcription = members({"model?": nullable(string), "language?": nullable(string), "prompt?": nullable(string)})
_tool_choice = _kind("a tool choice", lambda v: v in ("auto", "none", "required") or isinstance(v, dict))
_ga_only = ("output_modalities", "audio", "max_output_tokens")
_beta_only = (
    "modalities",
    "voice",
    "input_audio_format",
    "output_audio_format",
    "input_audio_transcription",
    "turn_detection",
    "temperature",
    "max_response_output_tokens",
)
_ga_input = {
    "format": _ga_format,
    "transcription": nullable(_transcription),
    "noise_reduction": nullable(mapping),
    "turn_detection": nullable(_turn_detection),
}
_session_common = {
    "id": identifier("sess_"),
    "object": one_of("realtime.session"),
    "model": string,
    "expires_at": integer,
    "instructions": string,
    "tools": array(members({"type": string, "name?": string})),
    "tool_choice": _tool_choice,
}
_ga_realtime = members(
    {
        **_session_common,
        "output_modalities": one_of(["audio"], ["text"]),
        "max_output_tokens": token_limit,
        "truncation": anything,
        "audio": members(
            {
                "input": members(_ga_input),
                "output": members({"format": _ga_format, "voice": string, "speed": number}),
            }
        ),
    },
    without=_beta_only,
)
_ga_transcription = members(
    {
        "id": identifier("sess_"),
        "object": one_of("realtime.transcription_session"),
        "expires_at": integer,
        "audio": members({"input": members(_ga_input)}, without=("output",)),
    },
    without=(*_beta_only, "model", "output_modalities"),
)
_ga_session = by_type({"realtime": _ga_realtime, "transcription": _ga_transcription})
_beta_input = {
    "input_audio_format": _beta_format,
    "input_audio_transcription": nullable(_transcription),
    "turn_detection": nullable(_turn_detection),
}
_beta_session = members(
    {
        **_session_common,
        **_beta_input,
        "modalities": one_of(["text"], ["audio", "text"], ["text", "audio"]),
        "voice": string,
        "output_audio_format": _beta_format,
        "temperature": number,
        "max_response_output_tokens": token_limit,
    },
    without=(*_ga_only, "type"),
)
_beta_transcription = members(
    {"id": identifier("sess_"), "object": one_of("realtime.transcription_session"), **_beta_input},
    without=(*_ga_only, "type"),
)


# Responses.

usage = members(
    {
        "total_tokens": count,
        "input_tokens": count,
        "output_tokens": count,
        "input_token_details": members({"text_tokens": count, "audio_tokens": count, "cached_tokens": count}),
        "output_token_details": members({"text_tokens": count, "audio_tokens": count}),
    }
)


def _response(dialect: Dialect) -> Shape:
    common = {
        "id": identifier("resp_"),
        "object": one_of("realtime.response"),
        "status": one_of("in_progress", "completed", "cancelled", "failed", "incomplete"),
        "status_details": nullable(members({"type": string})),
        "output": array(_item(dialect)),
        "conversation_id": nullable(identifier("conv_")),
        "max_output_tokens": token_limit,
        "metadata": nullable(mapping),
        "usage": nullable(usage),
    }
    if dialect.is_beta:
        own = {"modalities": array(string), "voice": string, "output_audio_format": _beta_format, "temperature": number}
        return members({**common, **own}, without=("output_modalities", "audio"))
    own = {"output_modalities": array(one_of("audio", "text"))}
    return members({**common, **own}, without=("modalities", "voice", "output_audio_format", "temperature"))


# Events, by their GA names.

_place = {"response_id": string, "item_id": string, "output_index": count, "content_index": count}
_call_place = {"response_id": string, "item_id": string, "output_index": count, "call_id": string}
_error = {"type": string, "message": string, "code?": nullable(string), "param?": nullable(string)}


def _table(dialect: Dialect) -> dict[str, Shape]:
    item, response = _item(dialect), _response(dialect)
    session = _beta_session if dialect.is_beta else _ga_session
    entry = {"item": item, "previous_item_id": nullable(string)}
    in_output = {"response_id": string, "output_index": count, "item": item}
    transcribed = "conversation.item.input_audio_transcription"
    at_part = {"item_id": string, "content_index": count}
    rows: dict[str, dict[str, Shape]] = {
        "error": {"error": members({**_error, "event_id?": nullable(string)})},
        "session.created": {"session": session},
        "session.updated": {"session": session},
        "transcription_session.created": {"session": _beta_transcription},
        "transcription_session.updated": {"session": _beta_transcription},
        "rate_limits.updated": {
            "rate_limits": array(
                members({"name": string, "limit": number, "remaining": number, "reset_seconds": number})
            )
        },
        "conversation.item.added": entry,
        "conversation.item.done": entry,
        "conversation.item.retrieved": {"item": item},
        "conversation.item.truncated": {"item_id": string, "content_index": count, "audio_end_ms": count},
        "conversation.item.deleted": {"item_id": string},
        f"{transcribed}.delta": {"item_id": string, "content_index?": count, "delta?": string},
        f"{transcribed}.completed": {
            **at_part,
            "transcript": string,
            ("usage?" if dialect.is_beta else "usage"): by_type({"tokens": mapping, "duration": mapping}),
        },
        f"{transcribed}.failed": {**at_part, "error": mapping},
        "input_audio_buffer.committed": {"item_id": string, "previous_item_id": nullable(string)},
        "input_audio_buffer.cleared": {},
        "input_audio_buffer.speech_started": {"item_id": string, "audio_start_ms": count},
        "input_audio_buffer.speech_stopped": {"item_id": string, "audio_end_ms": count},
        "input_audio_buffer.timeout_triggered": {"item_id": string, "audio_start_ms": count, "audio_end_ms": count},
        "response.created": {"response": response},
        "response.done": {"response": response},
        "response.output_item.added": in_output,
        "response.output_item.done": in_output,
        "response.content_part.added": {**_place, "part": part},
        "response.content_part.done": {**_place, "part": part},
        "response.output_text.delta": {**_place, "delta": string},
        "response.output_text.done": {**_place, "text": string},
        "response.output_audio.delta": {**_place, "delta": base64_pcm},
        "response.output_audio.done": _place,
        "response.output_audio_transcript.delta": {**_place, "delta": string},
        "response.output_audio_transcript.done": {**_place, "transcript": string},
        "response.function_call_arguments.delta": {**_call_place, "delta": string},
        "response.function_call_arguments.done": {
            **_call_place,
            "arguments": string,
            ("name?" if dialect.is_beta else "name"): string,
        },
    }
    named = {"event_id": identifier("event_"), "type": string}
    return {name: members({**named, **row}) for name, row in rows.items()}


_tables: dict[Dialect, dict[str, Shape]] = {}


def check_shape(event: Any, dialect: Dialect) -> str:
    """Checks one event as it came from the wire and returns its GA name."""
    if not isinstance(event, dict) or not isinstance(event.get("type"), str):
        raise ShapeError(f"a server event is an object with a string `type`, but this came: {event!r:.200}")
    name = dialect.canonical(event["type"])
    table = _tables.setdefault(dialect, _table(dialect))
    if name is None or name not in table:
        raise ShapeError(f"the {dialect.name} dialect has no server event `{event['type']}`")
    table[name](event, event["type"])
    return name


def error_of(event: Event) -> Event:
    """The error object inside an `error` event."""
    assert event["type"] == "error", f"an error was expected, but {event['type']} came"
    return event["error"]
