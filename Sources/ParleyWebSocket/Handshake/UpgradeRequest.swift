// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import HTTPTypes

/// The part of a request head that decides whether a WebSocket can be opened at all (RFC 6455 section 4.2.1).
package struct UpgradeRequest: Sendable {
    /// The one protocol version spoken here (RFC 6455 section 4.1).
    package static let supportedVersion = "13"

    // Only what the rules look at is kept: the other fields may hold secrets, and this value may be printed.
    private let isGet: Bool
    private let isHTTP10: Bool
    private let hosts: [String]
    /// The parsed `Host`; nil when it is missing, repeated or malformed.
    package let host: HostPort?
    private let asksForWebSocket: Bool
    private let connectionListsUpgrade: Bool
    private let versions: [String]
    private let keys: [String]
    private let speaksObsoleteDraft: Bool
    private let announcesBody: Bool

    /// Whether the client means a WebSocket.
    ///
    /// A proxy that drops `Upgrade` leaves the other fields in place, and a client that forgot it is better told so
    /// than answered as if it had asked for a page.
    package let isAttempt: Bool

    /// Takes what a server has of a request head, or what a client is about to send.
    ///
    /// - Parameters:
    ///   - method: the request's method; only GET opens a WebSocket.
    ///   - authority: the first `Host`, where the HTTP layer has moved it out of the fields. Any `Host` still among
    ///     the fields then counts as a second one.
    ///   - fields: the header fields as received, in any spelling of their names.
    ///   - isHTTP10: whether the request line named HTTP/1.0 or older.
    package init(method: HTTPRequest.Method, authority: String?, fields: HTTPFields, isHTTP10: Bool) {
        var hosts = authority.map { [HeaderText.trimmed($0)] } ?? []
        var versions: [String] = []
        var keys: [String] = []
        var asksForWebSocket = false
        var connectionListsUpgrade = false
        var offers = false
        var speaksObsoleteDraft = false
        var announcesBody = false
        for field in fields {
            let value = field.value
            switch field.name.canonicalName {
            case "host": hosts.append(HeaderText.trimmed(value))
            case "upgrade": asksForWebSocket = asksForWebSocket || HeaderLists.contains("websocket", in: [value])
            case "connection":
                connectionListsUpgrade = connectionListsUpgrade || HeaderLists.contains("upgrade", in: [value])
            case "sec-websocket-version": versions.append(HeaderText.trimmed(value))
            case "sec-websocket-key": keys.append(HeaderText.trimmed(value))
            case "sec-websocket-protocol", "sec-websocket-extensions": offers = true
            // Clients of the drafts before version 4 sent this in place of Sec-WebSocket-Key.
            case "sec-websocket-key1": speaksObsoleteDraft = true
            case "transfer-encoding": announcesBody = true
            case "content-length":
                announcesBody = announcesBody || HeaderLists.elements(of: [value]).contains { $0 != "0" }
            default: break
            }
        }
        self.isGet = method == .get
        self.isHTTP10 = isHTTP10
        self.hosts = hosts
        self.host = hosts.count == 1 ? hosts.first.flatMap(HostPort.init) : nil
        self.asksForWebSocket = asksForWebSocket
        self.connectionListsUpgrade = connectionListsUpgrade
        self.versions = versions
        self.keys = keys
        self.speaksObsoleteDraft = speaksObsoleteDraft
        self.announcesBody = announcesBody
        self.isAttempt = asksForWebSocket || offers || !versions.isEmpty || !keys.isEmpty
    }

    /// Everything that is wrong, the most telling first; empty when a 101 may be sent.
    package var faults: [UpgradeFault] {
        var found: [UpgradeFault] = []
        if !isGet { found.append(.methodNotGet) }
        // Before the HTTP version: a proxy that forwards as HTTP/1.0 drops Upgrade too, and that is the cause to name.
        if !asksForWebSocket { found.append(.upgradeMissing) }
        if isHTTP10 { found.append(.httpVersionTooOld) }
        if !connectionListsUpgrade { found.append(.connectionMissing) }
        if let fault = hostFault { found.append(fault) }
        if let fault = versionFault { found.append(fault) }
        if let fault = keyFault { found.append(fault) }
        if announcesBody { found.append(.bodyPresent) }
        return found
    }

    /// What is wrong with the `Host` of a request that asks for no WebSocket (RFC 9112 section 3.2).
    ///
    /// HTTP/1.0 may leave it out.
    package var plainFault: UpgradeFault? { isAttempt || isHTTP10 && hosts.isEmpty ? nil : hostFault }

    /// The `Sec-WebSocket-Accept` value for a request without any fault.
    ///
    /// - Throws: the first fault.
    /// - Returns: 28 characters.
    package func acceptValue() throws(UpgradeFault) -> String {
        if let fault = faults.first { throw fault }
        guard let key = keys.first else { throw .keyMissing }
        return AcceptKey.value(for: key)
    }

    private var hostFault: UpgradeFault? {
        if hosts.allSatisfy(\.isEmpty) { return .hostMissing }
        if hosts.count > 1 { return .hostRepeated }
        return host == nil ? .hostMalformed : nil
    }

    private var versionFault: UpgradeFault? {
        if versions == [Self.supportedVersion] { return nil }
        if speaksObsoleteDraft { return .draftObsolete }
        return versions.allSatisfy(\.isEmpty) ? .versionMissing : .versionUnsupported
    }

    private var keyFault: UpgradeFault? {
        if keys.allSatisfy(\.isEmpty) { return .keyMissing }
        if keys.count > 1 { return .keyRepeated }
        return keys.allSatisfy(AcceptKey.isWellFormed) ? nil : .keyMalformed
    }
}
