# Parley: Realtime voice server, doctor and client
# Copyright (c) the Parley authors
# SPDX-License-Identifier: Apache-2.0

"""The engine `pipeline`: a client on one side, servers of the HTTP API on the other."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from backends import TONE, Backend, Exchange, say, speak, talking
from dialects import GA, Dialect, sound, spoken_text, user_text, written_text
from openai_sdk import SDKPeer
from peers import BYTES_PER_MS
from scenarios import GET_WEATHER, opening
from server import Server, fetch
from talk import Append, Scenario, Send, Talk, Until
from test_node_ws import dial  # noqa: F401 - a fixture

USAGE = {"prompt_tokens": 62, "completion_tokens": 4, "prompt_tokens_details": {"cached_tokens": 61}}


@contextmanager
def pipeline(env: dict[str, str] | None = None, **backends: Backend) -> Iterator[Server]:
    """A server whose slots the backends fill."""
    flags = [part for slot, backend in backends.items() for part in (f"--{slot}", backend.url)]
    with ExitStack() as stack:
        for backend in backends.values():
            stack.enter_context(backend)
        yield stack.enter_context(Server(*flags, env=env))


def run(server: Server, dialect: Dialect, *scenarios: Scenario) -> Any:
    with Talk(SDKPeer(server, dialect), dialect) as talk:
        talk.run(opening(dialect))
        return [talk.run(scenario) for scenario in scenarios]


def asked(dialect: Dialect, text: str = "Hello", **members: Any) -> Scenario:
    """Typed question; the whole response."""
    yield Send(user_text(text))
    yield Send(dialect.respond(**members))
    return (yield Until("response.done"))


def failing(dialect: Dialect) -> Scenario:
    events = yield from asked(dialect, text_only=True)
    response = events[-1]["response"]
    assert response["status"] == "failed", response
    return response["status_details"]["error"]


def test_a_written_answer_carries_what_the_model_counted(dialect: Dialect) -> None:
    llm = Backend(talking("<think>Hm.</think>Good day.", usage=USAGE))
    with pipeline(llm=llm) as server:
        (events,) = run(server, dialect, asked(dialect, text_only=True))
        assert written_text(events, dialect).strip() == "Good day."
        usage = events[-1]["response"]["usage"]
        assert (usage["input_tokens"], usage["output_tokens"]) == (62, 4)
        request = llm.request().json
        assert request["model"] == "tiny"
        assert request["messages"][0]["role"] == "system"
        assert request["messages"][-1] == {"role": "user", "content": "Hello"}
        assert "llama-server tiny at" in server.log


def test_a_spoken_turn_through_three_servers(dialect: Dialect, pcm: bytes, silence: bytes) -> None:
    llm, tts = Backend(talking("It is noon now. Have a nice day, whoever you are.")), Backend(speak)
    stt = Backend(lambda exchange: exchange.answer({"text": " What time is it? "}))
    with pipeline(llm=llm, stt=stt, tts=tts) as server:

        def turn() -> Scenario:
            yield Send(dialect.audio_input(transcription={"model": "whisper-1"}))
            yield Until("session.updated")
            yield Append(pcm + silence)
            return (yield Until("response.done"))

        (events,) = run(server, dialect, turn())
        name = "conversation.item.input_audio_transcription.completed"
        assert [e["transcript"] for e in events if e["type"] == name] == ["What time is it?"]
        assert llm.request().json["messages"][-1]["content"] == "What time is it?"
        assert spoken_text(events, dialect).split() == "It is noon now. Have a nice day, whoever you are.".split()
        said = [tts.request().json["input"] for _ in range(tts.requests.qsize())]
        assert said == ["It is noon now.", "Have a nice day, whoever you are."]
        assert sound(events, dialect) == TONE * 5 * 2
        form = stt.request().body
        assert b"RIFF" in form and b'filename="speech.wav"' in form


def test_speaking_over_an_answer_closes_the_requests(dialect: Dialect, interruption: bytes, silence: bytes) -> None:
    def endless(exchange: Exchange) -> bool:
        exchange.begin()
        exchange.delta(content="This is a sentence which is quite long. And so it goes on. ")
        return exchange.wait_closed()

    def answer(exchange: Exchange) -> Any:
        if exchange.json["messages"][-1]["content"] == "Hello":
            return endless(exchange)
        return say(exchange, "Sorry.")

    most = len(interruption) * 2 // 3 // BYTES_PER_MS * BYTES_PER_MS
    llm, tts = Backend(answer), Backend(lambda exchange: speak(exchange, 30))
    stt = Backend(lambda exchange: exchange.answer({"text": "Hold on."}))
    with pipeline(llm=llm, stt=stt, tts=tts) as server:

        def interrupted() -> Scenario:
            yield Send(user_text("Hello"))
            yield Send(dialect.respond())
            yield Until("response.output_audio.delta")
            yield Append(interruption[:most])
            events = yield Until("response.done")
            assert events[-1]["response"]["status"] == "cancelled"
            assert llm.returned.get(timeout=30) is True, "the request to the model was not closed"
            yield Append(interruption[most:] + silence)
            events = yield Until("response.done")
            assert events[-1]["response"]["status"] == "completed"
            assert spoken_text(events, dialect).strip() == "Sorry."

        run(server, dialect, interrupted())
        # What was not heard was not said.
        requests = [llm.request().json for _ in range(llm.requests.qsize())]
        said = [m["content"] for m in requests[-1]["messages"] if m["role"] == "assistant"]
        assert all("goes on" not in text for text in said), said


def test_a_tool_is_called_and_its_answer_used(dialect: Dialect) -> None:
    def answer(exchange: Exchange) -> None:
        if exchange.json["messages"][-1]["role"] == "tool":
            return say(exchange, "It is sunny in Berlin.")
        exchange.begin()
        exchange.delta(role="assistant", content=None)
        call = {"index": 0, "id": "LUN3GnLEz7Lucf", "type": "function"}
        exchange.delta(tool_calls=[{**call, "function": {"name": "get_weather", "arguments": '{"ci'}}])
        exchange.delta(tool_calls=[{"index": 0, "function": {"arguments": 'ty":"Berlin"}'}}])
        exchange.delta("tool_calls")
        exchange.event(b"[DONE]")
        exchange.end()

    llm = Backend(answer)
    with pipeline(llm=llm) as server:

        def round_trip() -> Scenario:
            yield Send(dialect.tools(GET_WEATHER))
            yield Until("session.updated")
            events = yield from asked(dialect, "What is the weather in Berlin?", text_only=True)
            (call,) = events[-1]["response"]["output"]
            assert (call["type"], call["name"], call["status"]) == ("function_call", "get_weather", "completed")
            assert json.loads(call["arguments"]) == {"city": "Berlin"}
            output = {"type": "function_call_output", "call_id": call["call_id"], "output": "sunny"}
            yield Send({"type": "conversation.item.create", "item": output})
            yield Send(dialect.respond(text_only=True))
            events = yield Until("response.done")
            assert written_text(events, dialect).strip() == "It is sunny in Berlin."
            return call["call_id"]

        (call_id,) = run(server, dialect, round_trip())
        first, second = llm.request().json, llm.request().json
        assert first["tools"][0]["function"]["name"] == "get_weather"
        assert second["messages"][-2]["tool_calls"][0]["id"] == call_id
        assert second["messages"][-1] == {"role": "tool", "tool_call_id": call_id, "content": "sunny"}


def test_each_server_is_asked_as_the_file_says(tmp_path: Path, pcm: bytes, silence: bytes) -> None:
    llm, tts = Backend(talking("It is noon now. Have a nice day, whoever you are.")), Backend(speak)
    stt = Backend(lambda exchange: exchange.answer({"text": "What time is it?"}))
    with ExitStack() as stack:
        for backend in [llm, stt, tts]:
            stack.enter_context(backend)
        file = tmp_path / "parley.yaml"
        file.write_text(
            "models:\n  desk:\n    engine: pipeline\n"
            f"    llm: {{url: '{llm.url}', path: /chat, model: big, key-env: DESK_KEY, extra: {{temperature: 0.5}}}}\n"
            f"    stt: {{url: '{stt.url}', path: /inference, extra: {{hotwords: noon}}}}\n"
            f"    tts: {{url: '{tts.url}', voice: usual, voices: {{ash: mine}}, sentence-letters: 10, extra: {{speed: 2}}}}\n"
        )
        env = {"DESK_KEY": "sk-desk", "PARLEY_LLM_KEY": "sk-other"}
        server = stack.enter_context(Server("--config", str(file), "--engine", "loopback", env=env))
        talk = stack.enter_context(Talk(SDKPeer(server, GA, model="desk"), GA))

        def turn(voice: str) -> Scenario:
            yield Send(GA.session_update(audio={"output": {"voice": voice}}))
            yield Until("session.updated")
            yield Append(pcm + silence)
            yield Until("response.done")

        talk.run(opening(GA, "desk"))
        talk.run(turn("ash"))
        asked = llm.request()
        assert (asked.path, asked.json["model"], asked.json["temperature"]) == ("/chat", "big", 0.5)
        assert asked.headers["Authorization"] == "Bearer sk-desk"
        form = stt.request()
        assert form.path == "/inference" and b'name="hotwords"\r\n\r\nnoon' in form.body
        said = [tts.request().json for _ in range(tts.requests.qsize())]
        assert [s["input"] for s in said] == ["It is noon now.", "Have a nice day, whoever you are."]
        assert {(s["voice"], s["speed"]) for s in said} == {("mine", 2)}


def test_the_limits_of_a_server_are_those_of_the_file(tmp_path: Path) -> None:
    llm = Backend(lambda exchange: exchange.wait_closed())
    file = tmp_path / "parley.yaml"
    with llm:
        file.write_text(f"llm: {{url: '{llm.url}', first-byte: 150ms}}\n")
        with Server("--config", str(file), "--engine", "pipeline") as server:
            (error,) = run(server, GA, failing(GA))
    assert error["code"] == "backend_timeout" and "has not begun to answer within 150 ms" in error["message"]


def _in_stream(exchange: Exchange) -> None:
    exchange.begin()
    exchange.delta(content="Hal")
    exchange.event({"error": {"code": 500, "message": "does not match the format", "type": "server_error"}})
    exchange.end()


def _cut(exchange: Exchange) -> None:
    exchange.begin()
    exchange.delta(content="Hal")
    exchange.drop()


@pytest.mark.parametrize(
    ("answer", "code", "words"),
    [
        (lambda e: e.answer({"error": {"code": 400, "message": "too long"}}, 400), "backend_error", "too long"),
        (lambda e: e.answer({"detail": [{"loc": ["body"], "msg": "bad"}]}, 422), "backend_error", "bad"),
        (lambda e: e.answer({"error": "no such model"}, 404), "backend_error", "no such model"),
        (lambda e: e.answer(b"<h1>502 Bad Gateway</h1>", 502, "text/html"), "backend_error", "502 Bad Gateway"),
        (_in_stream, "backend_error", "does not match the format"),
        (_cut, "backend_answer_invalid", "ended before it was complete"),
        (lambda e: e.drop(), "backend_unreachable", "closed the connection"),
    ],
)
def test_a_failure_is_the_responses_and_the_session_lives_on(answer: Any, code: str, words: str) -> None:
    broken = True
    llm = Backend(lambda exchange: answer(exchange) if broken else say(exchange, "Well again."))
    with pipeline(llm=llm) as server:

        def turns() -> Scenario:
            nonlocal broken
            error = yield from failing(GA)
            broken = False
            events = yield from asked(GA, text_only=True)
            assert written_text(events, GA).strip() == "Well again."
            return error

        (error,) = run(server, GA, turns())
        assert error["code"] == code
        assert words in error["message"]


def test_a_server_that_has_gone_is_a_failure_too() -> None:
    llm = Backend(talking("Hello."))
    with pipeline(llm=llm) as server:
        run(server, GA, asked(GA, text_only=True))
        llm.stop()
        (error,) = run(server, GA, failing(GA))
        assert error["code"] == "backend_unreachable"


def test_a_voice_and_a_transcriber_that_fail_do_so_in_words(pcm: bytes) -> None:
    llm = Backend(talking("Hello."))
    tts = Backend(lambda exchange: exchange.answer({"detail": {"message": "unknown voice"}}, 400))
    stt = Backend(lambda exchange: exchange.answer({"error": {"code": 501, "message": "no audio"}}, 501))
    with pipeline(llm=llm, tts=tts, stt=stt) as server:

        def turns() -> Scenario:
            events = yield from asked(GA)
            assert events[-1]["response"]["status"] == "failed"
            yield Send(GA.audio_input(turn_detection=None, transcription={"model": "whisper-1"}))
            yield Until("session.updated")
            yield Append(pcm)
            yield Send({"type": "input_audio_buffer.commit"})
            events = yield Until("conversation.item.input_audio_transcription.failed")
            assert events[-1]["error"]["message"] == "The transcriber answered 501: no audio"

        run(server, GA, turns())
        assert "unknown voice" in server.log


def test_latency_is_told_to_those_who_ask_and_to_the_log(dialect: Dialect) -> None:
    with pipeline(llm=Backend(talking("Hello there, my friend.")), tts=Backend(speak)) as server:
        (events,) = run(server, dialect, asked(dialect, metadata={"parley.latency": "on"}))
        figures = json.loads(events[-1]["response"]["metadata"]["parley.latency"])
        assert set(figures) == {"llm_ttft_ms", "first_chunk_ms", "tts_ttfb_ms"}
        assert "llm_ttft_ms=" in server.log
        metrics = fetch(server.http("/metrics"))
        assert metrics.status == 200 and metrics.headers.get_content_type() == "text/plain"
        lines = metrics.body.decode().splitlines()
        assert 'parley_responses_total{outcome="completed"} 1' in lines
        for stage in ["llm_ttft", "first_chunk", "tts_ttfb"]:
            assert f'parley_response_stage_seconds_bucket{{stage="{stage}",le="+Inf"}} 1' in lines
            assert f'parley_response_stage_seconds_count{{stage="{stage}"}} 1' in lines


def test_keys_go_to_their_server_and_nowhere_else() -> None:
    secret = "sk-planted-0123456789"
    llm = Backend(lambda exchange: exchange.answer({"error": {"message": f"bad key {secret}"}}, 401))
    with pipeline(llm=llm, env={"PARLEY_LLM_KEY": secret}) as server:
        (error,) = run(server, GA, failing(GA))
        assert llm.request().headers["Authorization"] == f"Bearer {secret}"
        assert secret not in server.log
        assert secret not in json.dumps(error)


def test_a_node_client_talks(dial: Any, pcm: bytes, silence: bytes) -> None:  # noqa: F811 - the fixture
    llm, tts = Backend(talking("It is noon.")), Backend(speak)
    stt = Backend(lambda exchange: exchange.answer({"text": "What time is it?"}))
    with pipeline(llm=llm, stt=stt, tts=tts) as server, Talk(dial(server.url(model=GA.model)), GA) as talk:
        talk.run(opening(GA))

        def turn() -> Scenario:
            yield Append(pcm + silence)
            events = yield Until("response.done")
            assert spoken_text(events, GA).strip() == "It is noon."

        talk.run(turn())


def test_speech_without_a_transcriber_says_what_is_missing() -> None:
    """Only --llm is given: typed text works, and the built-in voice speaks."""
    with pipeline(llm=Backend(talking("Good day to you, whoever you are."))) as server:
        (events,) = run(server, GA, asked(GA))
        assert sound(events, GA)
        assert "give --stt URL" in server.log


def test_a_server_that_is_not_there_is_in_the_table() -> None:
    backend = Backend(talking("Hello."))
    with backend:
        pass
    with Server("--llm", backend.url) as server:
        assert "NOT THERE: The language model cannot be reached" in server.log
