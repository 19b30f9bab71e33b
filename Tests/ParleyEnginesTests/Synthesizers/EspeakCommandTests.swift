// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyAudio
import Testing

@testable import ParleyEngines

@Suite("espeak-ng is told what to say")
struct EspeakCommandTests {
    @Test(
        "the protocol's voices are variants of the program's, in the language of the text",
        arguments: [
            ("alloy", nil, "en-us"), ("verse", nil, "en-gb+m3"), ("Shimmer", nil, "en-us+f4"), ("nobody", nil, "en-us"),
            ("-x", nil, "en-us"), ("coral", "de", "de+f2"), ("alloy", "zh", "cmn"), ("echo", "FR-ca", "fr-fr+m1"),
            ("alloy", "xx", "en-us"), ("sage", "", "en-gb+f3"),
        ] as [(String, String?, String)]
    )
    func choosesVoice(name: String, language: String?, voice: String) {
        #expect(EspeakCommand(voice: name, speed: 1, language: language).voice == voice)
    }

    @Test(
        "speed becomes words a minute, within what the program takes",
        arguments: [
            (1.0, 175), (1.5, 263), (0.5, 88), (0.25, 80), (0, 80), (100, 450), (-1, 80),
        ]
    )
    func convertsSpeed(speed: Double, rate: Int) {
        #expect(EspeakCommand(voice: "alloy", speed: speed, language: nil).rate == rate)
    }

    @Test(
        "no text becomes an option, phonemes or a control character",
        arguments: [
            ("-v evil", "-v evil\n"), ("say [[h@l'oU]] now", "say [h@l'oU] now\n"), ("[[[[x]]]]", "[x]\n"),
            ("a\u{0}b\nc\u{1B}[0m", "a b c [0m\n"), ("Zoë 你好", "Zoë 你好\n"), ("l[a]t[b]", "l[a]t[b]\n"),
        ]
    )
    func cleansText(text: String, input: String) {
        #expect(String(decoding: EspeakCommand.input(for: text), as: UTF8.self) == input)
    }

    @Test(
        "the output's header is skipped and its samples resampled, however it is split",
        arguments: [1, 7, 44, 45, 1_000]
    )
    func readsOutput(pieceSize: Int) throws {
        let kernel = try ResamplingKernel(from: 22_050, to: 24_000, quality: .playback)
        let bytes = [UInt8](repeating: 0xFF, count: 44) + (0..<2_205).flatMap { _ in [0xE8, 0x03] as [UInt8] }
        var sound = EspeakSound(kernel: kernel)
        var samples: [Int16] = []
        for start in stride(from: 0, to: bytes.count, by: pieceSize) {
            samples += bytes[start..<min(start + pieceSize, bytes.count)].withUnsafeBytes { sound.push($0) }
        }
        #expect(sound.hasSamples)
        samples += sound.finish()
        #expect(samples.count == 2_400)
        #expect(samples[500..<2_000].allSatisfy { abs($0 - 1_000) < 20 })
    }

    @Test("a header alone is no sound")
    func headerIsNoSound() throws {
        var sound = EspeakSound(kernel: try ResamplingKernel(from: 22_050, to: 24_000, quality: .playback))
        let samples = [UInt8](repeating: 1, count: 44).withUnsafeBytes { sound.push($0) }
        #expect(samples.isEmpty && !sound.hasSamples && sound.finish().isEmpty)
    }
}
