// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import HTTPTypes

/// The fields that answer an upgrade.
package enum UpgradeResponse {
    /// The 101 that every measured client takes (RFC 6455 section 4.2.2, step 5).
    ///
    /// `Upgrade` and `Connection` have one value each (a list fails three clients), there are no body fields, and
    /// at most one subprotocol.
    ///
    /// - Parameters:
    ///   - acceptValue: what `AcceptKey.value(for:)` made of the client's key.
    ///   - subprotocol: exactly one of those the client offered, byte for byte, or nil for no such field.
    ///   - extensions: the agreed `Sec-WebSocket-Extensions` value, only ever an answer to an offer.
    /// - Returns: the fields in the order above.
    package static func fields(acceptValue: String, subprotocol: String?, extensions: String? = nil) -> HTTPFields {
        var fields = invitation
        fields.append(HTTPField(name: .secWebSocketAccept, value: acceptValue))
        if let subprotocol { fields.append(HTTPField(name: .secWebSocketProtocol, value: subprotocol)) }
        if let extensions { fields.append(HTTPField(name: .secWebSocketExtensions, value: extensions)) }
        return fields
    }

    /// `Upgrade` and the `Connection` that must accompany it (RFC 9110 section 7.8), as in a 101 and a 426.
    package static var invitation: HTTPFields {
        [.upgrade: "websocket", .connection: "Upgrade"]
    }
}
