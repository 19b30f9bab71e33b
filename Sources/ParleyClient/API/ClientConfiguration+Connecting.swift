// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import HTTPTypes
internal import NIOCore
internal import ParleyEvents
internal import ParleyTransport
internal import ParleyWebSocket

extension ClientConfiguration {
    /// The address with its path and query.
    func address() throws(RealtimeConnectError) -> WebSocketURL {
        let text = url.prefix { $0 != "#" }
        let beforeQuery = text.prefix { $0 != "?" }
        let authority = beforeQuery.firstRange(of: "://").map { beforeQuery[$0.upperBound...] } ?? ""
        let hasPath = authority.drop { $0 != "/" }.count > 1
        var complete = String(beforeQuery)
        if !authority.isEmpty, !hasPath {
            complete = (complete.hasSuffix("/") ? String(complete.dropLast()) : complete) + "/v1/realtime"
        }
        var query = text.dropFirst(beforeQuery.count).dropFirst()
        if let model { query += (query.isEmpty ? "" : "&") + "model=" + Self.encoded(model) }
        if !query.isEmpty { complete += "?" + query }
        do throws(WebSocketURLError) {
            return try WebSocketURL(complete)
        } catch {
            throw RealtimeConnectError(settings: "The URL cannot be used: \(error.description)")
        }
    }

    /// How the transport is to open it.
    func options(
        for address: WebSocketURL,
        environment: [String: String]
    ) throws(RealtimeConnectError) -> ConnectOptions {
        var options = ConnectOptions()
        options.subprotocols = offeredSubprotocols + subprotocols
        for (name, value) in credentialFields + headers {
            guard let field = HTTPField.Name(name), HTTPField.isValidValue(value) else {
                throw RealtimeConnectError(settings: "The header field '\(name)' or its value is not allowed in HTTP.")
            }
            options.headers[field] = value
        }
        if offersCompression { options.compression = DeflateSettings() }
        options.connectTimeout = connectTimeout.timeAmount
        options.trustedCertificatesFile = trustedCertificatesFile
        options.verifiesCertificate = verifiesCertificate
        options.limits.maxMessageBytes = maximumMessageBytes
        options.limits.maxFrameBytes = maximumMessageBytes
        options.limits.pingInterval = pingInterval.timeAmount
        options.bufferLimits = MessageBuffer.Limits(bytes: bufferedBytes)
        do throws(ProxyURLError) {
            options.proxy =
                switch proxy {
                case .none: nil
                case .url(let text): try ProxyURL(text)
                case .environment: try ProxyURL.fromEnvironment(for: address, environment: environment)
                }
        } catch {
            throw RealtimeConnectError(settings: "The proxy cannot be used: \(error.description)")
        }
        return options
    }

    /// Protocol reference, section 2.4.
    private var offeredSubprotocols: [String] {
        guard carrier == .subprotocols else { return [] }
        var offered = ["realtime"]
        switch credential {
        case .key(let key), .azureKey(let key): offered.append("openai-insecure-api-key.\(key)")
        case nil: break
        }
        if dialect == .beta { offered.append("openai-beta.realtime-v1") }
        return offered
    }

    private var credentialFields: [(name: String, value: String)] {
        guard carrier == .headers else { return [] }
        var fields: [(name: String, value: String)] = []
        switch credential {
        case .key(let key): fields.append(("Authorization", "Bearer \(key)"))
        case .azureKey(let key): fields.append(("api-key", key))
        case nil: break
        }
        if dialect == .beta { fields.append(("OpenAI-Beta", "realtime=v1")) }
        return fields
    }

    /// Percent-encoding of a query's value (RFC 3986 section 2.1).
    private static func encoded(_ text: String) -> String {
        text.utf8.reduce(into: "") { result, byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                result.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                result += digits.count == 1 ? "%0\(digits)" : "%\(digits)"
            }
        }
    }
}

extension Duration {
    var timeAmount: TimeAmount {
        let (seconds, attoseconds) = components
        return .nanoseconds(
            seconds.multipliedReportingOverflow(by: 1_000_000_000).partialValue + attoseconds / 1_000_000_000
        )
    }
}
