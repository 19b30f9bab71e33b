// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// Standard output and standard error, written at once.
struct Console: Sendable {
    /// Whether text on standard output may have colours: on a terminal without `NO_COLOR`.
    var hasColours: Bool {
        let refusal = ProcessInfo.processInfo.environment["NO_COLOR"] ?? ""
        return isatty(STDOUT_FILENO) == 1 && refusal.isEmpty
    }

    /// Whether standard error is a terminal, where a line may be written over.
    var hasProgress: Bool { isatty(STDERR_FILENO) == 1 }

    /// How wide text on standard output may be: `COLUMNS` within reason, else 100.
    var columns: Int {
        let told = ProcessInfo.processInfo.environment["COLUMNS"].flatMap { Int($0) } ?? 100
        return min(max(told, 40), 200)
    }

    /// The line that scripts wait for, on standard output.
    func ready(_ line: String) { output(line + "\n") }

    /// Words for people, on standard error.
    func note(_ text: String) { error(text + "\n") }

    /// Writes to standard output, newlines being the caller's.
    func output(_ text: String) { write(text, to: STDOUT_FILENO) }

    /// The same; returns whether anybody reads it.
    func isRead(_ text: String) -> Bool { write(text, to: STDOUT_FILENO) }

    /// Writes to standard error, newlines being the caller's.
    func error(_ text: String) { write(text, to: STDERR_FILENO) }

    @discardableResult
    private func write(_ text: String, to descriptor: Int32) -> Bool {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { systemWrite(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { return false }
            bytes = bytes.dropFirst(count)
        }
        return true
    }
}

func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    write(descriptor, bytes, count)
}
