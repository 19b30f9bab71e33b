// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Logging
import ParleySession
import Testing

@testable import ParleyEngines

/// Serialised, as the tests count this process's children.
@Suite(
    "espeak-ng speaks",
    .serialized,
    .enabled(if: Installed.espeak, "espeak-ng is not installed: apt install espeak-ng")
)
struct EspeakTests {
    private static let sentence = "The quick brown fox jumps."
    private static let endless = String(repeating: "This goes on and on and on. ", count: 2_000)

    private func synthesizer(_ change: (inout EspeakSynthesizer.Settings) -> Void = { _ in }) throws
        -> EspeakSynthesizer
    {
        var settings = EspeakSynthesizer.Settings()
        change(&settings)
        return try EspeakSynthesizer(
            settings: settings,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
    }

    private func speech(_ synthesizer: EspeakSynthesizer, _ utterance: Utterance) async throws -> [Int16] {
        var samples: [Int16] = []
        try await synthesizer.speak(utterance) { samples += $0 }
        return samples
    }

    /// Runs `body` while programs stand by, and sees that none is left over.
    private func withStandbys(_ synthesizer: EspeakSynthesizer, _ body: () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await synthesizer.keepWarm() }
            try await body()
            group.cancelAll()
        }
        #expect(espeaks().isEmpty)
    }

    private func espeaks() -> [Int: (state: Character, name: String)] {
        childProcesses().filter { $0.value.name.hasPrefix("espeak") || $0.value.state == "Z" }
    }

    /// Waits until as many programs run as there should be.
    private func waitForChildren(_ isRight: (Int) -> Bool) async {
        while !isRight(espeaks().count) { await Task.yield() }
    }

    @Test("a sentence lasts about as long as it would with a person", arguments: ["alloy", "verse", "shimmer"])
    func lengthIsPlausible(voice: String) async throws {
        let synthesizer = try synthesizer()
        let normal = try await speech(synthesizer, Utterance(text: Self.sentence, voice: voice))
        #expect((0.9...3).contains(Double(normal.count) / 24_000))
        #expect(peak(normal) > 5_000)
        let fast = try await speech(synthesizer, Utterance(text: Self.sentence, voice: voice, speed: 1.5))
        #expect((0.5...0.85).contains(Double(fast.count) / Double(normal.count)))
        #expect(espeaks().isEmpty)
    }

    @Test("a program that stood by says the same as one that is started for the sentence")
    func standbySaysTheSame() async throws {
        let synthesizer = try synthesizer()
        let cold = try await speech(synthesizer, Utterance(text: Self.sentence))
        try await withStandbys(synthesizer) {
            for _ in 0..<5 {
                await waitForChildren { $0 > 0 }
                let warm = try await speech(synthesizer, Utterance(text: Self.sentence))
                #expect(warm == cold)
            }
        }
    }

    @Test("other languages are spoken", arguments: ["de", "zh", "ja", "ar", "xx"])
    func speaksLanguages(language: String) async throws {
        let text = ["de": "Guten Tag", "zh": "你好世界", "ja": "こんにちは", "ar": "مرحبا"][language] ?? "Hello there"
        let samples = try await speech(synthesizer(), Utterance(text: text, language: language))
        #expect(samples.count > 7_000 && peak(samples) > 3_000)
    }

    @Test("text without words is silence and no failure", arguments: ["...", "", "[[]]", "-"])
    func nothingToSay(text: String) async throws {
        #expect(try await speech(synthesizer(), Utterance(text: text)).count < 48_000)
    }

    @Test("cancelling ends the child, which is gone when speaking returns", arguments: [true, false])
    func cancelEndsChild(standsBy: Bool) async throws {
        let synthesizer = try synthesizer { $0.standbys = standsBy ? 1 : 0 }
        try await withStandbys(synthesizer) {
            if standsBy { await waitForChildren { $0 > 0 } }
            let speaking = Gate()
            let children = try await withThrowingTaskGroup(of: Bool.self) { group in
                group.addTask {
                    do {
                        try await synthesizer.speak(Utterance(text: Self.endless)) { _ in
                            await speaking.open()
                            try await Task.sleep(for: .seconds(3_600))
                        }
                        return false
                    } catch {
                        return error is CancellationError
                    }
                }
                await speaking.pass()
                let children = Set(espeaks().keys)
                #expect(!children.isEmpty)
                group.cancelAll()
                let wasCancelled = try await group.next()
                #expect(wasCancelled == true)
                return children
            }
            if !standsBy {
                for child in children { #expect(kill(pid_t(child), 0) == -1 && errno == ESRCH) }
            }
            // One child spoke; a program that stands by is not meant.
            #expect(children.intersection(espeaks().keys).count <= (standsBy ? children.count - 1 : 0))
        }
    }

    @Test("many sentences at a time are all spoken right, by no more children than allowed")
    func manyAtATime() async throws {
        let synthesizer = try synthesizer { $0.concurrentChildren = 4 }
        let voices = ["alloy", "echo", "verse", "shimmer"]
        var alone: [String: [Int16]] = [:]
        for voice in voices {
            alone[voice] = try await speech(synthesizer, Utterance(text: Self.sentence, voice: voice))
        }
        let expected = alone
        try await withStandbys(synthesizer) {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for index in 0..<20 {
                    group.addTask {
                        let voice = voices[index % voices.count]
                        let samples = try await speech(synthesizer, Utterance(text: Self.sentence, voice: voice))
                        #expect(samples == expected[voice])
                        // Speaking ones, waiting ones and one that is being started for each voice.
                        #expect(espeaks().count <= 4 + 2 * voices.count)
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test("a sentence interrupted before its first sound leaves a program in reserve behind")
    func interruptedBeforeTheFirstSound() async throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "espeak-\(UUID())")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        // It takes its text and then stops, which its state shows.
        let program = directory.appending(path: "espeak-ng")
        try Data("#!/bin/sh\nread -r text\nkill -STOP $$\n".utf8).write(to: program)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program.path)

        let synthesizer = try synthesizer { $0.searchPath = directory.path }
        try await withStandbys(synthesizer) {
            await waitForChildren { $0 > 0 }
            let first = Set(espeaks().keys)
            await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await synthesizer.speak(Utterance(text: "Hello")) { _ in } }
                while !espeaks().values.contains(where: { $0.state == "T" }) { await Task.yield() }
                group.cancelAll()
            }
            while espeaks().keys.isEmpty || !first.isDisjoint(with: espeaks().keys) { await Task.yield() }
        }
    }

    @Test("no more programs stand by than allowed")
    func standbysAreLimited() async throws {
        let synthesizer = try synthesizer { $0.standbys = 2 }
        try await withStandbys(synthesizer) {
            for voice in ["alloy", "echo", "verse", "shimmer", "sage", "alloy"] {
                _ = try await speech(synthesizer, Utterance(text: "One.", voice: voice))
            }
            await waitForChildren { $0 <= 2 }
        }
    }

    @Test("a program that died while it stood by is replaced unnoticed")
    func deadStandbyIsReplaced() async throws {
        let synthesizer = try synthesizer()
        let cold = try await speech(synthesizer, Utterance(text: Self.sentence))
        try await withStandbys(synthesizer) {
            await waitForChildren { $0 > 0 }
            for child in espeaks().keys { kill(pid_t(child), SIGKILL) }
            let warm = try await speech(synthesizer, Utterance(text: Self.sentence))
            #expect(warm == cold)
        }
    }

    @Test("a program that is killed in the middle of a sentence is a failure that says so")
    func killedInTheMiddle() async throws {
        let synthesizer = try synthesizer()
        let failure = await #expect(throws: EngineFailure.self) {
            try await synthesizer.speak(Utterance(text: Self.endless)) { _ in
                for child in espeaks().keys { kill(pid_t(child), SIGKILL) }
            }
        }
        #expect(failure?.code == "synthesizer_failed")
        #expect(espeaks().isEmpty)
    }

    @Test("a program that is not there is a failure that tells how to install it")
    func programIsMissing() async throws {
        let synthesizer = try synthesizer { $0.searchPath = "/nonexistent" }
        let failure = await #expect(throws: EngineFailure.self) {
            try await speech(synthesizer, Utterance(text: "Hello"))
        }
        #expect(failure?.code == "synthesizer_unavailable")
        #expect(failure?.message.contains("apt install espeak-ng") == true)
    }

    @Test("a program that fails is a failure that names its end")
    func programFails() async throws {
        let synthesizer = try synthesizer { $0.program = "false" }
        let failure = await #expect(throws: EngineFailure.self) {
            try await speech(synthesizer, Utterance(text: "Hello"))
        }
        #expect(failure?.code == "synthesizer_failed")
        #expect(failure?.message.contains("exited(1)") == true)
    }

    @Test(
        "pocketsphinx understands the script's phrases from espeak-ng",
        .enabled(if: Installed.pocketsphinx, "apt install libpocketsphinx3 pocketsphinx-en-us")
    )
    func isUnderstood() async throws {
        let (synthesizer, phrases) = (try synthesizer(), SpokenPhrases.all)
        let transcriber = try SpokenPhrases.transcriber.get()
        let understood = try await SpokenPhrases.understood(by: transcriber) { phrase in
            try await SpokenPhrases.recording(of: phrase, by: synthesizer, voice: "alloy")
        }
        #expect(understood.count >= phrases.count * 9 / 10)
    }
}
