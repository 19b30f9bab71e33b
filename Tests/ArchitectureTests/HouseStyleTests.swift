// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import Testing

@Suite("House style")
struct HouseStyleTests {
    private static let header = """
        // Parley: Realtime voice server, doctor and client
        // Copyright (c) the Parley authors
        // SPDX-License-Identifier: Apache-2.0

        """

    /// Longest file in lines: what can be read in one sitting.
    private static let longestFile = 600

    private static func allFiles() throws -> [SourceTree.File] {
        try SourceTree.files(in: "Sources") + SourceTree.files(in: "Tests")
    }

    @Test("Every file begins with the three header lines")
    func filesHaveTheHeader() throws {
        let files = try Self.allFiles()
        #expect(!files.isEmpty)
        for file in files {
            #expect(file.text.hasPrefix(Self.header), "\(file) lacks the header")
        }
    }

    @Test("No file is longer than one sitting")
    func filesAreShort() throws {
        for file in try Self.allFiles() {
            #expect(file.lines.count <= Self.longestFile, "\(file) has \(file.lines.count) lines")
        }
    }

    @Test("No lock is taken, no check switched off and nothing forced in the sources")
    func nothingIsForced() throws {
        let forbidden = ["Task.detached", "try!", "as!", "fatalError(", "DispatchQueue", "DispatchSemaphore"]
        // NIO asks it of every group of event loops.
        let asked = "func shutdownGracefully(queue: DispatchQueue"
        for file in try SourceTree.files(in: "Sources") {
            for line in file.lines where !line.trimmingPrefix(while: { $0 == " " }).hasPrefix("//") {
                if line.contains(asked) { continue }
                for word in forbidden {
                    #expect(!line.contains(word), "\(file): \(word)")
                }
            }
        }
    }

    @Test("Every @unchecked Sendable is proved in the comment above it")
    func uncheckedSendableIsProved() throws {
        for file in try SourceTree.files(in: "Sources") {
            let lines = file.lines
            for (index, line) in lines.enumerated() where line.contains("@unchecked Sendable") {
                let above = index > 0 ? lines[index - 1].trimmingPrefix(while: { $0 == " " }) : ""
                #expect(above.hasPrefix("//"), "\(file):\(index + 1) has no proof above it")
            }
        }
    }
}
