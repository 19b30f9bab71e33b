// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import ParleyWebSocket

extension Refusal {
    /// The answer to bytes that are no request head.
    package init(_ fault: RequestHeadFault) { self = Objection.head(fault).refusal(isInBand: false) }
}
