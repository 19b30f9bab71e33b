// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import ParleyEvents
import ParleyWebSocket
import Testing

@testable import ParleyRelay

@Suite("A relay renews the upstream session before its limit")
struct RenewalTests {
    private static func added(_ item: JSONObject, after previous: JSON = .null) -> JSONObject {
        [
            "type": "conversation.item.added", "event_id": "event_up", "previous_item_id": previous,
            "item": .object(item),
        ]
    }

    private static func message(_ id: String, _ role: String, _ part: JSON) -> JSONObject {
        ["id": .string(id), "type": "message", "role": .string(role), "content": [part], "status": "completed"]
    }

    private static func done(_ item: JSONObject) -> JSONObject {
        ["type": "conversation.item.done", "event_id": "event_up", "item": .object(item)]
    }

    /// A GA session in which something was set, asked and answered.
    private static func conversation() -> RelayHarness {
        var harness = RelayHarness.live()
        harness.client([
            "type": "session.update", "session": ["type": "realtime", "instructions": "Old.", "tools": []],
        ])
        harness.client([
            "type": "session.update", "session": ["type": "realtime", "instructions": "Be brief."],
        ])
        let session: JSON = ["type": "realtime", "audio": ["input": ["turn_detection": ["type": "server_vad"]]]]
        for _ in 0..<2 { harness.upstream(1, ["type": "session.updated", "session": session]) }
        let question = message("item_q", "user", ["type": "input_text", "text": "Who?"])
        harness.client(["type": "conversation.item.create", "item": .object(question)])
        harness.upstream(1, added(question))
        harness.upstream(1, done(question))
        harness.client(["type": "response.create"])
        harness.upstream(1, ["type": "response.created"])
        harness.upstream(1, added(message("item_a", "assistant", []), after: "item_q"))
        harness.upstream(1, done(message("item_a", "assistant", ["type": "output_audio", "transcript": "Me."])))
        harness.upstream(1, ["type": "response.done"])
        harness.forget()
        return harness
    }

