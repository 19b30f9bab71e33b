// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// What to do with a request, why, and what the client brought.
package struct Decision: Sendable {
    /// What to do.
    package let admission: Admission
    /// What the client brought.
    package let offer: ClientOffer
    private let explain: @Sendable () -> Explanation

    /// A decision that can be explained.
    ///
    /// - Parameters:
    ///   - admission: What to do.
    ///   - offer: What the client brought.
    ///   - explain: Puts the reason into words; that takes longer than the decision, and few are read.
    init(admission: Admission, offer: ClientOffer, explain: @escaping @Sendable () -> Explanation) {
        self.admission = admission
        self.offer = offer
        self.explain = explain
    }

    /// Why, without secrets; made anew each time.
    package var explanation: Explanation { explain() }
}
