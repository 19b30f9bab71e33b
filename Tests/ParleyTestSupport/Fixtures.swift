// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import Foundation
package import ParleyEvents

/// The files beside the tests of events, which other tests share.
package enum Fixtures {
    /// A file by its path below the folder of fixtures.
    package static func file(_ path: String) -> URL {
        URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("ParleyEventsTests/Fixtures/\(path)")
    }

    /// The objects of a file of JSON lines.
    package static func lines(_ path: String) throws -> [JSONObject] {
        try String(contentsOf: file(path), encoding: .utf8)
            .split(separator: "\n")
            .compactMap { try JSON(parsing: String($0)).objectValue }
    }

    /// The names of the files in a folder, sorted.
    package static func names(in folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: file(folder).path).sorted()
    }
}

extension EventSchema {
    /// What a server of that dialect may send.
    package static func server(_ dialect: Dialect) throws -> EventSchema {
        switch dialect {
        case .ga: try ga.get()
        case .beta: try beta.get()
        }
    }

    private static let ga = Result { try EventSchema(contentsOf: Fixtures.file("schema/ga.server.json")) }
    private static let beta = Result { try EventSchema(contentsOf: Fixtures.file("schema/beta.server.json")) }
}
