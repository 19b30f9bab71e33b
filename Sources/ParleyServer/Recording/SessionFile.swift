// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials
internal import Logging
internal import NIOCore
internal import ParleySession
internal import Synchronization

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// The recording of one session: takes lines on the session's event loop and writes them on another thread.
///
/// What waits for the disk is bounded. If a line does not fit there, into the file or into the directory, the recording
/// ends with a line that says so, and the session goes on.
final class SessionFile: Sendable {
    /// Most bytes that wait for the disk.
    static let maxWaitingBytes = 8 << 20

    private struct State {
        var waiting = ByteBuffer()
        /// Bytes taken so far.
        var bytes = 0
        var isWriting = false
        /// No more lines are taken.
        var isOver = false
    }

    private let path: String
    private let maxBytes: Int
    private let maxDirectoryBytes: Int
    private let directory: RecordingDirectory
    private let logger: Logger
    private let state = Mutex(State())
    /// -1 before the file is open, -2 if it never will be; only the writing thread uses it.
    private let descriptor = Atomic<Int32>(-1)

    /// A file that is made when the first line is written.
    ///
    /// - Parameters:
    ///   - path: Without the extension `.jsonl`, before which a number comes if the file exists.
    ///   - maxBytes: Most bytes of it.
    ///   - maxDirectoryBytes: Most bytes of all recordings.
    ///   - directory: Where it is.
    ///   - logger: Carries the session's id.
    init(path: String, maxBytes: Int, maxDirectoryBytes: Int, directory: RecordingDirectory, logger: Logger) {
        (self.path, self.maxBytes, self.maxDirectoryBytes) = (path, maxBytes, maxDirectoryBytes)
        (self.directory, self.logger) = (directory, logger)
    }

    /// Takes a line with its line feed; never waits for the disk.
    func write(_ line: ByteBuffer) {
        let count = line.readableBytes
        let (starts, reason) = state.withLock { state -> (Bool, String?) in
            guard !state.isOver else { return (false, nil) }
            let total = directory.bytes.wrappingAdd(count, ordering: .relaxed).newValue
            var reason: String?
            if state.waiting.readableBytes + count > Self.maxWaitingBytes {
                reason = "the disk is too slow"
            } else if state.bytes + count > maxBytes {
                reason = "the file is as large as a recording may be"
            } else if total > maxDirectoryBytes {
                reason = "the recordings take as much as they may"
            }
            if let reason {
                state.isOver = true
                state.waiting.writeString(RecordedLine.cutLine(reason) + "\n")
            } else {
                state.bytes += count
                state.waiting.writeImmutableBuffer(line)
            }
            defer { state.isWriting = true }
            return (!state.isWriting, reason)
        }
        if let reason { logger.warning("recording ended early: \(reason)", metadata: ["file": "\(path).jsonl"]) }
        if starts { directory.perform { self.drain() } }
    }

    /// The session is over.
    func finish() {
        state.withLock { $0.isOver = true }
        directory.perform {
            self.drain()
            let open = self.descriptor.exchange(-2, ordering: .relaxed)
            if open >= 0 { close(open) }
        }
    }

    /// Writes all that waits; on the writing thread.
    private func drain() {
        while true {
            let bytes = state.withLock { state -> ByteBuffer? in
                guard state.waiting.readableBytes > 0 else {
                    state.isWriting = false
                    return nil
                }
                defer { state.waiting = ByteBuffer() }
                return state.waiting
            }
            guard let bytes else { return }
            if let failure = write(all: bytes) {
                state.withLock { $0.isOver = true }
                descriptor.store(-2, ordering: .relaxed)
                logger.warning(
                    "recording ended: it cannot be written",
                    metadata: ["file": "\(path).jsonl", "error": "\(failure)"]
                )
            }
        }
    }

    /// - Returns: What went wrong, if something did; told once.
    private func write(all bytes: ByteBuffer) -> String? {
        if descriptor.load(ordering: .relaxed) == -1 { descriptor.store(open(), ordering: .relaxed) }
        let file = descriptor.load(ordering: .relaxed)
        guard file != -2 else { return nil }
        guard file >= 0 else { return String(cString: strerror(errno)) }
        return bytes.withUnsafeReadableBytes { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = systemWrite(file, UnsafeRawBufferPointer(rebasing: rest))
                if count < 0, errno == EINTR { continue }
                guard count > 0 else {
                    let failure = String(cString: strerror(errno))
                    close(file)
                    return failure
                }
                rest = rest.dropFirst(count)
            }
            return nil
        }
    }

    /// Opens a file that did not exist, which only its owner can read; -3 if that fails.
    private func open() -> Int32 {
        for number in 1...1_000 {
            let name = number == 1 ? "\(path).jsonl" : "\(path)-\(number).jsonl"
            let file = systemOpen(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
            if file >= 0 { return file }
            if errno != EEXIST { return -3 }
        }
        return -3
    }
}

private func systemOpen(_ path: String, _ flags: Int32, _ mode: mode_t) -> Int32 { open(path, flags, mode) }
private func systemWrite(_ file: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
    write(file, bytes.baseAddress, bytes.count)
}
