// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import ParleyEvents
import Testing

@Suite("Ids of events")
struct EventIDTests {
    /// The largest number that stands for ten letters and still is below 2 to the power of 60.
    private static let largest: UInt64 = (1 << 60) - 1

    @Test("numbers become 21 letters and digits, lowest digit first")
    func numbers() {
        #expect(EventID(0, 0, 0).text == "event_AAAAAAAAAAAAAAAAAAAAA")
        #expect(EventID(1, 61, 25).text == "event_BAAAAAAAAA9AAAAAAAAAZ")
        #expect(EventID(26, 51, 52).text == "event_aAAAAAAAAAzAAAAAAAAA0")
        #expect(EventID(62, 62 * 62, 62).text == "event_ABAAAAAAAAAABAAAAAAAA")
        #expect(EventID(Self.largest, Self.largest, Self.largest).text.utf8.count == 27)
    }

    @Test("a text is the id as it is")
    func texts() {
        #expect(EventID("mine").text == "mine")
        #expect(("mine" as EventID).text == "mine")
        #expect(EventID("").text == "")
    }

    @Test(
        "an audio delta has the id that every other event would have",
        arguments: [EventID(0, 0, 0), EventID(1, 2, 3), EventID(largest, largest, largest), "mine", ""]
    )
    func delta(id: EventID) throws {
        var edge = ServerEdge(dialect: .ga)
        let address = ServerEvent.PartAddress(responseID: "r", itemID: "i", outputIndex: 0, contentIndex: 0)
        var texts: [ByteBuffer] = []
        for event in [ServerEvent.audioDelta(address, ByteBuffer(bytes: [1, 2])), .inputAudioBufferCleared] {
            edge.send(event, eventID: id) { write in
                var buffer = ByteBuffer()
                write(&buffer)
                texts.append(buffer)
            }
        }
        let ids = try texts.map { try JSON(parsing: $0).objectValue?["event_id"]?.stringValue }
        #expect(ids == [id.text, id.text])
    }
}
