// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Logging
import NIOCore
import Testing

@testable import ParleyServer

@Suite("Recordings on a disk")
struct RecordingDirectoryTests {
    private let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private func settings() -> RecordingSettings {
        RecordingSettings(directory: FileManager.default.temporaryDirectory.path + "/parley-\(UUID().uuidString)/deep")
    }

    private func files(_ settings: RecordingSettings) throws -> [(name: String, text: String)] {
        try FileManager.default.contentsOfDirectory(atPath: settings.directory).sorted()
            .map { ($0, try String(contentsOfFile: "\(settings.directory)/\($0)", encoding: .utf8)) }
    }

    private func mode(_ path: String) throws -> Int? {
        (try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? NSNumber)?.intValue
    }

    @Test("hold every line in order, one file a session, for their owner only")
    func lines() async throws {
        let settings = settings()
        let directory = try RecordingDirectory(settings, logger: logger)
        let first = try #require(directory.file(of: "sess_1", logger: logger))
        let second = try #require(directory.file(of: "sess_1", logger: logger))
        for number in 0..<1_000 { first.write(ByteBuffer(string: "\(number)\n")) }
        second.write(ByteBuffer(string: "x\n"))
        first.finish()
        second.finish()
        first.write(ByteBuffer(string: "late\n"))
        await directory.written()
        let files = try files(settings)
        #expect(files.count == 2)
        #expect(Set(files.map(\.text)) == [(0..<1_000).map { "\($0)\n" }.joined(), "x\n"])
        #expect(files.allSatisfy { $0.name.contains("sess_1") && $0.name.hasSuffix(".jsonl") })
        #expect(try files.allSatisfy { try mode("\(settings.directory)/\($0.name)") == 0o600 })
        #expect(try mode(settings.directory) == 0o700)
    }

    @Test("end with a line that says so where a limit is reached")
    func limits() async throws {
        var settings = settings()
        settings.maxFileBytes = 10
        settings.maxDirectoryBytes = 12
        let directory = try RecordingDirectory(settings, logger: logger)
        let first = try #require(directory.file(of: "a", logger: logger))
        for _ in 0..<3 { first.write(ByteBuffer(string: "1234\n")) }
        first.finish()
        await directory.written()
        let last = #"{"in":"cut","reason":"the file is as large as a recording may be"}"#
        #expect(try files(settings)[0].text == "1234\n1234\n\(last)\n")
        #expect(directory.file(of: "b", logger: logger) == nil)
        let later = try RecordingDirectory(settings, logger: logger)
        #expect(later.file(of: "b", logger: logger) == nil)
    }

    @Test("end, and hold nobody up, while the disk takes nothing")
    func slowDisk() async throws {
        let settings = settings()
        let directory = try RecordingDirectory(settings, logger: logger)
        let file = try #require(directory.file(of: "a", logger: logger))
        let disk = DispatchSemaphore(value: 0)
        directory.perform { disk.wait() }
        let line = ByteBuffer(string: String(repeating: "x", count: (1 << 20) - 1) + "\n")
        // Returns though nothing can be written: what waits is bounded, and the rest is dropped.
        for _ in 0..<20 { file.write(line) }
        file.finish()
        disk.signal()
        await directory.written()
        let text = try files(settings)[0].text
        #expect(text.utf8.count < SessionFile.maxWaitingBytes + 200)
        #expect(text.hasSuffix(#"{"in":"cut","reason":"the disk is too slow"}"# + "\n"))
    }

    @Test("need a directory that can be made")
    func unusable() {
        #expect(throws: ServerConfigurationError.self) {
            try RecordingDirectory(RecordingSettings(directory: "/dev/null/x"), logger: logger)
        }
    }
}
