// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import ParleyWebSocket

/// Which web pages may open a connection.
///
/// Clients that are no browser send no `Origin` and are not concerned.
package struct OriginPolicy: Sendable, Hashable {
    /// When an origin of `file://` passes.
    package enum LocalFiles: String, Sendable, Hashable, CaseIterable {
        case never
        /// Only where a key is demanded as well. arduinoWebSockets sends `file://` from every device, and a device
        /// can only reach a server that has keys; a server without keys is reached by pages on this disk alone.
        case withKeys
        case always
    }

    /// Pages allowed beside the server's own.
    package var allowed: [OriginPattern]
    /// Whether pages served from this machine, on any port, pass: the usual case while developing.
    package var allowsLoopback: Bool
    /// Whether `null` passes.
    ///
    /// Any page can produce it with a sandboxed frame, so it is as good as every origin.
    package var allowsNull: Bool
    /// When `file://` passes.
    package var localFiles: LocalFiles

    /// Own origin and loopback pass, `file://` where keys are demanded, nothing else unless it is listed.
    package init(
        allowed: [OriginPattern] = [],
        allowsLoopback: Bool = true,
        allowsNull: Bool = false,
        localFiles: LocalFiles = .withKeys
    ) {
        self.allowed = allowed
        self.allowsLoopback = allowsLoopback
        self.allowsNull = allowsNull
        self.localFiles = localFiles
    }

    /// Judges an origin.
    ///
    /// - Parameters:
    ///   - text: the `Origin` field as sent; nil when there is none.
    ///   - host: the `Host` of the same request.
    ///   - demandsKey: whether the connection will also have to present a key.
    /// - Returns: the rule that decided.
    package func verdict(on text: String?, host: HostPort?, demandsKey: Bool) -> OriginVerdict {
        guard let text else { return .absent }
        let origin = Origin(text)
        if allowed.contains(where: { $0.matches(origin) }) { return .listed }
        switch origin {
        case .opaque:
            return allowsNull ? .listed : .refusedNull
        case .file:
            let allows = localFiles == .always || (localFiles == .withKeys && demandsKey)
            return allows ? .localFile : .refusedFile
        case .server(_, let address):
            if origin.isServersOwn(host) { return .serversOwn }
            if allowsLoopback, address.isLoopback { return .loopback }
            return address.host == host?.host ? .refusedPort : .refusedForeign
        case .malformed:
            return .refusedMalformed
        }
    }
}

/// The rule by which an origin passed or did not.
package enum OriginVerdict: String, Sendable, Hashable, CaseIterable {
    case absent
    case serversOwn
    case loopback
    case listed
    case localFile
    case refusedNull
    case refusedFile
    case refusedPort
    case refusedForeign
    case refusedMalformed

    /// Whether the connection may go on.
    package var passes: Bool {
        switch self {
        case .absent, .serversOwn, .loopback, .listed, .localFile: true
        case .refusedNull, .refusedFile, .refusedPort, .refusedForeign, .refusedMalformed: false
        }
    }
}
