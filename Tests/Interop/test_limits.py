# Parley: Realtime voice server, doctor and client
# Copyright (c) the Parley authors
# SPDX-License-Identifier: Apache-2.0

"""Every limit of the server that a client can reach over the network, and that its neighbours notice nothing."""

from __future__ import annotations

import http.client
import json
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress

import pytest

from server import Server, fetch
from wire import CLOSE, TEXT, Wire, frame, handshake

PING = 9
DEADLINE = 30.0
CLEAR = {"type": "input_audio_buffer.clear"}
LARGE = frame(TEXT, json.dumps({"type": "input_audio_buffer.append", "audio": "A" * 400_000}).encode())


@contextmanager
def loopback(*arguments: str, open_files: int | None = None) -> Iterator[Server]:
    """A server that sends every piece of audio back."""
    with Server("--engine", "loopback", *arguments, open_files=open_files) as server:
        yield server


def session(server: Server) -> Wire:
    wire = Wire(server.port)
    assert wire.upgrade("/v1/realtime")[0] == 101
    assert wire.receive_event()["type"] == "session.created"
    return wire


def answers(wire: Wire) -> None:
    """The session works."""
    wire.send_event(CLEAR)
    assert wire.receive_event()["type"] == "input_audio_buffer.cleared"


def eventually(condition: Callable[[], bool], what: str, deadline: float = DEADLINE) -> None:
    end = time.monotonic() + deadline
    while not condition():
        assert time.monotonic() < end, f"{what} did not come about within {deadline:g} s"
        time.sleep(0.02)


def open_now(server: Server) -> tuple[int, int]:
    """Sessions, and connections without the one that asks; -1 when it is not let in."""
    try:
        ready = fetch(server.http("/readyz"), context=server.certificate() if server.tls else None).json
    except OSError:
        return -1, -1
    return ready["sessions"], ready["connections"] - 1


def resident_kilobytes(server: Server) -> int:
    with open(f"/proc/{server.process.pid}/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS:"))


def refused(server: Server, status: int, source: str = "127.0.0.1") -> str:
    """A new client is told so before the upgrade; the code of the error."""
    with socket.create_connection(("127.0.0.1", server.port), DEADLINE, (source, 0)) as plain:
        plain.sendall(handshake("/v1/realtime", server.port))
        head, _, body = plain.makefile("rb").read().partition(b"\r\n\r\n")
    assert head.startswith(f"HTTP/1.1 {status} ".encode()), head
    fields = dict(line.lower().split(": ", 1) for line in head.decode().split("\r\n")[1:])
    assert int(fields["retry-after"]) >= 1
    error = json.loads(body)["error"]
    assert "Try again" in error["message"] or "try again" in error["message"]
    return error["code"]


# A client that does not read.


@pytest.mark.parametrize("tls", [False, True], ids=["ws", "wss"])
def test_a_client_that_does_not_read_is_ended_and_costs_little(tls: bool) -> None:
    with loopback("--send-timeout", "1", *(["--tls-self-signed"] if tls else [])) as server, ExitStack() as stack:
        silent = [stack.enter_context(server.connect()) for _ in range(4)]
        if tls:
            silent = [stack.enter_context(ssl._create_unverified_context().wrap_socket(one)) for one in silent]
        neighbour = None if tls else stack.enter_context(session(server))
        before = resident_kilobytes(server)
        for one in silent:
            one.sendall(handshake("/v1/realtime", server.port))
            with pytest.raises(OSError):
                while True:
                    one.sendall(LARGE)
            assert resident_kilobytes(server) - before < 64 * 1024
        eventually(lambda: open_now(server) == (int(not tls), int(not tls)), "the end of the silent clients")
        assert server.log.count("code=1008") == 4
        assert "read nothing for too long" in server.log
        if neighbour:
            answers(neighbour)


def test_a_client_that_reads_slowly_gets_everything() -> None:
    """Longer than the deadline in all, and never without reading for as long."""
    count = 60
    with loopback("--send-timeout", "1") as server, session(server) as wire:
        wire.socket.setblocking(False)
        unsent = memoryview(LARGE * count)
        got = bytearray()
        begun = time.monotonic()
        while got.count(b'"response.output_audio.delta"') < count:
            is_slow = time.monotonic() - begun < 4
            time.sleep(0.2 if is_slow else 0.001)
            assert time.monotonic() - begun < DEADLINE
            with suppress(BlockingIOError):
                if unsent:
                    unsent = unsent[wire.socket.send(unsent) :]
            with suppress(BlockingIOError):
                got += wire.socket.recv(64 * 1024 if is_slow else 1 << 20)
        assert "code=1008" not in server.log


