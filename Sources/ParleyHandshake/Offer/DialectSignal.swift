// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
package import ParleyEvents
import ParleyWebSocket

/// A sign in the handshake that the client speaks the beta dialect.
///
/// Without any it speaks GA.
package enum DialectSignal: String, Sendable, Hashable, CaseIterable {
    /// `OpenAI-Beta` lists `realtime=v1`.
    case betaHeader = "OpenAI-Beta header"
    /// `openai-beta.realtime-v1` is offered as subprotocol.
    case betaSubprotocol = "beta subprotocol"
    /// `/openai/realtime` with an `api-version` that ends in `-preview`, as Azure's preview service had it.
    case azurePreview = "Azure preview path"

    /// The signs in a handshake, in the order of the cases.
    static func signals(fields: HTTPFields, subprotocols: [String], target: RequestTarget) -> [DialectSignal] {
        var found: [DialectSignal] = []
        let betaLines = fields.filter { $0.name.canonicalName == "openai-beta" }.map(\.value)
        if HeaderLists.elements(of: betaLines).contains("realtime=v1") { found.append(.betaHeader) }
        if subprotocols.contains(Subprotocol.betaMarker) { found.append(.betaSubprotocol) }
        if target.comparablePath == RealtimePath.azurePreview,
            target.value("api-version")?.hasSuffix("-preview") == true
        {
            found.append(.azurePreview)
        }
        return found
    }
}

extension [DialectSignal] {
    /// The dialect of a connection, decided once from its handshake.
    package var dialect: Dialect { isEmpty ? .ga : .beta }
}
