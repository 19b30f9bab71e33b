// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import Logging
import Testing

@testable import ParleyEngines

@Suite("Local parts are found")
struct LocalPartsTests {
    private func detect() throws -> LocalParts {
        try LocalParts.detect(logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    @Test("there is a row for each slot that names what fills it")
    func rowsNameParts() throws {
        let parts = try detect()
        #expect(parts.summary.map(\.slot) == ["voice", "transcriber", "model"])
        #expect(parts.summary[0].using == parts.synthesizer.name)
        #expect(parts.summary[2].using == parts.model.name)
        #expect(parts.summary.allSatisfy { !$0.note.isEmpty })
    }

    @Test(
        "the best of what is installed is used",
        .enabled(
            if: Installed.espeak && Installed.pocketsphinx,
            "apt install espeak-ng pocketsphinx-en-us libpocketsphinx3"
        )
    )
    func bestIsUsed() throws {
        let parts = try detect()
        #expect(parts.synthesizer.name == "espeak-ng")
        #expect(parts.summary[1].using == "pocketsphinx")
        #expect(parts.transcriber?.name == "tones, then pocketsphinx")
    }

    @Test("a missing library or program is found out")
    func missingIsFoundOut() {
        #expect(throws: DynamicLibrary.Failure.self) { try DynamicLibrary("libdoesnotexist.so.9") }
        #expect(FileProbe.program("espeak-ng", searchPath: "/nonexistent:/proc") == nil)
        #expect(FileProbe.program("sh") != nil)
        #expect(Processors.count >= 1)
    }
}
