// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

extension ClientProfile {
    /// Every client that is known: what people use with the Realtime API, then plain WebSocket clients.
    package static let all: [ClientProfile] =
        browsers + node + python + compiled + [postman, wscat, arduino, bare]

    /// Those the doctor tries for a question: the ones it names, else the usual ones.
    package static func selected(_ question: Question) -> [ClientProfile] {
        let wanted = Set(question.clients.compactMap { named($0)?.id })
        return wanted.isEmpty ? all.filter(\.isUsual) : all.filter { wanted.contains($0.id) }
    }

    /// The profile of that id, or of a name that people use for it (`browser`, `chrome`, `python`).
    package static func named(_ name: String) -> ClientProfile? {
        let wanted = plain(name)
        return all.first { plain($0.id) == wanted }
            ?? all.first { profile in profile.aliases.contains { plain($0) == wanted } }
            ?? all.first { plain($0.name) == wanted }
    }

    /// What can be written for each client, for help and suggestions: the id first.
    package static var names: [String] { all.flatMap { [$0.id] + $0.aliases } }

    /// Case and the marks between words do not count.
    private static func plain(_ name: String) -> String {
        String(decoding: name.utf8.filter { !" -_/.".utf8.contains($0) }.map { $0 | 0x20 }, as: UTF8.self)
    }
}
