// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import ParleyAudio
internal import ParleyEvents
internal import ParleyWebSocket

/// Everything that sessions send, masked and framed before the first of them opens.
///
/// A mask is chosen once for each frame, not for each sending: a generator that masked anew would measure itself.
struct ClientFrames: Sendable {
    /// Pieces of audio in their order; what follows the last is the first again.
    let audio: [ByteBuffer]
    /// The base64 text of the first piece.
    let firstAudio: ByteBuffer
    /// A piece of silence.
    let silence: ByteBuffer
    /// Ends a turn and asks for a response.
    let commit: ByteBuffer
    /// Sent once, when the session is there; empty for nothing.
    let setUp: ByteBuffer
    /// A text to be echoed.
    let text: ByteBuffer

    private static let sampleRate = 24_000
    /// Sound for mode ``LoadPlan/Mode/append``; it comes again after this.
    private static let appendedMilliseconds = 1_000
    /// Sound for mode ``LoadPlan/Mode/talk``.
    private static let spokenMilliseconds = 1_200

    init(_ plan: LoadPlan) {
        let length = plan.chunkMilliseconds * Self.sampleRate / 1_000
        let milliseconds = plan.mode == .talk ? Self.spokenMilliseconds : Self.appendedMilliseconds
        let sound = plan.speech ?? SpeechSketch(sampleRate: Self.sampleRate).speech(milliseconds)
        var pieces = stride(from: 0, to: sound.count, by: length)
            .map { Array(sound[$0..<min($0 + length, sound.count)]) }
        // A last piece that is shorter would be sent as if it took as long as the others.
        if let last = pieces.last, last.count < length {
            pieces[pieces.count - 1] += [Int16](repeating: 0, count: length - last.count)
        }
        audio = pieces.map { Self.frame(Self.append($0)) }
        firstAudio = ByteBuffer(string: Base64.encode(Self.bytes(pieces.first ?? [])))
        silence = Self.frame(Self.append([Int16](repeating: 0, count: length)))
        commit = Self.frames(["{\"type\":\"input_audio_buffer.commit\"}", "{\"type\":\"response.create\"}"])
        setUp =
            plan.mode == .talk && !plan.serverFindsTurns
            ? Self.frames([Self.turnDetectionOff(plan.dialect)]) : ByteBuffer()
        text = Self.frame(String(repeating: "parley bench. ", count: plan.echoBytes / 14 + 1).prefix(plan.echoBytes))
    }

    private static func turnDetectionOff(_ dialect: Dialect) -> String {
        let session: JSONObject =
            switch dialect {
            case .ga: ["type": "realtime", "audio": ["input": ["turn_detection": .null]]]
            case .beta: ["turn_detection": .null]
            }
        let event: JSONObject = ["type": "session.update", "session": .object(session)]
        return event.text
    }

    private static func append(_ samples: [Int16]) -> String {
        "{\"type\":\"input_audio_buffer.append\",\"audio\":\"\(Base64.encode(bytes(samples)))\"}"
    }

    private static func bytes(_ samples: [Int16]) -> ByteBuffer {
        ByteBuffer(bytes: PCM16.bytes(littleEndian: samples.span))
    }

    private static func frames(_ texts: [String]) -> ByteBuffer {
        var all = ByteBuffer()
        for text in texts { all.writeImmutableBuffer(frame(text)) }
        return all
    }

    private static func frame(_ text: some StringProtocol) -> ByteBuffer {
        let key = UInt32.random(in: .min ... .max)
        var machine = ConnectionMachine(
            role: .client,
            limits: ConnectionLimits(),
            now: .uptimeNanoseconds(0),
            maskingKey: { key }
        )
        var frame = ByteBuffer()
        machine.append(.text, to: &frame) { $0.writeString(String(text)) }
        return frame
    }
}
