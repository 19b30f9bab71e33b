// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials
internal import Logging
internal import NIOPosix
internal import Synchronization

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// The directory that sessions are recorded in, one file each.
///
/// One thread writes for all of them, so that no event loop ever waits for a disk.
final class RecordingDirectory: Sendable {
    private let settings: RecordingSettings
    private let thread = NIOThreadPool(numberOfThreads: 1)
    /// Bytes of all recordings in the directory, those that are waiting to be written included.
    let bytes: Atomic<Int>

    /// Makes the directory if there is none.
    ///
    /// - Throws: ``ServerConfigurationError`` if it cannot be used.
    init(_ settings: RecordingSettings, logger: Logger) throws {
        self.settings = settings
        let files = FileManager.default
        do {
            try files.createDirectory(
                atPath: settings.directory,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
            let sizes = try files.contentsOfDirectory(atPath: settings.directory)
                .filter { $0.hasSuffix(".jsonl") }
                .map { Self.size(of: "\(settings.directory)/\($0)") }
            bytes = Atomic(sizes.reduce(0, +))
        } catch {
            throw ServerConfigurationError(
                description: "--record: '\(settings.directory)' is no directory that can be made or read: \(error)"
            )
        }
        guard files.isWritableFile(atPath: settings.directory) else {
            throw ServerConfigurationError(description: "--record: cannot write into '\(settings.directory)'.")
        }
        thread.start()
    }

    private static func size(of path: String) -> Int {
        let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { return 0 }
        defer { close(descriptor) }
        return max(0, Int(lseek(descriptor, 0, SEEK_END)))
    }

    /// A file for a session; `nil`, which is logged, if the directory is full.
    func file(of sessionID: String, logger: Logger) -> SessionFile? {
        guard bytes.load(ordering: .relaxed) < settings.maxDirectoryBytes else {
            logger.warning(
                "session not recorded: the recordings take as much as they may",
                metadata: ["directory": "\(settings.directory)", "bytes": "\(settings.maxDirectoryBytes)"]
            )
            return nil
        }
        let time = Date.now.formatted(.iso8601).replacing(":", with: "").replacing("-", with: "")
        return SessionFile(
            path: "\(settings.directory)/\(time)-\(sessionID)",
            maxBytes: settings.maxFileBytes,
            maxDirectoryBytes: settings.maxDirectoryBytes,
            directory: self,
            logger: logger
        )
    }

    /// Does something on the thread that writes.
    func perform(_ work: @escaping @Sendable () -> Void) { thread.submit { _ in work() } }

    /// Returns when all that was asked for until now is written.
    func written() async { try? await thread.runIfActive {} }
}
