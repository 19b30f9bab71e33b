// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyWebSocket

/// Puts the server's own name into the `Host` field of the first request of a connection; all other bytes stay.
package struct HostRewriter: Sendable {
    /// Longest head that is waited for, in bytes; a longer one passes unchanged.
    private static let longestHead = 64 * 1024

    private let host: String
    private var held: [UInt8]? = []

    package init(host: String) { self.host = host }

    /// Takes bytes of the client and gives those that may go on.
    package mutating func rewriting(_ bytes: [UInt8]) -> [UInt8] {
        guard var head = held else { return bytes }
        let searched = max(0, head.count - 3)
        head += bytes
        // What is no request need not be waited for.
        let isText = head.prefix(8).allSatisfy { $0 == 13 || $0 == 10 || (32..<127).contains($0) }
        guard isText, head.count <= Self.longestHead else {
            held = nil
            return head
        }
        let end = (searched..<max(searched, head.count - 3))
            .first { head[$0...].starts(with: [13, 10, 13, 10]) }
        guard let end else {
            held = head
            return []
        }
        held = nil
        let (line, value) = Self.hostLine(head[..<(end + 2)])
        guard line != nil, let value else { return head }
        return head[..<value.lowerBound] + Array(host.utf8) + head[value.upperBound...]
    }

    /// No more will come: what was held goes on as it is.
    package mutating func ended() -> [UInt8] {
        defer { held = nil }
        return held ?? []
    }

    /// Where the first `Host` line and its value are.
    private static func hostLine(_ head: ArraySlice<UInt8>) -> (Range<Int>?, Range<Int>?) {
        var start = head.startIndex
        while let end = head[start...].firstIndex(of: 10) {
            let line = head[start..<end]
            if let colon = line.firstIndex(of: UInt8(ascii: ":")),
                HeaderText.matches(String(decoding: line[..<colon], as: UTF8.self), "Host")
            {
                let last = line.last == 13 ? line.endIndex - 1 : line.endIndex
                let first = line[(colon + 1)..<last].firstIndex { $0 != 32 && $0 != 9 } ?? last
                return (start..<end, first..<last)
            }
            start = end + 1
        }
        return (nil, nil)
    }
}
