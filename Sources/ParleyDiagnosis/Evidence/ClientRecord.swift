// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// What a real client did: seen from between it and its server, or by a listener that played the server.
package struct ClientRecord: Codable, Sendable, Equatable {
    /// The first bytes, when they are no HTTP request: a TLS hello on a plain port, another protocol.
    package var notHTTP: Bytes?
    /// Whether those bytes are a TLS hello.
    package var isTLSHello: Bool
    /// The request as the client sent it, masked.
    package var request: Exchange.Request?
    /// Whether `Sec-WebSocket-Key` was 16 bytes in base64; nil if there was none.
    package var keyIsValid: Bool?
    /// Whether every subprotocol offered is a token and none is offered twice; nil if none was.
    package var subprotocolsAreValid: Bool?
    /// The answer that the client got.
    package var response: Exchange.Response?
    /// Both directions behind the 101.
    package var conversation: Conversation?
    /// Whether the server's close frame came before the client's; nil without one.
    package var serverClosedFirst: Bool?
    /// Which side ended the connection first, and how.
    ///
    /// When both are nil, it was still open. An end of the client that is `enough` means that the watching ended.
    package var clientEnd: Exchange.End?
    package var serverEnd: Exchange.End?
    /// Why the server could not be reached (tap only).
    package var upstreamFailure: Exchange?
    /// The exit status of the client program, when it was run by us.
    package var exitStatus: Int?

    /// Which known clients the request looks like (mirror only).
    package var likeness: Likeness?

    package init() { isTLSHello = false }
}
