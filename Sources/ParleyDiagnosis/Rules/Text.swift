// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// A text in both languages of the reports.
package struct Text: Codable, Sendable, Hashable {
    package var en: String
    package var zh: String

    package init(_ en: String, zh: String) {
        self.en = en
        self.zh = zh
    }

    /// The text in one language.
    package subscript(language: Language) -> String {
        switch language {
        case .en: en
        case .zh: zh
        }
    }
}

/// A language of the reports.
package enum Language: String, Codable, Sendable, CaseIterable {
    case en, zh
}
