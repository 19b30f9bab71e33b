// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import HTTPTypes

/// A request line and its fields as they were sent (RFC 9112 sections 3 and 5).
package struct RequestHead: Sendable, Equatable {
    /// A token.
    package let method: HTTPRequest.Method
    /// Not decoded; bytes that are no UTF-8 are repaired.
    package let target: String
    /// Whether the request line named HTTP/1.0.
    package let isHTTP10: Bool
    /// The first `Host`; further ones stay among the fields.
    package let authority: String?
    /// All other fields in the order sent.
    package let fields: HTTPFields
}
