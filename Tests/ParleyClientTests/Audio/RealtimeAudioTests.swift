// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyEvents
import Testing

@testable import ParleyClient

@Suite("Sound of programs and of the protocol")
struct RealtimeAudioTests {
    @Test("floats become samples and back, what is beyond is cut")
    func floats() {
        #expect(RealtimeAudio.int16([0, 1, -1, 2, -2, .nan]) == [0, 32_767, -32_768, 32_767, -32_768, 0])
        #expect(RealtimeAudio.floats([0, 32_767, -32_768]) == [0, 1, -1])
        let all = (Int16.min...Int16.max).map { $0 }
        #expect(RealtimeAudio.int16(RealtimeAudio.floats(all)).elementsEqual(all) { abs(Int($0) - Int($1)) <= 1 })
    }

    @Test("samples become bytes and base64, and back", arguments: AudioFormat.allCases)
    func bytes(format: AudioFormat) throws {
        let samples = RealtimeAudio.samples([0x10, 0x20, 0x30, 0x40], of: format)
        #expect(samples.count == 4 / format.bytesPerSample)
        let bytes = RealtimeAudio.bytes(samples, as: format)
        #expect(bytes == [0x10, 0x20, 0x30, 0x40])
        #expect(RealtimeAudio.bytes(base64: RealtimeAudio.base64(bytes)) == bytes)
        #expect(RealtimeAudio.bytes(base64: "%") == nil)
    }

    @Test("another rate has as many samples as the time takes")
    func resampled() throws {
        #expect(try RealtimeAudio.resampled([Int16](repeating: 0, count: 480), from: 48_000, to: 24_000).count == 240)
        #expect(try RealtimeAudio.resampled([1, 2, 3], from: 24_000, to: 24_000) == [1, 2, 3])
        #expect(throws: RealtimeAudioError.self) { try RealtimeAudio.resampled([1], from: 0, to: 24_000) }
    }
}
