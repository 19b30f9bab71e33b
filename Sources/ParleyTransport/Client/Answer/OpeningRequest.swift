// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import HTTPTypes
internal import NIOCore
package import ParleyWebSocket

/// The client's half of the opening handshake and its judgement of the server's half (RFC 6455 section 4.1).
package struct OpeningRequest: Sendable {
    private let target: String
    /// The value of `Host`, nil if it is among the fields.
    private let host: String?
    /// The fields in the order sent, `Host` in front of them apart.
    package let fields: HTTPFields
    private let requiresSubprotocol: Bool
    /// What is offered of compression; nil also if the field was set by hand.
    private let compression: DeflateOffer?

    /// Checks and puts together what is to be asked.
    ///
    /// A field of ``ConnectOptions/headers`` replaces the one of that name the handshake would write itself.
    ///
    /// - Throws: ``ConnectFailure/Cause/subprotocolInvalid(_:)`` for a subprotocol no client may offer.
    package init(_ url: WebSocketURL, options: ConnectOptions) throws(ConnectFailure.Cause) {
        var seen: Set<String> = []
        for subprotocol in options.subprotocols {
            guard HeaderText.isToken(subprotocol), seen.insert(subprotocol).inserted else {
                throw .subprotocolInvalid(subprotocol)
            }
        }
        target = url.target
        requiresSubprotocol = options.requiresSubprotocol
        var own: HTTPFields = [
            .upgrade: "websocket", .connection: "Upgrade",
            .secWebSocketKey: options.websocketKey(), .secWebSocketVersion: UpgradeRequest.supportedVersion,
        ]
        if !options.subprotocols.isEmpty {
            own[.secWebSocketProtocol] = options.subprotocols.joined(separator: ", ")
        }
        if let settings = options.compression { own[.secWebSocketExtensions] = DeflateOffer(settings).text }
        let replaced = Set(options.headers.map(\.name))
        host = replaced.contains { $0.canonicalName == "host" } ? nil : url.hostHeader
        compression = replaced.contains(.secWebSocketExtensions) ? nil : options.compression.map { DeflateOffer($0) }
        fields = HTTPFields(own.filter { !replaced.contains($0.name) } + options.headers)
    }

    /// The subprotocols offered, also by a field set by hand.
    package var offeredSubprotocols: [String] { HeaderLists.elements(of: fields[values: .secWebSocketProtocol]) }

    /// The request as it goes on the wire.
    package var bytes: [UInt8] {
        var text = "GET \(target) HTTP/1.1\r\n"
        if let host { text += "Host: \(host)\r\n" }
        for field in fields { text += "\(field.name.rawName): \(field.value)\r\n" }
        return Array((text + "\r\n").utf8)
    }

    /// Compares an answer with the request (RFC 6455 section 4.1).
    ///
    /// - Parameter answer: What the server said.
    /// - Returns: Everything that is wrong, the most telling first; empty when the connection is open.
    package func faults(of answer: Answer) -> [ConnectFailure.Cause] {
        let head = answer.head
        guard head.status == 101 else {
            return [.status(code: head.status, headers: head.fields, body: answer.body)]
        }
        return [
            upgradeFault(head), connectionFault(head), acceptFault(head), extensionFault(head), compressionFault(head),
            subprotocolFault(head),
        ]
        .compactMap { $0 }
    }

    private func upgradeFault(_ head: ResponseHead) -> ConnectFailure.Cause? {
        let values = head.fields[values: .upgrade]
        guard let first = values.first else { return .upgradeMissing }
        return values.count == 1 && HeaderText.matches(first, "websocket")
            ? nil : .upgradeOther(values.joined(separator: ", "))
    }

    private func connectionFault(_ head: ResponseHead) -> ConnectFailure.Cause? {
        let values = head.fields[values: .connection]
        guard !values.isEmpty else { return .connectionMissing }
        return HeaderLists.contains("upgrade", in: values) ? nil : .connectionOther(values.joined(separator: ", "))
    }

    private func acceptFault(_ head: ResponseHead) -> ConnectFailure.Cause? {
        let values = head.fields[values: .secWebSocketAccept]
        guard !values.isEmpty else { return .acceptMissing }
        return values == [AcceptKey.value(for: fields[.secWebSocketKey] ?? "")]
            ? nil : .acceptWrong(values.joined(separator: ", "))
    }

    private func extensionFault(_ head: ResponseHead) -> ConnectFailure.Cause? {
        func names(_ fields: HTTPFields) -> [String] {
            HeaderLists.elements(of: fields[values: .secWebSocketExtensions])
                .map { HeaderText.trimmed(String($0.prefix { $0 != ";" })) }
        }
        let offered = names(fields)
        return names(head.fields).first { !offered.contains($0) }.map { .extensionNotOffered($0) }
    }

    private func compressionFault(_ head: ResponseHead) -> ConnectFailure.Cause? {
        do throws(DeflateFault) {
            _ = try compression(agreedIn: head)
            return nil
        } catch {
            return .compressionMisunderstood(error)
        }
    }

    /// What the server agreed to of the compression offered.
    ///
    /// - Throws: Why the answer cannot be kept.
    /// - Returns: Nil if nothing was offered or the server does not want to.
    func compression(agreedIn head: ResponseHead) throws(DeflateFault) -> DeflateAgreement? {
        guard let compression else { return nil }
        return try .judging(head.fields[values: .secWebSocketExtensions], to: compression)
    }

    private func subprotocolFault(_ head: ResponseHead) -> ConnectFailure.Cause? {
        let values = head.fields[values: .secWebSocketProtocol]
        let offered = offeredSubprotocols
        guard let chosen = values.first else {
            return requiresSubprotocol && !offered.isEmpty ? .subprotocolMissing : nil
        }
        if values.count > 1 { return .subprotocolRepeated(values) }
        // Compared as bytes: String equality would take other forms of the same characters too.
        return offered.contains { $0.utf8.elementsEqual(chosen.utf8) } ? nil : .subprotocolNotOffered(chosen)
    }
}
