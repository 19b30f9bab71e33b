#!/usr/bin/env python3
# Parley: Realtime voice server, doctor and client
# Copyright (c) the Parley authors
# SPDX-License-Identifier: Apache-2.0
"""Writes what fuzzing begins with, out of the fixtures of the tests: seeds.py FOLDER

For each target FOLDER/TARGET gets the seeds, and FOLDER/words.dict the words of the protocol. The first byte of a seed
is the fuzzers' byte of choices.
"""

import base64
import hashlib
import itertools
import json
import pathlib
import re
import struct
import subprocess
import sys
import zlib

ROOT = pathlib.Path(__file__).resolve().parent.parent
TESTS = ROOT / "Tests"
FIXTURES = TESTS / "ParleyEventsTests" / "Fixtures"
OUT = pathlib.Path(sys.argv[1])


def seed(target, data, choices=b"0"):
    if isinstance(data, str):
        data = data.encode()
    folder = OUT / target
    folder.mkdir(parents=True, exist_ok=True)
    name = hashlib.sha1(choices + data).hexdigest()[:16]
    (folder / f"seed-{name}").write_bytes(choices + data)


def lines(path):
    return [json.loads(line) for line in path.read_text().splitlines() if line.strip()]


def compact(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def events():
    """Bit 0: beta; bit 1: a client's message; bit 2: G.711; bit 3: a session for transcription."""
    for path in sorted((FIXTURES / "events").glob("*.jsonl")):
        dialect, side, _ = path.name.split(".")
        choices = (dialect == "beta") | (side == "client") << 1
        for line in lines(path):
            seed("events", compact(line["event"]), bytes([0x30 | choices]))
            if "transcription" in line["name"]:
                seed("events", compact(line["event"]), bytes([0x38 | choices]))


def appends():
    """Bit 0: beta; bit 1: G.711; bit 2: the audio alone; bit 3: the client's id alone."""
    audio = base64.b64encode(bytes(range(256))).decode()
    members = [("type", '"input_audio_buffer.append"'), ("audio", f'"{audio[:64]}"'), ("event_id", '"event_1"')]
    for order in itertools.permutations(members):
        for count in (2, 3):
            for choices in (b"0", b"3"):
                seed("appends", "{" + ",".join(f'"{name}":{value}' for name, value in order[:count]) + "}", choices)
    for value in ("", "AAAA", "AAA=", "AA==", "A===", "+/+/", "\\/\\u002B8A", audio):
        seed("appends", value, b"4")
        seed("appends", value, b"6")
    for value in ("", "e", "é", "e\\\"", "\\u0041", "e" * 513):
        seed("appends", value, b"8")


def translation():
    """Bit 0: a beta client; bit 1: unknown members are kept."""
    for dialect in ("beta", "ga"):
        for path in sorted((FIXTURES / "sequences" / dialect).glob("*.jsonl")):
            shortened = []
            for line in lines(path):
                line.pop("t", None)
                event = line.get("event", {})
                for name in ("audio", "delta"):
                    if len(event.get(name) or "") > 40:
                        event[name] = event[name][:40]
                shortened.append(compact(line))
            seed("translation", "\n".join(shortened), b"1" if dialect == "beta" else b"0")
    for path in sorted((FIXTURES / "pairs").glob("*.jsonl")):
        side, direction, _ = path.name.split(".")
        client_is_beta = direction.startswith("beta") == (side == "client")
        for line in lines(path):
            text = compact({"dir": side, "event": line["in"]})
            seed("translation", text, b"1" if client_is_beta else b"2")


def frame(opcode, payload, fin=True, masked=True):
    head = bytes([fin << 7 | opcode])
    mask = 0x80 if masked else 0
    if len(payload) < 126:
        head += bytes([mask | len(payload)])
    else:
        head += bytes([mask | 126]) + struct.pack(">H", len(payload))
    if not masked:
        return head + payload
    key = b"\x11\x22\x33\x44"
    return head + key + bytes(byte ^ key[place % 4] for place, byte in enumerate(payload))


def frames():
    """Bit 0: the client's role, which takes frames without masks."""
    text = compact(lines(FIXTURES / "events" / "ga.client.jsonl")[0]["event"]).encode()
    for masked in (True, False):
        choices = b"0" if masked else b"1"

        def one(*arguments, **options):
            return frame(*arguments, masked=masked, **options)

        for stream in (
            one(1, text),
            one(1, text[:10], fin=False) + one(9, b"ping") + one(0, text[10:]),
            one(2, bytes(range(130))),
            one(1, "é你👋".encode()[:5], fin=False) + one(0, "é你👋".encode()[5:]),
            one(10, b"") + one(8, struct.pack(">H", 1000) + b"bye"),
            one(8, b""),
            one(1, b"") + one(3, b"reserved"),
            one(1, b"\xff\xfe"),
        ):
            seed("frames", stream, choices)


def deflate():
    """Bit 0: no context is kept; bits 1 to 3 and 5: how our own side compresses."""
    text = compact(lines(FIXTURES / "events" / "ga.client.jsonl")[0]["event"]).encode()[:200]
    for choices, bits in ((b"0", 15), (b"1", 15), (b"P", 9)):
        compressor = zlib.compressobj(9, zlib.DEFLATED, -bits)
        stream = b""
        for message in (text, text, bytes(700), b"x"):
            if choices == b"1":
                compressor = zlib.compressobj(9, zlib.DEFLATED, -bits)
            payload = (compressor.compress(message) + compressor.flush(zlib.Z_SYNC_FLUSH))[:-4]
            pieces = [payload[place : place + 63] for place in range(0, len(payload), 63)]
            for place, piece in enumerate(pieces):
                more = 0x80 if place < len(pieces) - 1 else 0
                stream += bytes([more | 0x40 | len(piece)]) + piece
        seed("deflate", stream, choices)
    seed("deflate", bytes([8, 0xF3, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00, 0x00, 1, 0x00]), b"0")


def reading():
    """Bit 0: frames; bit 1: the client's; bit 2: compressed; bit 3: a request; bit 4: CONNECT; bit 5: a page."""
    text = compact({"type": "error", "error": {"message": "Incorrect API key: sk-planted-0123456789abcdef"}}).encode()
    for choices, masked in ((b"1", False), (b"3", True)):
        seed("reading", frame(1, text, masked=masked) + frame(8, struct.pack(">H", 1008) + b"no", masked=masked), choices)
        seed("reading", frame(1, text[:9], fin=False, masked=masked) + frame(0, text[9:], masked=masked), choices)
    seed("reading", bytes([0xC1, 7, 0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00]), b"5")
    seed(
        "reading",
        "GET /v1/realtime?api-key=sk-planted-0123456789abcdef HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n"
        "Sec-WebSocket-Protocol: realtime, openai-insecure-api-key.sk-planted-0123456789abcdef\r\n\r\n",
        b"8",
    )
    for head in (
        "HTTP/1.1 101 Switching Protocols\nUpgrade: websocket\r\n folded\r\nX: sk-planted-0123456789abcdef\r\n\r\n",
        "HTTP/1.1 401 No\r\nContent-Length: 40\r\n\r\nthe key sk-planted-0123456789abcdef is no key",
        "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n",
        "SSH-2.0-OpenSSH_9.6\r\n",
    ):
        seed("reading", head, b"0")
        seed("reading", head, b"@")
    seed("reading", "<meta http-equiv='Content-Security-Policy' content=\"connect-src 'self'\">", b" ")


def backends():
    """Bits 0 and 1: a chat completion, speech, a transcript, any error; bit 2: other rates; bit 3: speech as events."""

    def stream(*objects):
        return "".join(f"data: {compact(value)}\n\n" for value in objects) + "data: [DONE]\n\n"

    def delta(reason=None, **members):
        return {"choices": [{"index": 0, "finish_reason": reason, "delta": members}]}

    call = {"index": 0, "id": "a", "type": "function", "function": {"name": "one", "arguments": '{"x":'}}
    rest = {"index": 0, "function": {"arguments": "1}"}}
    usage = {"choices": [], "usage": {"prompt_tokens": 3, "completion_tokens": 2}}
    seed("backends", stream(delta(content=None), delta(content="é你👋"), delta("stop"), usage))
    seed("backends", stream(delta(tool_calls=[call]), delta(tool_calls=[rest]), delta("tool_calls")))
    seed("backends", stream(delta(content="x"), {"error": {"code": 500, "message": "no", "type": "server_error"}}))
    wav = b"RIFF\xff\xff\xff\xffWAVEfmt " + struct.pack("<IHHIIHH", 16, 1, 1, 8000, 16000, 2, 16)
    seed("backends", wav + b"data\x08\x00\x00\x00" + bytes(range(8)) + b"LIST", b"1")
    seed("backends", bytes(range(99)), b"5")
    audio = base64.b64encode(bytes(range(33))).decode()
    seed("backends", stream({"type": "speech.audio.delta", "audio": audio}, {"type": "speech.audio.done"}), b"9")
    words = [{"type": "transcript.text.delta", "delta": "a"}, {"type": "transcript.text.done", "text": "a b"}]
    seed("backends", stream(*words), b"2")
    for error in ({"error": {"message": "m", "code": 1}}, {"error": "m"}, {"detail": [{"loc": ["a", 1], "msg": "m"}]}):
        seed("backends", compact(error), b"3")
    seed("backends", "<html><script>x</script><p>502</p>", b"3")


def certificates():
    """A certificate made on the spot, where there is openssl to make it."""
    for kind in ("rsa:2048", "ec"):
        curve = ["-pkeyopt", "ec_paramgen_curve:prime256v1"] if kind == "ec" else []
        made = subprocess.run(
            ["openssl", "req", "-x509", "-newkey", kind, *curve, "-nodes", "-keyout", "/dev/null", "-outform", "DER",
             "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
            capture_output=True,
        )
        seed("certificates", made.stdout or b"\x30\x03\x02\x01\x00")


def handshake():
    heads = set()
    for path in sorted((TESTS / "ParleyHandshakeTests").rglob("*.swift")):
        source = path.read_text()
        fields = re.findall(r'\("([A-Za-z][A-Za-z-]+)", "((?:[^"\\]|\\.)*)"\)', source)
        targets = re.findall(r'"(/[^"\\]*)"', source) or ["/v1/realtime?model=gpt-realtime"]
        basics = [
            ("Connection", "Upgrade"), ("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13"),
            ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
        ]
        for place, target in enumerate(targets[:40]):
            more = fields[place * 3 : place * 3 + 3]
            rows = "\n".join(f"{name}: {value}" for name, value in basics + more)
            heads.add(f"{target}\n127.0.0.1:8080\n{rows}")
    for head in sorted(heads):
        seed("handshake", head)


def heads():
    """Bits 0 to 2: small limits."""
    source = (TESTS / "ParleyWebSocketTests/Handshake/RequestHeadReaderTests.swift").read_text()
    for text in re.findall(r'"((?:[^"\\\n]|\\.)*\\r\\n)"', source):
        data = text.replace("\\r", "\r").replace("\\n", "\n").replace("\\0", "\0").replace("\\t", "\t")
        for choices in b"0", b"7":
            seed("heads", data, choices)


def responses():
    """Answers of servers and proxies."""
    accept = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
    for text in (
        f"HTTP/1.1 101 Switching Protocols\r\n{accept}Sec-WebSocket-Protocol: realtime\r\n\r\n\x05",
        "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 101 Ok\r\n\r\n",
        "HTTP/1.1 401 Unauthorized\r\nContent-Length: 4\r\n\r\nbody",
        "HTTP/1.1 407 Proxy\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\nA;x=y\r\n0123456789\r\n0\r\n\r\n",
        "HTTP/1.0 500 \nServer:x\n\nall there is",
        "HTTP/1.1 204 No Content\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX: 1\r\n folded\r\n\r\n",
        "SSH-2.0-OpenSSH_9.6\r\n",
    ):
        seed("responses", text)


def addresses():
    found = set()
    for path in sorted((TESTS / "ParleyTransportTests" / "Client" / "Address").glob("*.swift")):
        found.update(re.findall(r'"([^"\\\s]*(?:://|@|:\d)[^"\\]*)"', path.read_text()))
    for text in sorted(found):
        seed("addresses", text)
        seed("addresses", f"localhost,.example,10.0.0.0/8,[::1]:80\nws://voice.example/v1\n{text}")
        seed("addresses", f"*.example example:80\n{text}\nhttp://user:p%20w@proxy.example:3128")


def first_id(state):
    """The first id that an `IDSource` gives, without its prefix."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    text = ""
    while len(text) < 21:
        state = (state + 0x9E3779B97F4A7C15) % 2**64
        mixed = (state ^ state >> 30) * 0xBF58476D1CE4E5B9 % 2**64
        mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EB % 2**64
        bits = (mixed ^ mixed >> 31) >> 4
        for _ in range(min(10, 21 - len(text))):
            text += alphabet[bits % 62]
            bits //= 62
    return text


def recordings():
    limits = {"duration_ns": 60_000_000_000, "items": 4, "stored_text_bytes": 200}
    session = {"type": "realtime", "id": "sess_1", "model": "m", "expires_at": 1}
    head = {
        "format": "parley.session/1", "dialect": "ga", "conversation_id": "conv_1", "seed": "1", "event_seed": "2",
        "limits": limits, "session": session,
    }
    audio = base64.b64encode(bytes(480)).decode()
    engine = [
        {"text": "Hi."}, {"transcript": "Hi."}, {"audio": audio},
        {"tool_call": {"index": 0, "started": {"call_id": None, "name": "f"}}},
        {"tool_call": {"index": 0, "arguments": "{}"}}, {"tool_call": {"index": 0, "finished": True}},
        {"finished": {"reason": "completed", "usage": {"input": 1, "cached_input": 0, "output": 1}}},
        {"failed": {"type": "server_error", "code": None, "message": "no"}},
    ]
    response = "resp_" + first_id(1)
    for line in lines(FIXTURES / "events" / "ga.client.jsonl"):
        inputs = [{"in": "opened"}, {"in": "client", "event": {"type": "response.create"}}]
        inputs += [{"in": "client", "event": line["event"]}]
        inputs += [{"in": "engine", "response_id": response, **each} for each in engine]
        inputs += [{"in": "engine", "item_id": "item_1", "completed": "Hi."}]
        inputs += [{"in": "timer", "timer": "expiry"}, {"in": "closed"}]
        timed = [{"at_ns": place * 1_000_000, **each} for place, each in enumerate(inputs)]
        seed("recordings", "\n".join(compact(each) for each in [head] + timed))


def words():
    found = set()

    def collect(value):
        if isinstance(value, dict):
            for name, member in value.items():
                found.add(name)
                collect(member)
        elif isinstance(value, list):
            for element in value:
                collect(element)
        elif isinstance(value, str) and re.fullmatch(r"[a-z0-9_./-]{2,48}", value):
            found.add(value)

    for path in sorted((FIXTURES / "events").glob("*.jsonl")):
        for line in lines(path):
            collect(line["event"])
    names = [word for word in sorted(found) if re.fullmatch(r"[ -~]+", word) and '"' not in word and "\\" not in word]
    (OUT / "words.dict").write_text("".join(f'"\\x22{word}\\x22"\n' for word in names))


for write in (
    addresses, appends, backends, certificates, deflate, events, frames, handshake, heads, reading, recordings,
    responses, translation, words,
):
    write()
