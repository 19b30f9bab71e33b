// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// All causes that are known.
package enum Catalogue {
    /// Every cause, by class and then in the order of the documentation.
    package static let causes: [Cause] = []

    /// The cause of that id.
    package static func cause(_ id: String) -> Cause? { causes.first { $0.id == id } }
}
