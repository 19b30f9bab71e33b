// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// A client that people use: how it asks, what it puts up with, and how it words a failure.
///
/// A profile decides as its client decides. All facts were measured or read in the client's source.
package struct ClientProfile: Sendable, Identifiable {
    /// As reports name it.
    package let id: String
    /// As people name it.
    package let name: String
}

extension ClientProfile {
    /// Every client that is known.
    package static let all: [ClientProfile] = []

    /// The profile of that id, or of a name that people use for it (`browser`, `chrome`, `python`).
    package static func named(_ name: String) -> ClientProfile? { all.first { $0.id == name } }

    /// The handshake as this client sends it, secrets included.
    ///
    /// - Parameters:
    ///   - question: What the user said of the client: subprotocols, fields, origin. A browser cannot send fields of
    ///     its own. Without any of these, a client of the Realtime API brings what it always sends if the target is a
    ///     Realtime server, and otherwise asks as its WebSocket library does.
    ///   - address: Where it goes.
    ///   - key: The value of `Sec-WebSocket-Key`.
    /// - Returns: The request.
    package func request(_ question: Question, to address: TargetAddress, key: String) -> Exchange.Request {
        Exchange.Request(target: address.target, headers: [])
    }

    /// What this client meets, by the evidence.
    package func result(_ facts: Facts) -> Report.ProfileResult {
        Report.ProfileResult(id: id, connects: nil)
    }
}
