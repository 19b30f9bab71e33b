// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import ParleyEvents
internal import ParleyWebSocket

/// How long the steps of an audio message take, each by itself, without a network.
package struct KernelBench: Sendable {
    /// One step.
    package struct Result: Sendable {
        package let name: String
        /// Nanoseconds for one message.
        package let nanoseconds: Double
    }

    private let milliseconds: Int

    /// - Parameter chunkMilliseconds: Length of the audio of a message.
    package init(chunkMilliseconds: Int) { milliseconds = chunkMilliseconds }

    /// Measures every step once, for about a tenth of a second each.
    package func run() -> [Result] {
        let audio = ByteBuffer(bytes: (0..<milliseconds * 48).map { UInt8(truncatingIfNeeded: $0 &* 97 &+ $0 >> 7) })
        let base64 = ByteBuffer(string: Base64.encode(audio))
        let append = ByteBuffer(
            string: "{\"type\":\"input_audio_buffer.append\",\"audio\":\"\(String(buffer: base64))\"}"
        )
        var edge = ServerEdge(dialect: .ga)
        let address = ServerEvent.PartAddress(responseID: "resp_1", itemID: "item_1", outputIndex: 0, contentIndex: 0)
        var out = ByteBuffer()
        return [
            measure("append.read") { _ = edge.received(append, inputFormat: .pcm) },
            measure("delta.write") {
                out.clear()
                edge.send(.audioDelta(address, audio), eventID: "event_1") { write in write(&out) }
            },
            measure("base64.decode") { base64.withUnsafeReadableBytes { _ = Base64.decode($0) } },
            measure("base64.encode") {
                out.clear()
                Base64.encode(audio, into: &out)
            },
        ] + frames(append)
    }

    private func frames(_ message: ByteBuffer) -> [Result] {
        var client = machine(.client)
        var server = machine(.server)
        var masked = ByteBuffer()
        client.append(.text, to: &masked) { $0.writeImmutableBuffer(message) }
        var out = ByteBuffer()
        var scratch = ByteBuffer()
        return [
            measure("frame.read") {
                server.received(masked, at: .uptimeNanoseconds(0))
                while server.next(scratch: &scratch) != nil {}
            },
            measure("frame.write") {
                out.clear()
                server.append(.text, to: &out) { $0.writeImmutableBuffer(message) }
            },
        ]
    }

    private func machine(_ role: Role) -> ConnectionMachine {
        ConnectionMachine(
            role: role,
            limits: ConnectionLimits(),
            now: .uptimeNanoseconds(0),
            maskingKey: { 0x37FA_213D }
        )
    }

    /// Doubles the repetitions until they take long enough for the clock not to matter.
    private func measure(_ name: String, _ step: () -> Void) -> Result {
        var times = 64
        while true {
            let start = ContinuousClock.now
            for _ in 0..<times { step() }
            let taken = ContinuousClock.now - start
            if taken >= .milliseconds(60) {
                return Result(name: name, nanoseconds: taken / .nanoseconds(1) / Double(times))
            }
            times *= 2
        }
    }
}
