// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// From evidence to a cause.
package struct Rule: Sendable {
    /// Of ``Cause``.
    package let causeID: String
    /// What the evidence says of this cause; nil for nothing.
    package let judge: @Sendable (Facts) -> Finding?

    package init(_ causeID: String, _ judge: @escaping @Sendable (Facts) -> Finding?) {
        self.causeID = causeID
        self.judge = judge
    }
}
