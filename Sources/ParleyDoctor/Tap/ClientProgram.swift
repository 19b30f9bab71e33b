// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import Subprocess

/// The client's own program, run against the tap.
package struct ClientProgram: Sendable {
    /// Why it could not be run.
    package struct Failure: Error, Sendable, CustomStringConvertible {
        package let description: String
    }

    private let words: [String]
    private let url: String

    /// - Parameters:
    ///   - words: The program and its arguments; `NAME=VALUE` in front sets a variable, as in a shell.
    ///   - url: The tap's address, which the program finds in `PARLEY_TAP_URL` too.
    package init(_ words: [String], url: String) {
        self.words = words
        self.url = url
    }

    /// Runs the program until it ends; what it writes goes to standard error.
    ///
    /// When the task is cancelled, the program is asked to end and after 2 s made to.
    ///
    /// - Returns: Its exit status, 128 and the number of the signal for one that was killed.
    package func run() async throws(Failure) -> Int {
        var options = PlatformOptions()
        options.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: .seconds(2))]
        do {
            // `env` looks the program up as a shell does, whether it is a name or a path.
            let outcome = try await Subprocess.run(
                .name("env"),
                arguments: Arguments(words),
                environment: .inherit.updating(["PARLEY_TAP_URL": url]),
                platformOptions: options,
                input: .currentStandardInput,
                output: .currentStandardError,
                error: .currentStandardError
            )
            switch outcome.terminationStatus {
            case .exited(let code): return Int(code)
            case .signaled(let number): return 128 + Int(number)
            }
        } catch {
            throw Failure(description: "\(error)")
        }
    }

    /// Runs the program, but no longer than so many seconds.
    ///
    /// - Returns: Its exit status; nil when time was over or the task was cancelled.
    package func run(limit seconds: Double) async throws -> Int? {
        try await withThrowingTaskGroup(of: Int?.self) { group in
            group.addTask { try await run() }
            group.addTask {
                try? await Task.sleep(for: .seconds(seconds))
                return nil
            }
            defer { group.cancelAll() }
            return try await group.next() ?? nil
        }
    }
}
