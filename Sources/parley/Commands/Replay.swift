// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import FoundationEssentials
internal import NIOCore
internal import ParleyRelay
internal import ParleySession

/// The command `parley replay`.
struct Replay: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Let a recorded session happen again, and compare what it does with the recording.",
        discussion: """
            parley serve --record DIR records sessions. --strict compares byte by byte; --loose takes ids, times and the \
            size of pieces of audio and text as they come (docs/recordings.md lists what exactly).

            Exit code: 0 the same, 1 a difference, which is shown, 2 the file is unusable.
            """
    )

    enum Comparison: String, EnumerableFlag {
        case strict, loose
    }

    @Argument(help: "The recording.")
    var file: String

    @Flag(help: "How to compare.")
    var comparison = Comparison.strict

    func run() throws {
        guard let data = try? Data(contentsOf: URL(filePath: file), options: .mappedIfSafe) else {
            throw ValidationError("cannot read '\(file)'.")
        }
        let isRelayed = RelayReplay.reads(ByteBuffer(bytes: data.prefix { $0 != UInt8(ascii: "\n") }))
        let isSame =
            isRelayed
            ? try compare(data, RelayReplay(comparison == .strict ? .strict : .loose))
            : try compare(data, SessionReplay(comparison == .strict ? .strict : .loose))
        guard isSame else { throw ExitCode(1) }
    }

    /// Compares a whole recording, and tells what comes of it.
    private func compare(_ data: Data, _ replay: some LineReplay) throws -> Bool {
        var replay = replay
        do throws(RecordingError) {
            let difference = try replay.compare(data)
            let console = Console()
            if let reason = replay.cutReason { console.note("The recording ends before its session: \(reason).") }
            console.ready(difference?.text ?? "the same, \(replay.lines) lines")
            return difference == nil
        } catch {
            throw ValidationError("\(file): \(error)")
        }
    }
}

/// What lets a recording happen again, line by line.
private protocol LineReplay {
    var lines: Int { get }
    var cutReason: String? { get }
    mutating func line(_ text: ByteBuffer) throws(RecordingError) -> SessionReplay.Difference?
    mutating func ended() throws(RecordingError) -> SessionReplay.Difference?
}

extension SessionReplay: LineReplay {}
extension RelayReplay: LineReplay {}

extension LineReplay {
    /// Compares a whole recording.
    fileprivate mutating func compare(_ data: Data) throws(RecordingError) -> SessionReplay.Difference? {
        var rest = data[...]
        while !rest.isEmpty {
            let end = rest.firstIndex(of: UInt8(ascii: "\n")) ?? rest.endIndex
            if let difference = try line(ByteBuffer(bytes: rest[..<end])) { return difference }
            rest = rest[end...].dropFirst()
        }
        return try ended()
    }
}

extension SessionReplay.Difference {
    /// The line's number and both texts.
    fileprivate var text: String {
        "line \(line) differs\n- recorded: \(recorded ?? "nothing")\n+ replayed: \(replayed ?? "nothing")"
    }
}
