// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleySession
import Testing

@testable import ParleyEngines

@Suite("Text for flite")
struct FliteTextTests {
    @Test(
        "other letters become ASCII, other scripts nothing",
        arguments: [
            ("Café “Zoë” costs 5€…", "Cafe \"Zoe\" costs 5 euros ..."), ("Straße ÄÖ", "Strasse AO"), ("你好", ""),
            ("a\u{0}b\nc", "a b c"), ("21°C – ok", "21 degrees C ,  ok"),
        ]
    )
    func becomesASCII(text: String, ascii: String) {
        #expect(FliteText.ascii(text) == ascii)
    }

    @Test("long text is cut at clauses, else at spaces, and nothing of it is lost")
    func isCut() {
        let text = String(repeating: "first part of it, then more ", count: 12) + String(repeating: "x", count: 250)
        let pieces = FliteText.pieces(of: text)
        #expect(pieces.allSatisfy { $0.count <= FliteText.longestPiece })
        #expect(pieces.joined().filter { $0 != " " } == text.filter { $0 != " " })
        #expect(pieces.first?.hasSuffix(",") == true)
        #expect(FliteText.pieces(of: "... !").isEmpty)
    }

    @Test("silence at the edges is cut to 60 ms")
    func silenceIsTrimmed() {
        let quiet = [Int16](repeating: 20, count: 4_000)
        let loud = [Int16](repeating: 5_000, count: 1_600)
        #expect(Silence.trimmed((quiet + loud + quiet)[...], sampleRate: 16_000).count == 960 + 1_600 + 960)
        #expect(Silence.trimmed(loud[...], sampleRate: 16_000) == loud)
        #expect(Silence.trimmed(quiet[...], sampleRate: 16_000).isEmpty)
    }
}

@Suite("flite speaks", .enabled(if: Installed.flite, "flite is not installed: apt install libflite1"))
struct FliteTests {
    private static let sentence = "The quick brown fox jumps."

    private func speech(_ utterance: Utterance, with synthesizer: FliteSynthesizer) async throws -> [Int16] {
        var samples: [Int16] = []
        try await synthesizer.speak(utterance) { samples += $0 }
        return samples
    }

    @Test("a sentence lasts about as long as it would with a person", arguments: ["alloy", "ballad", "nobody"])
    func lengthIsPlausible(voice: String) async throws {
        let synthesizer = try FliteSynthesizer()
        let normal = try await speech(Utterance(text: Self.sentence, voice: voice), with: synthesizer)
        #expect((0.9...3).contains(Double(normal.count) / 24_000))
        #expect(peak(normal) > 5_000)
        #expect(peak(Array(normal.prefix(1_000))) < 400)
        let fast = try await speech(Utterance(text: Self.sentence, voice: voice, speed: 1.5), with: synthesizer)
        #expect((0.55...0.8).contains(Double(fast.count) / Double(normal.count)))
    }

    @Test("sentences spoken at the same time at different speeds do not disturb each other")
    func manyAtATime() async throws {
        let library = try FliteLibrary.shared.get()
        let voice = try #require(library.voices["slt"])
        // Before trimming: the library's noise differs each time, the length of a sentence never does.
        let speeds = [0.75, 1, 1.5]
        let expected = speeds.map { library.speak(Self.sentence, with: voice, speed: $0)?.samples.count }
        #expect(Set(expected.compactMap { $0 }).count == speeds.count)
        await withTaskGroup(of: Void.self) { group in
            for index in 0..<12 {
                group.addTask {
                    let place = index % speeds.count
                    #expect(
                        library.speak(Self.sentence, with: voice, speed: speeds[place])?.samples.count
                            == expected[place]
                    )
                }
            }
        }
    }

    @Test("a language it cannot speak is a failure with advice")
    func refusesOtherLanguages() async throws {
        let synthesizer = try FliteSynthesizer()
        let failure = await #expect(throws: EngineFailure.self) {
            try await speech(Utterance(text: "你好。"), with: synthesizer)
        }
        #expect(failure?.code == "language_not_supported")
    }

    @Test("it stops between clauses when it is cancelled")
    func stopsWhenCancelled() async throws {
        let synthesizer = try FliteSynthesizer()
        let clauses = Counter()
        let wasCancelled = await withTaskGroup(of: Bool.self) { group in
            let first = Gate()
            group.addTask {
                do {
                    let text = String(repeating: "This clause is one of very many, ", count: 200)
                    try await synthesizer.speak(Utterance(text: text)) { _ in
                        await clauses.increment()
                        await first.open()
                        try await Task.sleep(for: .seconds(3_600))
                    }
                    return false
                } catch {
                    return error is CancellationError
                }
            }
            await first.pass()
            group.cancelAll()
            return await group.next() ?? false
        }
        #expect(wasCancelled)
        #expect(await clauses.value == 1)
    }
}
