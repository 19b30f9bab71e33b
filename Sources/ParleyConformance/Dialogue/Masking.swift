// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// Takes secrets out of everything that is shown or stored.
package struct Masking: Sendable {
    private let secrets: [String]

    /// - Parameter secrets: Texts to hide; too short ones would hide ordinary words and are left out.
    package init(secrets: [String]) {
        self.secrets = secrets.filter { $0.utf8.count >= 4 }.sorted { $0.utf8.count > $1.utf8.count }
    }

    /// The text with every secret replaced by `***`.
    package func masked(_ text: String) -> String {
        secrets.reduce(text) { text, secret in
            text.split(separator: secret, omittingEmptySubsequences: false).joined(separator: "***")
        }
    }
}
