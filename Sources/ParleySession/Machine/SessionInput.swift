// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore
package import ParleyEvents

/// What happens to a session: all that its behaviour depends on, beside the time.
package enum SessionInput: Sendable, Equatable {
    /// The connection is open.
    case opened
    /// A client event that could be read, with the id the client gave it.
    case client(ClientEvent, eventID: String?)
    /// An event of the engine.
    case engine(EngineEvent)
    /// A timer has fired.
    case fired(SessionTimer)
}

extension SessionLogic {
    /// Something has happened.
    package mutating func received(_ input: SessionInput, at now: NIODeadline, into actions: inout [SessionAction]) {
        switch input {
        case .opened: opened(into: &actions)
        case .client(let event, let eventID): received(event, eventID: eventID, at: now, into: &actions)
        case .engine(let event): received(event, at: now, into: &actions)
        case .fired(let timer): fired(timer, at: now, into: &actions)
        }
    }
}
