// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import FoundationEssentials
internal import ParleyClient
internal import ParleyEvents

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// Writes every event of both sides into a file, one JSON object a line; no key is in any of them.
final class TalkRecording: Sendable {
    private let descriptor: Int32
    private let start = ContinuousClock.now

    /// Makes the file, which only its owner may read.
    init(_ path: String, dialect: Dialect) throws {
        descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw ValidationError("--record: cannot write '\(path)'.") }
        write(["format": "parley.talk/1", "dialect": .string(dialect.rawValue)])
    }

    deinit { close(descriptor) }

    func write(_ update: RealtimeUpdate) {
        switch update {
        case .sent(let event, let id): write("sent", event.object(eventID: id))
        case .event(let received): write("received", received.object)
        case .state, .change, .toolStarted, .toolFinished, .invalid: break
        }
    }

    private func write(_ direction: String, _ event: JSONObject) {
        let passed = ContinuousClock.now - start
        let ms = passed.components.seconds * 1000 + passed.components.attoseconds / 1_000_000_000_000_000
        write(["at_ms": JSON(Int(ms)), direction: .object(event)])
    }

    private func write(_ line: JSONObject) {
        var bytes = Array((line.text + "\n").utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { systemWrite(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { return }
            bytes = bytes.dropFirst(count)
        }
    }
}
