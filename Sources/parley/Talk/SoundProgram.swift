// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import FoundationEssentials
internal import ParleyAudio
internal import Subprocess

/// A program that records from the microphone or plays to the loudspeaker: 16-bit PCM, 24,000 Hz, one channel.
struct SoundProgram: Sendable {
    let name: String
    let arguments: [String]

    private static let raw = ["-t", "raw", "-r", "24000", "-e", "signed-integer", "-b", "16", "-c", "1"]
    private static let alsa = ["-q", "-t", "raw", "-f", "S16_LE", "-r", "24000", "-c", "1"]

    /// What records on this machine.
    static func recorder() throws -> SoundProgram {
        try first(
            [
                SoundProgram(name: "arecord", arguments: alsa),
                SoundProgram(name: "rec", arguments: ["-q"] + raw + ["-"]),
            ],
            option: "--input mic"
        )
    }

    /// What plays on this machine.
    static func player() throws -> SoundProgram {
        try first(
            [
                SoundProgram(name: "aplay", arguments: alsa),
                SoundProgram(name: "play", arguments: ["-q"] + raw + ["-"]),
            ],
            option: "--output speaker"
        )
    }

    private static func first(_ candidates: [SoundProgram], option: String) throws -> SoundProgram {
        let directories = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        for candidate in candidates {
            let isThere = directories.contains {
                FileManager.default.isExecutableFile(atPath: "\($0)/\(candidate.name)")
            }
            if isThere { return candidate }
        }
        let names = candidates.map(\.name).joined(separator: " or ")
        throw ValidationError(
            "\(option) needs \(names). Install one (Debian: apt install alsa-utils, macOS: brew install sox)."
        )
    }

    /// Runs the program and hands on what it records, until the task is cancelled; its own words go to standard error.
    ///
    /// - Throws: What `take` throws, or that the program could not be run or has ended, which a recorder does not by itself.
    func record(_ take: ([Int16]) async throws -> Void) async throws {
        let outcome = try await Subprocess.run(
            .name(name),
            arguments: Arguments(arguments),
            input: .none,
            output: .sequence,
            error: .currentStandardError
        ) { execution in
            var decoder = PCM16.StreamDecoder()
            for try await bytes in execution.standardOutput {
                var samples: [Int16] = []
                bytes.withUnsafeBytes { decoder.append($0, to: &samples) }
                try await take(samples)
            }
        }
        throw ended(outcome.terminationStatus, "Is there a microphone, and is it free?")
    }

    /// Runs the program and writes to it what `next` gives, at the pace of the sound; ends when that gives nil and the
    /// program has played all.
    ///
    /// - Throws: That the program could not be run, or ended before it was told to.
    func play(_ next: () async -> [Int16]?) async throws {
        let outcome = try await Subprocess.run(
            .name(name),
            arguments: Arguments(arguments),
            input: .inputWriter,
            output: .discarded,
            error: .currentStandardError
        ) { execution in
            var clock = ContinuousClock.now
            do {
                while let samples = await next() {
                    let bytes = PCM16.bytes(littleEndian: samples.span)
                    // Less is taken by a program that has ended; how it ended says why.
                    guard try await execution.standardInputWriter.write(bytes) == bytes.count else { return false }
                    clock += .milliseconds(samples.count * 1000 / TalkInput.sampleRate)
                    try await Task.sleep(until: clock, clock: .continuous)
                }
                try await execution.standardInputWriter.finish()
                return true
            } catch {
                return false
            }
        }
        guard outcome.terminationStatus.isSuccess, outcome.closureResult else {
            throw ended(outcome.terminationStatus, "Is there a loudspeaker, and is it free?")
        }
    }

    private func ended(_ status: TerminationStatus, _ advice: String) -> SoundProgramFailure {
        SoundProgramFailure(description: "\(name) ended (\(status)). \(advice)")
    }
}

private struct SoundProgramFailure: Error, CustomStringConvertible {
    let description: String
}
