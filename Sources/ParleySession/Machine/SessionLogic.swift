// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore
package import ParleyEvents

/// What decides for one connection: events and time in, actions out.
package protocol SessionLogic: Sendable {
    /// The configuration in force.
    var session: Session { get }
    /// The format of the audio that the client appends.
    ///
    /// It is asked for with every message. `mutating`, because a getter is given a copy of the whole session.
    var inputFormat: AudioFormat { mutating get }
    /// Whether an answer is under way, which stopping now would cut off.
    var isResponding: Bool { get }

    /// The connection is open: the server speaks first.
    mutating func opened(into actions: inout [SessionAction])
    /// A client event that could be read; `eventID` is the client's, for errors.
    mutating func received(
        _ event: ClientEvent,
        eventID: String?,
        at now: NIODeadline,
        into actions: inout [SessionAction]
    )
    /// An event of the engine.
    mutating func received(_ event: EngineEvent, at now: NIODeadline, into actions: inout [SessionAction])
    /// A timer that was started has fired.
    mutating func fired(_ timer: SessionTimer, at now: NIODeadline, into actions: inout [SessionAction])
}
