// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The project's Swift files, as the architecture tests read them.
struct SourceTree {
    struct File: Sendable, CustomStringConvertible {
        /// Path from the root of the project.
        let path: String
        let text: String

        var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }
        var description: String { path }

        /// The modules named by the `import` lines.
        var imports: Set<String> {
            var modules: Set<String> = []
            for line in lines {
                let words = line.split(separator: " ")
                guard let place = words.firstIndex(of: "import"), place + 1 < words.count,
                    words[..<place].allSatisfy({ Self.wordsBeforeImport.contains(String($0)) })
                else { continue }
                modules.insert(String(words[place + 1].split(separator: ".")[0]))
            }
            return modules
        }

        private static let wordsBeforeImport: Set = [
            "public", "package", "internal", "private", "fileprivate", "@testable",
        ]
    }

    static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// All Swift files below a folder of the project.
    static func files(in folder: String) throws -> [File] {
        let base = root.appending(path: folder)
        let walker = FileManager.default.enumerator(atPath: base.path(percentEncoded: false))
        return try (walker?.compactMap { $0 as? String } ?? [])
            .filter { $0.hasSuffix(".swift") }
            .sorted()
            .map { path in
                File(
                    path: "\(folder)/\(path)",
                    text: try String(contentsOf: base.appending(path: path), encoding: .utf8)
                )
            }
    }

    /// The target a file of `Sources` belongs to.
    static func target(of file: File) -> String { String(file.path.split(separator: "/")[1]) }
}
