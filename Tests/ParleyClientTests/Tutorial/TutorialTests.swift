// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite("The tutorial")
struct TutorialTests {
    @Test("shows code that compiles")
    func compiles() throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
        let page = folder.appending(path: "../../../Sources/ParleyClient/ParleyClient.docc/GettingStarted.md")
        let compiled = Self.words(try String(contentsOf: folder.appending(path: "Tutorial.swift"), encoding: .utf8))
        let blocks = try String(contentsOf: page.standardized, encoding: .utf8).components(separatedBy: "```swift\n")
            .dropFirst()
            .map { $0.components(separatedBy: "```")[0] }
        // The first is a piece of a package's manifest.
        #expect(blocks.count > 7)
        for block in blocks.dropFirst() {
            let code = block.replacingOccurrences(of: "import ParleyClient\n", with: "")
            #expect(compiled.contains(Self.words(code)), "not in Tutorial.swift: \(code)")
        }
    }

    /// The text without its layout.
    private static func words(_ text: String) -> String { text.filter { !$0.isWhitespace } }
}