    @Test("after 55 minutes, in a pause: configuration and items are replayed, and the client notices nothing")
    func renewed() throws {
        var harness = Self.conversation()
        #expect(harness.timers[.renewal] == 3_300)
        harness.fire(.renewal)
        #expect(harness.takeDone() == ["connect 2"])
        harness.perform(.upstreamOpened(2))
        #expect(harness.takeDone() == [])
        harness.upstream(2, RelayHarness.created(.ga, id: "sess_2"))
        #expect(
            harness.done == [
                "upstream 2 session.update", "upstream 2 conversation.item.create",
                "upstream 2 conversation.item.create",
            ]
        )
        let replayed = try #require(harness.sent[.upstream(2)])
        #expect(replayed[0]["session"] == ["type": "realtime", "instructions": "Be brief.", "tools": []])
        #expect(
            replayed[1]["item"] == [
                "id": "item_q", "type": "message", "role": "user",
                "content": [["type": "input_text", "text": "Who?"]],
            ]
        )
        #expect(
            replayed[2]["item"] == [
                "id": "item_a", "type": "message", "role": "assistant",
                "content": [["type": "output_text", "text": "Me."]],
            ]
        )
        harness.forget()
        harness.upstream(2, ["type": "session.updated", "session": [:]])
        harness.clientText("while it is replayed")
        for id in ["item_q", "item_a"] {
            harness.upstream(2, Self.added(["id": .string(id), "type": "message"]))
            if id == "item_q" { harness.upstream(2, Self.done(["id": .string(id)])) }
        }
        #expect(harness.takeDone() == ["close upstream 1 1000 Renewed.", "upstream 2 while it is replayed"])
        #expect(harness.timers[.renewal] == 3_300 && harness.timers[.replay] == nil)
        // The rest of the replay, and of the old session, is kept from the client; what is new is not.
        harness.upstream(2, Self.done(["id": "item_a"]))
        harness.close(.upstream(1), 1000)
        #expect(harness.takeDone() == [])
        harness.upstream(2, Self.done(["id": "item_a"]))
        harness.upstream(2, ["type": "response.created"])
        #expect(harness.done == ["client conversation.item.done", "client response.created"])
    }

    @Test("also between dialects, in the words of the upstream")
    func beta() throws {
        var harness = RelayHarness.live(client: .ga, upstream: .beta)
        harness.client(["type": "session.update", "session": ["type": "realtime", "instructions": "Hi."]])
        harness.upstream(1, ["type": "session.updated", "session": ["turn_detection": ["type": "server_vad"]]])
        let item = Self.message("item_a", "assistant", ["type": "audio", "transcript": "Me."])
        harness.upstream(1, ["type": "conversation.item.created", "previous_item_id": .null, "item": .object(item)])
        harness.fire(.renewal)
        harness.perform(.upstreamOpened(2))
        harness.forget()
        harness.upstream(2, RelayHarness.created(.beta))
        let replayed = try #require(harness.sent[.upstream(2)])
        #expect(
            replayed.map { $0["session"] ?? $0["item"]?["content"] } == [
                ["instructions": "Hi."], [["type": "text", "text": "Me."]],
            ]
        )
        harness.upstream(2, ["type": "session.updated", "session": [:]])
        harness.upstream(2, ["type": "conversation.item.created", "item": .object(item)])
        #expect(harness.machine.current == 2)
        #expect(harness.sent[.client] == nil)
    }

    @Test("a session that was never set or used is replaced at once")
    func nothingToReplay() {
        var harness = RelayHarness.live()
        harness.fire(.renewal)
        harness.perform(.upstreamOpened(2))
        harness.forget()
        harness.upstream(2, RelayHarness.created(.ga))
        #expect(harness.done == ["close upstream 1 1000 Renewed."])
    }

    /// What begins and what ends something during which no session is replaced.
    static let activities: [(begin: [(fromClient: Bool, event: JSONObject)], end: [JSONObject])] = [
        ([(false, ["type": "response.created"])], [["type": "response.done"]]),
        ([(true, ["type": "response.create"])], [["type": "response.created"], ["type": "response.done"]]),
        ([(true, ["type": "response.create"])], [["type": "error", "error": [:]]]),
        (
            [(false, ["type": "input_audio_buffer.speech_started"])],
            [
                ["type": "input_audio_buffer.committed", "item_id": "i"], added(["id": "i"]),
                ["type": "response.created"], ["type": "response.done"],
            ]
        ),
        ([(true, ["type": "input_audio_buffer.commit"])], [["type": "error", "error": [:]]]),
        ([(true, ["type": "conversation.item.create"])], [added(["id": "i"])]),
        (
            [(true, ["type": "session.update", "session": [:]])],
            [["type": "session.updated", "session": ["audio": ["input": ["turn_detection": [:]]]]]]
        ),
        (
            [
                (
                    false,
                    ["type": "session.updated", "session": ["audio": ["input": ["transcription": ["model": "x"]]]]]
                ), (false, ["type": "input_audio_buffer.committed", "item_id": "i"]), (false, added(["id": "i"])),
            ], [["type": "conversation.item.input_audio_transcription.completed", "item_id": "i", "transcript": "x"]]
        ),
    ]

    @Test("waits for the end of whatever is under way", arguments: activities.indices)
    func waits(index: Int) {
        let activity = Self.activities[index]
        var harness = RelayHarness.live()
        for (fromClient, event) in activity.begin {
            if fromClient { harness.client(event) } else { harness.upstream(1, event) }
        }
        harness.forget()
        harness.fire(.renewal)
        #expect(harness.takeDone() == [])
        for event in activity.end {
            #expect(!harness.done.contains("connect 2"))
            harness.upstream(1, event)
        }
        #expect(harness.done.last == "connect 2")
    }

    @Test("without turn detection it waits until the input buffer is empty")
    func manual() {
        var harness = RelayHarness.live(turnDetection: false)
        harness.client(["type": "input_audio_buffer.append", "audio": ""])
        harness.fire(.renewal)
        #expect(!harness.done.contains("connect 2"))
        harness.client(["type": "input_audio_buffer.clear"])
        #expect(harness.done.contains("connect 2"))
    }

    @Test("with turn detection, audio sent meanwhile goes to the new session too")
    func audio() {
        var harness = RelayHarness.live()
        harness.client(["type": "input_audio_buffer.append", "audio": "AAAA"])
        harness.fire(.renewal)
        harness.client(["type": "input_audio_buffer.append", "audio": "BBBB"])
        harness.client(["type": "input_audio_buffer.append", "audio": "CCCC"])
        harness.perform(.upstreamOpened(2))
        harness.upstream(2, RelayHarness.created(.ga))
        harness.client(["type": "input_audio_buffer.append", "audio": "DDDD"])
        #expect(harness.sent[.upstream(1)]?.map { $0["audio"] } == ["AAAA", "BBBB", "CCCC"])
        #expect(harness.sent[.upstream(2)]?.map { $0["audio"] } == ["BBBB", "CCCC", "DDDD"])
    }

    @Test("what begins during the replay goes on in the old session, and nothing is lost")
    func interrupted() {
        var harness = Self.conversation()
        harness.fire(.renewal)
        harness.perform(.upstreamOpened(2))
        harness.upstream(2, RelayHarness.created(.ga))
        harness.clientText("kept")
        harness.forget()
        harness.upstream(1, ["type": "input_audio_buffer.speech_started"])
        #expect(
            harness.done == ["client input_audio_buffer.speech_started", "close upstream 2 1000", "upstream 1 kept"]
        )
        #expect(harness.timers[.renewal] == 30)
        harness.upstream(2, ["type": "session.updated"])
        harness.close(.upstream(2), 1000)
        #expect(harness.machine.current == 1)
    }

    @Test("a session that cannot be opened, configured or answers nothing is tried again later")
    func failures() {
        let failures: [(inout RelayHarness) -> Void] = [
            { $0.perform(.upstreamRefused(2, UpstreamRefusal("x", "No."))) },
            { $0.close(.upstream(2), 1013) },
            {
                $0.perform(.upstreamOpened(2))
                $0.fire(.replay)
            },
            {
                $0.perform(.upstreamOpened(2))
                $0.upstream(2, ["type": "error", "error": ["code": "invalid_api_key"]])
            },
            {
                $0.perform(.upstreamOpened(2))
                $0.upstream(2, RelayHarness.created(.ga))
                $0.fire(.replay)
            },
            {
                $0.perform(.upstreamOpened(2))
                $0.upstream(2, RelayHarness.created(.ga))
                let id = $0.sent[.upstream(2)]?.first?["event_id"] ?? .null
                $0.upstream(2, ["type": "error", "error": ["event_id": id, "message": "Bad."]])
            },
        ]
        for fail in failures {
            var harness = Self.conversation()
            harness.fire(.renewal)
            fail(&harness)
            #expect(harness.timers[.renewal] == 30 && harness.timers[.replay] == nil)
            #expect(harness.sent[.client] == nil)
            harness.forget()
            harness.clientText("goes on")
            #expect(harness.done == ["upstream 1 goes on"])
            harness.fire(.renewal)
            #expect(harness.done.last == "connect 3")
        }
    }

    @Test("an item that the new server refuses is left out")
    func refusedItem() {
        var harness = Self.conversation()
        harness.fire(.renewal)
        harness.perform(.upstreamOpened(2))
        harness.upstream(2, RelayHarness.created(.ga))
        let id = harness.sent[.upstream(2)]?[1]["event_id"] ?? .null
        harness.upstream(2, ["type": "session.updated"])
        harness.upstream(2, ["type": "error", "error": ["event_id": id, "message": "Bad item."]])
        harness.upstream(2, Self.added(["id": "item_a"]))
        #expect(harness.machine.current == 2)
        #expect(harness.notes.contains("item item_q is not part of the renewed session: Bad item."))
    }

    @Test("the old session's end during the replay does not matter, unless the replay fails")
    func lost() {
        var harness = Self.conversation()
        harness.fire(.renewal)
        harness.perform(.upstreamOpened(2))
        harness.upstream(2, RelayHarness.created(.ga))
        harness.forget()
        harness.close(.upstream(1), 1001, "expired")
        #expect(harness.takeDone() == [])
        var other = harness
        other.fire(.replay)
        #expect(other.done.last == "close client 1001 expired")
        harness.upstream(2, ["type": "session.updated"])
        for id in ["item_q", "item_a"] { harness.upstream(2, Self.added(["id": .string(id)])) }
        #expect(harness.machine.current == 2)
        #expect(harness.done == [])
    }

    @Test("without a pause the upstream's expiry is the client's")
    func expired() {
        var harness = RelayHarness.live()
        harness.upstream(1, ["type": "response.created"])
        harness.fire(.renewal)
        harness.forget()
        harness.upstream(1, ["type": "error", "error": ["code": "session_expired"]])
        harness.close(.upstream(1), 1001, "Your session hit the maximum duration of 60 minutes.")
        #expect(
            harness.done == ["client error", "close client 1001 Your session hit the maximum duration of 60 minutes."]
        )
    }

    @Test("a client that leaves during a renewal closes both sessions")
    func leaves() {
        var harness = RelayHarness.live()
        harness.fire(.renewal)
        harness.forget()
        harness.close(.client, 1000)
        #expect(harness.done == ["close upstream 1 1000", "close upstream 2 1000"])
    }

    @Test("it can be turned off")
    func off() {
        let harness = RelayHarness.live { $0.renewSeconds = nil }
        #expect(harness.timers[.renewal] == nil)
    }

    @Test("an upstream that is blocked is no hindrance, and a blocked client holds back the new one")
    func flow() {
        var harness = RelayHarness.live()
        harness.fire(.renewal)
        harness.perform(.upstreamOpened(2))
        harness.perform(.blocked(.upstream(1)))
        harness.perform(.blocked(.client))
        harness.forget()
        harness.upstream(2, RelayHarness.created(.ga))
        #expect(harness.done == ["close upstream 1 1000 Renewed.", "pause upstream 2", "resume client"])
        #expect(harness.timers[.blocked(isClient: false)] == nil)
    }
}
