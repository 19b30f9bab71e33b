// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// Finds a string in an event without building a JSON value.
///
/// It reads the members of the outermost object one after the other and stops at the one that is wanted, which for the
/// type of an event is nearly always the first.
package enum EventScan {
    /// The content of a string member, between its quotation marks, escapes and all.
    ///
    /// - Parameters:
    ///   - name: The member's name, without characters that JSON escapes.
    ///   - bytes: A JSON object.
    /// - Returns: Where it is; nil if there is no such member, or it is no string, or this is no JSON object. What
    ///   follows the member is not looked at.
    package static func string(_ name: StaticString, in bytes: UnsafeRawBufferPointer) -> Range<Int>? {
        var cursor = Cursor(bytes: bytes)
        guard cursor.takes(UInt8(ascii: "{")) else { return nil }
        repeat {
            guard let key = cursor.string(), cursor.takes(UInt8(ascii: ":")) else { return nil }
            let isWanted = cursor.holds(key, name)
            if cursor.isAtString {
                guard let value = cursor.string() else { return nil }
                if isWanted { return value }
            } else {
                if isWanted { return nil }
                cursor.skipOther()
            }
        } while cursor.takes(UInt8(ascii: ","))
        return nil
    }

    /// Whether these bytes are that text.
    package static func matches(_ text: StaticString, _ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> Bool {
        Cursor(bytes: bytes).holds(range, text)
    }
}

private struct Cursor {
    let bytes: UnsafeRawBufferPointer
    var position = 0

    init(bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    private mutating func skipWhiteSpace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x0A, 0x0D, 0x09: position += 1
            default: return
            }
        }
    }

    mutating func takes(_ byte: UInt8) -> Bool {
        skipWhiteSpace()
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    var isAtString: Bool {
        mutating get {
            skipWhiteSpace()
            return position < bytes.count && bytes[position] == UInt8(ascii: "\"")
        }
    }

    /// The string that comes next; a quotation mark behind an odd number of backslashes does not end it.
    mutating func string() -> Range<Int>? {
        guard takes(UInt8(ascii: "\"")), let base = bytes.baseAddress else { return nil }
        let start = position
        while position < bytes.count,
            let found = memchr(base + position, Int32(UInt8(ascii: "\"")), bytes.count - position)
        {
            let end = UnsafeRawPointer(found) - base
            position = end + 1
            var backslashes = 0
            while end - backslashes > start, bytes[end - backslashes - 1] == UInt8(ascii: "\\") { backslashes += 1 }
            if backslashes.isMultiple(of: 2) { return start..<end }
        }
        return nil
    }

    /// Steps over a number, a literal, an array or an object.
    mutating func skipOther() {
        var depth = 0
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                guard string() != nil else {
                    position = bytes.count
                    return
                }
                continue
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if depth == 0 { return }
                depth -= 1
            case UInt8(ascii: ",") where depth == 0: return
            default: break
            }
            position += 1
        }
    }

    func holds(_ range: Range<Int>, _ text: StaticString) -> Bool {
        guard range.count == text.utf8CodeUnitCount, let base = bytes.baseAddress else { return false }
        return memcmp(base + range.lowerBound, text.utf8Start, range.count) == 0
    }
}
