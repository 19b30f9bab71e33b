// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleySession

/// How a response ended, as logs and metrics name it.
package enum ResponseOutcome: String, Sendable, CaseIterable {
    case completed, incomplete, failed, cancelled

    /// What its last progress means; `nil` if there was none, since it was cancelled.
    init(_ end: ResponseProgress?) {
        switch end {
        case .finished(.completed, _): self = .completed
        case .finished: self = .incomplete
        case .failed: self = .failed
        default: self = .cancelled
        }
    }
}
