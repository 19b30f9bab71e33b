// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

extension Exchange {
    /// Whether the server agreed to a WebSocket, however faulty the answer is.
    package var isUpgraded: Bool { response?.status == 101 && response?.version != nil }

    /// The status of the answer; nil when none came or it was no HTTP.
    package var status: Int? { response?.version == nil ? nil : response?.status }

    /// A field of the answer.
    package func header(_ name: String) -> String? { response?.headers.first(name) }
}
