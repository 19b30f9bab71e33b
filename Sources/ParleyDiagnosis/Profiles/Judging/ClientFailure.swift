// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// Why a client does not get through, before it is put into that client's words.
package enum ClientFailure: Sendable, Equatable {
    // Before a packet leaves
    /// A scheme the client does not take.
    case scheme(String)
    /// Only `wss:` will do.
    case needsSecureScheme
    case fragment(String)
    /// Told to offer what is no token, or the same twice.
    case subprotocolToken(String)
    /// A port on the browsers' list.
    case blockedPort
    /// `ws:` from a page loaded over https.
    case mixedContent
    /// The page's policy, and the directive of it that says so.
    case contentPolicy(String)
    /// A public page, and a server on the local network.
    case localNetwork

    // On the way
    case noSuchName
    case resolverFailed
    case refused
    case connectionReset
    /// ENETUNREACH.
    case networkUnreachable
    /// EHOSTUNREACH.
    case hostUnreachable
    /// Nobody answered the connection attempt.
    case connectTimedOut
    /// The proxy's answer to CONNECT; nil for none that could be read.
    case proxy(Int?)

    // TLS
    case certificate(Exchange.CertificateFault)
    case alert(Int)
    case notTLS
    case tlsClosed
    case tlsReset
    case tlsTimedOut
    /// Anything else, in the doctor's words.
    case tls(String)

    // The answer
    case closedUnanswered
    case resetUnanswered
    /// Something that is no HTTP.
    case notHTTP
    /// No answer within the client's own limit.
    case tooSlow
    /// No answer, and the client would still be waiting.
    case silent
    case status(Int, String)
    /// A redirect that the client would follow, to an address that it does not take.
    case redirect(String)
    /// A 101 that it does not take, with the value at fault.
    case answer(AnswerDefect, String)

    // On the open connection
    case frame(AnswerDefect)
    /// A message of so many bytes, more than it takes.
    case tooBig(Int)
    /// A close frame from the server.
    case closed(Int?, String)
    /// An `error` event: its message, and the close frame after it, if one came.
    case errorEvent(String, close: Int?)
    /// No first event.
    case noEvent
    /// Another first event than the one awaited.
    case wrongEvent(String)
    case noEcho
    /// TCP ended without a close frame.
    case ended
    /// The client's own pings were not answered.
    case pingTimeout
}

/// What a client meets.
package enum ClientOutcome: Sendable, Equatable {
    case connects
    case fails(ClientFailure)
    /// The evidence does not tell; with what it would fail by if it were used.
    case unknown(ClientFailure?)
}
