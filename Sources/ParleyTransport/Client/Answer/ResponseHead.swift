// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import HTTPTypes

/// Status line and fields of a response, read from the wire.
package struct ResponseHead: Sendable, Equatable {
    /// Three digits, 100–999.
    package let status: Int
    /// What stands behind the status; often empty.
    package let reason: String
    /// Whether the status line names HTTP/1.0.
    package let isHTTP10: Bool
    package let fields: HTTPFields
    /// The bytes from the status line to the empty line, as they came.
    package let raw: [UInt8]
}

extension ResponseHead {
    /// Reads the bytes of a complete head.
    ///
    /// A line may end with a bare LF (RFC 9112 section 2.2). A field name that is no token, white space before a
    /// colon, a folded line, and NUL or CR inside a value are taken for what they are: the work of something that
    /// does not speak HTTP/1.1 (sections 5.1 and 5.2).
    ///
    /// - Parameter raw: The head with the empty line that ends it.
    /// - Throws: ``ConnectFailure/Cause/headMalformed(_:)`` with the line in question.
    init(parsing raw: [UInt8]) throws(ConnectFailure.Cause) {
        var lines =
            raw.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .map { $0.last == UInt8(ascii: "\r") ? $0.dropLast() : $0 }[...]
        guard let first = lines.popFirst(), let line = StatusLine(first) else {
            throw .headMalformed(String(decoding: raw.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self))
        }
        status = line.status
        reason = line.reason
        isHTTP10 = line.isHTTP10
        var fields = HTTPFields()
        for line in lines where !line.isEmpty {
            guard let field = Self.field(line) else { throw .headMalformed(String(decoding: line, as: UTF8.self)) }
            fields.append(field)
        }
        self.fields = fields
        self.raw = raw
    }

    private static func field(_ line: ArraySlice<UInt8>) -> HTTPField? {
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")),
            let name = HTTPField.Name(String(decoding: line[..<colon], as: UTF8.self))
        else { return nil }
        let value = line[(colon + 1)...]
        guard !value.contains(0), !value.contains(UInt8(ascii: "\r")) else { return nil }
        return HTTPField(name: name, lenientValue: value.trimmingWhiteSpace)
    }
}

/// The first line of a response (RFC 9112 section 4).
private struct StatusLine {
    let isHTTP10: Bool
    let status: Int
    let reason: String

    init?(_ line: ArraySlice<UInt8>) {
        let parts = line.split(separator: UInt8(ascii: " "), maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count >= 2, parts[0].count == 8, let minor = parts[0].last, parts[1].count == 3,
            parts[1].allSatisfy((UInt8(ascii: "0")...UInt8(ascii: "9")).contains),
            let status = Int(String(decoding: parts[1], as: UTF8.self)), status >= 100
        else { return nil }
        isHTTP10 = minor == UInt8(ascii: "0")
        self.status = status
        reason = parts.count == 3 ? String(decoding: parts[2], as: UTF8.self) : ""
    }
}

extension ArraySlice<UInt8> {
    fileprivate var trimmingWhiteSpace: ArraySlice<UInt8> {
        let isWhiteSpace: (UInt8) -> Bool = { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
        guard let last = lastIndex(where: { !isWhiteSpace($0) }) else { return [] }
        return self[...last].drop(while: isWhiteSpace)
    }
}