def test_many_answers_wait_with_the_client_that_asked_for_them() -> None:
    """One small request can ask for a large answer: a burst of them is worked on as the answers are read."""
    with loopback("--send-timeout", "20") as server, session(server) as wire:
        before = resident_kilobytes(server)
        requests = b"".join(frame(TEXT, b'{"type":"session.update","session":{"type":"realtime"}}') for _ in range(20_000))
        wire.socket.settimeout(1)
        with pytest.raises(TimeoutError):
            wire.send(requests * 50)
        assert resident_kilobytes(server) - before < 32 * 1024


# Sessions, connections, handshakes.


def test_sessions_are_limited_before_the_upgrade() -> None:
    with loopback("--max-sessions", "2") as server, session(server) as one:
        two = session(server)
        assert refused(server, 503) == "server_overloaded"
        with Wire(server.port) as page:
            assert page.upgrade("/", {"Sec-WebSocket-Protocol": "realtime"})[0] == 101
            assert page.receive_event()["error"]["code"] == "server_overloaded"
            assert page.receive_close()[0] == 1013
        answers(one)
        answers(two)
        with two:
            two.send_frame(CLOSE, b"\x03\xe8")
            assert two.receive_close()[0] == 1000
        eventually(lambda: open_now(server)[0] == 1, "the end of a session")
        with session(server) as three:
            answers(three)
            answers(one)


def test_connections_are_limited() -> None:
    """One above the limit is told why; beyond that there is no time for words."""
    with loopback("--max-connections", "9") as server, session(server) as one, ExitStack() as stack:
        # Asked over one connection that stays, which is one of the nine.
        asker = stack.enter_context(closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=DEADLINE)))

        def connections() -> int:
            asker.request("GET", "/readyz")
            return int(json.loads(asker.getresponse().read())["connections"])

        idle = [stack.enter_context(server.connect()) for _ in range(7)]
        eventually(lambda: connections() == 9, "nine connections")
        assert refused(server, 503) == "server_overloaded"
        eventually(lambda: connections() == 9, "the end of the refused one")
        stack.enter_context(server.connect())
        with server.connect() as beyond:
            assert beyond.recv(1) == b"", "it should have been closed"
        assert "--max-connections" in server.log
        answers(one)
        for connection in idle:
            connection.close()
        eventually(lambda: connections() <= 3, "the end of the idle ones")
        with session(server) as two:
            answers(two)


def test_connections_of_one_address_are_limited() -> None:
    with loopback("--connections-per-address", "2") as server, session(server) as one, session(server):
        assert refused(server, 429) == "too_many_connections"
        answers(one)
        with socket.create_connection(("127.0.0.1", server.port), DEADLINE, ("127.0.0.2", 0)) as other:
            other.sendall(handshake("/v1/realtime", server.port))
            assert other.recv(12) == b"HTTP/1.1 101"


def test_handshakes_of_one_address_are_limited() -> None:
    with loopback("--handshakes-per-second", "1", "--api-key", "sk-1") as server:
        end = time.monotonic() + DEADLINE
        codes = [refused_or_not(server) for _ in range(3)]
        assert codes[0] == 401 and 429 in codes, codes
        assert "rate_limit_exceeded" in server.log
        models = fetch(server.http("/v1/models"), headers={"Authorization": "Bearer sk-1"})
        assert models.status == 429, "keys could be tried out over HTTP"
        assert int(models.headers["Retry-After"]) == 1
        assert refused_or_not(server, "127.0.0.3") == 401
        while refused_or_not(server) != 401:
            assert time.monotonic() < end


def refused_or_not(server: Server, source: str = "127.0.0.1") -> int:
    with socket.create_connection(("127.0.0.1", server.port), DEADLINE, (source, 0)) as plain:
        plain.sendall(handshake("/v1/realtime", server.port))
        return int(plain.recv(12)[9:])


