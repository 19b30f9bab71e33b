// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// A host and an optional port, as in `Host` (RFC 9110 section 7.2) and in an origin (RFC 6454 section 6.1).
package struct HostPort: Sendable, Hashable {
    /// Lower case, without the brackets of an IPv6 address and without the dot that ends an absolute name.
    package let host: String
    /// 0–65535; nil when none was written.
    package let port: Int?

    /// Nil for what is no host: empty, user information, a path, white space, an unclosed bracket, a bad port.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        let hostBytes: ArraySlice<UInt8>
        let rest: ArraySlice<UInt8>
        if bytes.first == UInt8(ascii: "[") {
            guard let end = bytes.firstIndex(of: UInt8(ascii: "]")) else { return nil }
            hostBytes = bytes[1..<end]
            rest = bytes[(end + 1)...]
            guard hostBytes.allSatisfy({ Self.isNameByte($0) || $0 == UInt8(ascii: ":") }) else { return nil }
        } else {
            let end = bytes.firstIndex(of: UInt8(ascii: ":")) ?? bytes.endIndex
            hostBytes = bytes[..<end]
            rest = bytes[end...]
            guard hostBytes.allSatisfy(Self.isNameByte) else { return nil }
        }
        var name = HeaderText.lowercased(String(decoding: hostBytes, as: UTF8.self))
        if name.hasSuffix(".") { name.removeLast() }
        // A colon with nothing behind it is allowed and means no port (RFC 3986 section 3.2.3).
        let digits = rest.dropFirst()
        let number = Int(String(decoding: digits, as: UTF8.self))
        guard !name.isEmpty, !name.hasSuffix("."), rest.isEmpty || rest.first == UInt8(ascii: ":"), digits.count <= 5,
            digits.allSatisfy((UInt8(ascii: "0")...UInt8(ascii: "9")).contains), number ?? 0 <= 65535
        else { return nil }
        self.host = name
        self.port = number
    }

    /// Whether the host can only mean this machine.
    ///
    /// That is `localhost` and names under it (RFC 6761 section 6.3),
    /// 127.0.0.0/8, `::1` and IPv4-mapped loopback. No DNS record can make another name pass.
    package var isLoopback: Bool {
        if host == "localhost" || host.hasSuffix(".localhost") { return true }
        return host.utf8.contains(UInt8(ascii: ":")) ? Self.isLoopbackIPv6(host) : Self.isLoopbackIPv4(host)
    }

    /// The host as it stands in a URL, with brackets round an IPv6 address, and the port where there is one.
    package var text: String {
        let name = host.contains(":") ? "[\(host)]" : host
        guard let port else { return name }
        return "\(name):\(port)"
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        HeaderText.isAlphanumeric(byte) || "-._~%".utf8.contains(byte)
    }

    /// Four numbers of which the first is 127, written as they usually are: others read zeros in front as octal.
    private static func isLoopbackIPv4(_ text: some StringProtocol) -> Bool {
        var numbers: [Int] = []
        var number: Int?
        for byte in text.utf8 {
            switch (byte, number) {
            case (UInt8(ascii: "."), let whole?):
                numbers.append(whole)
                number = nil
            case (UInt8(ascii: "0")...UInt8(ascii: "9"), 0): return false
            case (UInt8(ascii: "0")...UInt8(ascii: "9"), _):
                number = (number ?? 0) * 10 + Int(byte - UInt8(ascii: "0"))
            default: return false
            }
            if number ?? 0 > 255 || numbers.count > 3 { return false }
        }
        return numbers.count == 3 && numbers[0] == 127 && number != nil
    }

    private static func isLoopbackIPv6(_ text: String) -> Bool {
        let groups = text.split(separator: ":", omittingEmptySubsequences: false)
        guard let last = groups.last else { return false }
        let mapped = "::ffff:"
        if text.hasPrefix(mapped) {
            let address = text.dropFirst(mapped.count)
            return isLoopbackIPv4(address) || (groups.count == 5 && groups[3].count == 4 && groups[3].hasPrefix("7f"))
        }
        let zeros = text.dropLast(last.count)
        return Int(last) == 1 && zeros.allSatisfy { $0 == "0" || $0 == ":" }
    }
}
