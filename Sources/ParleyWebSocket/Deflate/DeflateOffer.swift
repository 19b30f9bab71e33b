// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// `permessage-deflate` with its parameters, as a client offers it or a server answers (RFC 7692 section 7.1).
package struct DeflateOffer: Sendable, Equatable {
    /// The name of the extension.
    package static let name = "permessage-deflate"
    /// What a window can measure, as the logarithm to base 2 of its bytes.
    package static let windowBits = 8...15

    /// Whose words these are: some parameters mean different things.
    package enum Side: Sendable {
        case client, server
    }

    /// What `client_max_window_bits` says.
    package enum ClientWindow: Sendable, Equatable {
        /// Without a value: the client can keep any.
        case any
        /// The client will keep that many bits, or has to.
        case bits(Int)
    }

    /// The server shall compress each message for itself.
    package var serverNoContextTakeover = false
    /// The client shall, or is going to, compress each message for itself.
    package var clientNoContextTakeover = false
    /// 8–15; nil where nothing is said.
    package var serverMaxWindowBits: Int?
    /// Nil where nothing is said: a server must not limit the window then.
    package var clientMaxWindowBits: ClientWindow?

    /// Without any parameter.
    package init() {}

    /// Reads an element whose name is ``name``.
    ///
    /// - Parameters:
    ///   - element: What stands between commas.
    ///   - side: Who says it.
    /// - Throws: The first parameter that is unknown, repeated, or has a value it cannot have.
    package init(_ element: ExtensionElement, from side: Side) throws(DeflateFault) {
        var seen: Set<String> = []
        for parameter in element.parameters {
            guard seen.insert(parameter.name).inserted else { throw .repeatedParameter(parameter.name) }
            switch parameter.name {
            case "server_no_context_takeover": serverNoContextTakeover = try Self.flag(parameter)
            case "client_no_context_takeover": clientNoContextTakeover = try Self.flag(parameter)
            case "server_max_window_bits": serverMaxWindowBits = try Self.bits(parameter)
            case "client_max_window_bits" where parameter.value == nil && side == .client: clientMaxWindowBits = .any
            case "client_max_window_bits": clientMaxWindowBits = .bits(try Self.bits(parameter))
            default: throw .unknownParameter(parameter.name)
            }
        }
    }

    /// The element as it stands in the field.
    package var text: String {
        var parts = [Self.name]
        if serverNoContextTakeover { parts.append("server_no_context_takeover") }
        if clientNoContextTakeover { parts.append("client_no_context_takeover") }
        if let serverMaxWindowBits { parts.append("server_max_window_bits=\(serverMaxWindowBits)") }
        switch clientMaxWindowBits {
        case nil: break
        case .any: parts.append("client_max_window_bits")
        case .bits(let bits): parts.append("client_max_window_bits=\(bits)")
        }
        return parts.joined(separator: "; ")
    }

    private static func flag(_ parameter: ExtensionElement.Parameter) throws(DeflateFault) -> Bool {
        guard parameter.value == nil else { throw invalid(parameter) }
        return true
    }

    /// A decimal number without leading zeros (RFC 7692 section 7.1.2).
    private static func bits(_ parameter: ExtensionElement.Parameter) throws(DeflateFault) -> Int {
        guard let bits = windowBits.first(where: { String($0) == parameter.value }) else { throw invalid(parameter) }
        return bits
    }

    private static func invalid(_ parameter: ExtensionElement.Parameter) -> DeflateFault {
        .invalidValue(parameter: parameter.name, value: parameter.value)
    }
}