def test_this_machine_is_not_limited_unless_told_so() -> None:
    """Tests and benchmarks open thousands of connections from here."""
    with loopback() as server, ExitStack() as stack:
        sessions = [stack.enter_context(session(server)) for _ in range(250)]
        answers(sessions[0])
        answers(sessions[-1])


def test_refusals_do_not_fill_the_log() -> None:
    with loopback("--handshakes-per-second", "1") as server:
        for _ in range(300):
            refused_or_not(server)
        lines = server.log.count("rate_limit_exceeded")
        assert 1 <= lines < 150, lines


# Pace and time.


def test_too_many_messages_are_read_more_slowly_and_all_answered() -> None:
    with loopback("--messages-per-second", "50") as server, session(server) as wire:
        begun = time.monotonic()
        wire.send(b"".join(frame(TEXT, json.dumps(CLEAR).encode()) for _ in range(100)))
        for _ in range(100):
            assert wire.receive_event()["type"] == "input_audio_buffer.cleared"
        assert time.monotonic() - begun > 0.7, "fifty more than there may be in a second"
        answers(wire)


def test_a_silent_client_is_pinged_and_an_idle_one_shown_out() -> None:
    with loopback("--ping-interval", "1", "--idle-timeout", "2") as server, session(server) as wire:
        assert wire.receive_frame() == (PING, b"")
        wire.send_frame(10, b"")
        while (received := wire.receive_frame()) == (PING, b""):
            wire.send_frame(10, b"")
        assert received == (CLOSE, b"\x03\xe9" + b"idle timeout")


def test_a_session_ends_in_time() -> None:
    with loopback("--max-session-duration", "1") as server, session(server) as wire:
        assert wire.receive_event()["error"]["code"] == "session_expired"
        assert wire.receive_close()[0] == 1001


@pytest.mark.parametrize("tls", [False, True], ids=["ws", "wss"])
def test_a_client_that_never_closes_its_socket_does_not_hold_ours(tls: bool) -> None:
    """The close frames are exchanged, and then it does nothing more: TLS would wait five seconds for its good-bye."""
    with loopback(*(["--tls-self-signed"] if tls else [])) as server, server.connect() as plain:
        mute = ssl._create_unverified_context().wrap_socket(plain) if tls else plain
        mute.sendall(handshake("/v1/realtime", server.port))
        received = b""
        while b"session.created" not in received:
            received += mute.recv(1 << 16)
        mute.sendall(frame(CLOSE, b"\x03\xe8"))
        eventually(lambda: open_now(server) == (0, 0), "the end of the socket", deadline=3)


# Descriptors.


def test_a_server_without_free_descriptors_serves_on_and_recovers() -> None:
    with loopback("--max-connections", "1000", open_files=64) as server, session(server) as one:
        crowd = [server.connect() for _ in range(64)]
        eventually(lambda: "cannot accept a connection" in server.log, "the lack of descriptors")
        answers(one)
        busy = processor_seconds(server)
        end = time.monotonic() + 1
        while time.monotonic() < end:
            answers(one)
            time.sleep(0.05)
        assert processor_seconds(server) - busy < 0.5, "it spins"
        late = socket.create_connection(("127.0.0.1", server.port), DEADLINE)
        crowd.append(late)
        late.sendall(handshake("/v1/realtime", server.port))
        for connection in crowd[:40]:
            connection.close()
        assert late.recv(12) == b"HTTP/1.1 101", "who waited is served when there is room"
        answers(one)
        for connection in crowd:
            connection.close()
        eventually(lambda: open_now(server) == (1, 1), "the end of the crowd")
        with session(server) as two:
            answers(two)


def test_the_limit_of_connections_leaves_descriptors_over() -> None:
    """By default there is an answer for whoever is too much, and no descriptor is ever lacking, even in a burst."""
    with loopback(open_files=128) as server, session(server) as one, ExitStack() as stack:
        for _ in range(128):
            stack.enter_context(server.connect())
        eventually(lambda: "closed at once" in server.log, "a refusal")
        assert "cannot accept" not in server.log
        answers(one)


def processor_seconds(server: Server) -> float:
    with open(f"/proc/{server.process.pid}/stat") as stat:
        fields = stat.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100
