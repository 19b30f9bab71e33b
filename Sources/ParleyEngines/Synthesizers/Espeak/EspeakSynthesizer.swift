// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import Logging
internal import ParleyAudio
internal import ParleySession
internal import Subprocess

/// Speaks with the program `espeak-ng`, one child process for each sentence.
///
/// The program is run and not linked: it is GPL software, its engine is not thread-safe, and a child can be killed at any
/// moment. While ``keepWarm()`` runs, a started program waits for each voice in use.
package struct EspeakSynthesizer: SpeechSynthesizer {
    /// How the program is run.
    package struct Settings: Sendable {
        /// The program's name.
        package var program = "espeak-ng"
        /// Where the program is looked up instead of in the directories of `PATH`, in the form of that variable.
        package var searchPath: String?
        /// Programs that speak at a time; further sentences wait.
        package var concurrentChildren: Int
        /// Programs that wait for a sentence.
        package var standbys = 8
        /// Silence after a sentence, in ms, as the program leaves none.
        package var pauseMS = 120

        /// The defaults; four speaking programs for each processor.
        package init() { concurrentChildren = 4 * Processors.count }
    }

    package let name = "espeak-ng"
    private let launcher: EspeakLauncher
    private let kernel: ResamplingKernel
    private let pause: [Int16]
    private let permits: Permits
    private let standbys: EspeakStandbys

    /// A synthesizer that does nothing before it is used.
    package init(settings: Settings = Settings(), logger: Logger) throws {
        launcher = EspeakLauncher(program: settings.program, searchPath: settings.searchPath)
        kernel = try ResamplingKernel(from: EspeakSound.sampleRate, to: 24_000, quality: .playback)
        pause = Array(repeating: 0, count: settings.pauseMS * 24)
        permits = Permits(max(settings.concurrentChildren, 1))
        standbys = EspeakStandbys(launcher: launcher, limit: settings.standbys, logger: logger)
    }

    package func keepWarm() async {
        await standbys.run(first: EspeakCommand(voice: "alloy", speed: 1, language: nil))
    }

    package func speak(_ utterance: Utterance, emit: (_ samples: [Int16]) async throws -> Void) async throws {
        let command = EspeakCommand(voice: utterance.voice, speed: utterance.speed, language: utterance.language)
        try await permits.run {
            var sound = EspeakSound(kernel: kernel)
            var status = try await speakByStandby(utterance.text, command, into: &sound, emit: emit)
            if status?.isSuccess != true, !sound.hasSamples {
                // None was waiting, or it had died of something that need not happen again.
                sound = EspeakSound(kernel: kernel)
                status = try await launcher.run(command) { child in
                    try await speak(utterance.text, command, with: child, into: &sound, emit: emit)
                }
            }
            try Task.checkCancellation()
            if let status, !status.isSuccess { throw launcher.failure(status) }
            let rest = sound.finish() + (sound.hasSamples ? pause : [])
            if !rest.isEmpty { try await emit(rest) }
        }
    }

    /// Speaks with a program that waits, if there is one, and returns how it ended.
    private func speakByStandby(
        _ text: String,
        _ command: EspeakCommand,
        into sound: inout EspeakSound,
        emit: (_ samples: [Int16]) async throws -> Void
    ) async throws -> TerminationStatus? {
        guard let lease = await standbys.take(command) else { return nil }
        do {
            try await speak(text, command, with: lease.child, into: &sound, emit: emit)
            try Task.checkCancellation()
        } catch {
            try? lease.child.send(signal: .kill)
            lease.isReturned.fulfil(with: .success(()))
            _ = await lease.status.outcome()
            // Whoever was interrupted before the first sound took the program in reserve all the same.
            await standbys.prepare(command)
            throw error
        }
        lease.isReturned.fulfil(with: .success(()))
        return try await lease.status.outcome().get()
    }

    private func speak(
        _ text: String,
        _ command: EspeakCommand,
        with child: EspeakChild,
        into sound: inout EspeakSound,
        emit: (_ samples: [Int16]) async throws -> Void
    ) async throws {
        // A child that is gone already takes no text; how it ended tells more than this error.
        _ = try? await child.standardInputWriter.write(EspeakCommand.input(for: text))
        try? await child.standardInputWriter.finish()
        for try await buffer in child.standardOutput {
            let isFirst = !sound.hasSamples
            let samples = buffer.withUnsafeBytes { sound.push($0) }
            if !samples.isEmpty { try await emit(samples) }
            // Only now, so that the start of the next program does not delay this sentence.
            if isFirst, sound.hasSamples { await standbys.prepare(command) }
        }
    }
}
