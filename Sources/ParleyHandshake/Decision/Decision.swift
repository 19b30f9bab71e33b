// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// What to do with a request, why, and what the client brought.
package struct Decision: Sendable {
    /// What to do.
    package let admission: Admission
    /// Why, without secrets.
    package let explanation: Explanation
    /// What the client brought.
    package let offer: ClientOffer
}
