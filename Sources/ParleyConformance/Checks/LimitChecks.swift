// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyEvents

/// Sizes, order under load, the end of a connection, and sessions side by side
/// (protocol reference, sections 2.5, 5, 9 and 10).
enum LimitChecks {
    static let all = [
        Check(
            "limits.large-append",
            "An append event of 1 MiB is taken",
            source: "10 Limits and constants",
            run: largeAppend
        ),
        Check("limits.burst", "A hundred events at once are answered in order", source: "2.5 Framing", run: burst),
        Check("limits.long-text", "A text of 100 000 characters is taken whole", source: "2.5 Framing", run: longText),
        Check("limits.unicode", "Text of every plane comes back unharmed", source: "2.5 Framing", run: unicode),
        Check(
            "limits.event-id-length",
            "An event_id of 512 characters is taken",
            source: "10 Limits and constants",
            run: eventIDLength
        ),
        Check("close.normal", "close 1000 is answered by 1000", source: "9 WebSocket close codes", run: close),
        Check(
            "close.during-response",
            "A close during a response is answered",
            source: "9 WebSocket close codes",
            run: closeDuringResponse
        ),
        Check("isolation.items", "Two sessions share no items", source: "7.1 Connect", run: items),
        Check(
            "isolation.configuration",
            "Two sessions share no configuration",
            source: "7.1 Connect",
            run: configuration
        ),
    ]

    static func largeAppend(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await scene.open([(.turnDetection, nil)])
        // 1 MiB of base64 is 768 KiB of audio, 16 s.
        let audio = AudioEncoding.pcm.silence(milliseconds: 16_384)
        _ = try await dialogue.commit([audio])
    }

    static func burst(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await scene.openForText()
        for index in 0..<100 {
            let item = dialogue.userText("Number \(index).", id: "item_\(index)")
            try await dialogue.send(["type": "conversation.item.create", "item": .object(item)])
        }
        for index in 0..<100 {
            let event = try await dialogue.announced()
            try scene.require(
                event["item"]?["id"]?.stringValue == "item_\(index)",
                "item_\(index)",
                came: Abbreviation.text(of: event)
            )
        }
    }

    static func longText(_ scene: Scene) async throws(CheckStop) {
        try await requireUnharmed(String(repeating: "All work and no play. ", count: 4545), scene)
    }

    static func unicode(_ scene: Scene) async throws(CheckStop) {
        try await requireUnharmed("Grüße, 你好, שלום, 𝄞, 👩‍🚀, \u{0}\u{1F}\"\\/ \u{2028}", scene)
    }

    static func eventIDLength(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await scene.open()
        let id = String(repeating: "e", count: 512)
        try await dialogue.send(["type": "session.dance", "event_id": .string(id)])
        try await dialogue.expectError(codes: ["invalid_value"], eventID: id)
    }

    static func close(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await scene.open()
        try requireAnswered(await dialogue.close(code: 1000), scene)
    }

    static func closeDuringResponse(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await scene.open([(.turnDetection, nil)])
        _ = try await dialogue.startLongAudio()
        try requireAnswered(await dialogue.close(code: 1000), scene)
    }

    static func items(_ scene: Scene) async throws(CheckStop) {
        let one = try await scene.openForText()
        let other = try await scene.openForText()
        try await one.create(one.userText("Mine.", id: "item_a"))
        try await other.refused(
            ["type": "conversation.item.retrieve", "item_id": "item_a"],
            codes: ["item_retrieve_invalid_item_id"]
        )
        try await other.requireQuiet("nothing of the other session")
    }

    static func configuration(_ scene: Scene) async throws(CheckStop) {
        let one = try await scene.open([(.instructions, "One.")])
        let other = try await scene.open([(.instructions, "Other.")])
        try await one.update([])
        try one.requireReported(.instructions, "One.")
        try other.requireReported(.instructions, "Other.")
        try scene.require(
            one.session["id"] != other.session["id"],
            "two session ids",
            came: one.session["id"]?.text ?? "none"
        )
    }

    private static func requireUnharmed(_ text: String, _ scene: Scene) async throws(CheckStop) {
        let dialogue = try await scene.openForText()
        try await dialogue.create(dialogue.userText(text, id: "item_a"))
        let item = try await dialogue.retrieve("item_a")
        let found = item["content"]?.arrayValue?.first?["text"]?.stringValue ?? ""
        try scene.require(
            found.unicodeScalars.elementsEqual(text.unicodeScalars),
            "the text as sent",
            came: Abbreviation.shortened(found)
        )
    }

    private static func requireAnswered(_ close: WireClose, _ scene: Scene) throws(CheckStop) {
        try scene.require(close.code == 1000, "close 1000", came: close.description)
    }
}
