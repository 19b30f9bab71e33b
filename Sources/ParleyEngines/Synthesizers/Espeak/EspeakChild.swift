// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleySession
internal import Subprocess

/// A running `espeak-ng` that waits for its text.
typealias EspeakChild = Execution<CustomWriteInput, SequenceOutput, DiscardedOutput>

/// Starts `espeak-ng`.
struct EspeakLauncher: Sendable {
    /// The program's name.
    let program: String
    /// Where the program is looked up instead of in the directories of `PATH`, in the form of that variable.
    let searchPath: String?

    /// Runs the program for `body` and returns how it ended; cancelling kills it.
    ///
    /// - Throws: what `body` throws, or an ``EngineFailure`` if the program cannot be started.
    func run(_ command: EspeakCommand, body: (EspeakChild) async throws -> Void) async throws -> TerminationStatus {
        _ = ignoreBrokenPipes
        var options = PlatformOptions()
        // Without steps the program is killed at once: it has nothing to tidy up.
        options.teardownSequence = []
        do {
            let outcome = try await Subprocess.run(
                .name(program),
                arguments: Arguments(command.arguments),
                environment: searchPath.map { .inherit.updating(["PATH": $0]) } ?? .inherit,
                platformOptions: options,
                input: .inputWriter,
                output: .sequence,
                error: .discarded,
                body: body
            )
            return outcome.terminationStatus
        } catch let error as SubprocessError {
            if Task.isCancelled { throw CancellationError() }
            throw failure(error)
        }
    }

    /// What to tell the client if the program cannot be run.
    private func failure(_ error: SubprocessError) -> EngineFailure {
        let advice =
            error.code == .executableNotFound
            ? "Install it (Debian: apt install espeak-ng, macOS: brew install espeak-ng)."
            : "\(error)"
        return EngineFailure(code: "synthesizer_unavailable", message: "Cannot run \(program). \(advice)")
    }

    /// What to tell the client if the program ended without having done its work.
    func failure(_ status: TerminationStatus) -> EngineFailure {
        EngineFailure(
            code: "synthesizer_failed",
            message:
                "\(program) stopped before the sentence was spoken (\(status)). Try it in a shell: \(program) hello"
        )
    }
}
