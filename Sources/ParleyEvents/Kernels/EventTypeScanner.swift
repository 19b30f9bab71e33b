// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import CParleyKernels
public import NIOCore

/// Finds the `type` of an event without building a JSON value.
///
/// For whoever hands messages on and has to know what kind they are: nothing is checked but what lies on the way, and
/// of several members with that name the first is found. Who has to be certain reads the whole message as JSON.
public enum EventTypeScanner {
    /// Where the type's text is, counted from the first readable byte.
    ///
    /// - Returns: Nil if there is no object with a top-level `type` that is a string without escapes.
    public static func type(in message: ByteBuffer) -> Range<Int>? {
        message.withUnsafeReadableBytes { type(in: $0) }
    }

    /// Where the type's text is in those bytes, see ``type(in:)-(ByteBuffer)``.
    package static func type(in message: UnsafeRawBufferPointer) -> Range<Int>? {
        guard let base = message.bindMemory(to: UInt8.self).baseAddress else { return nil }
        var walk = MemberWalk(bytes: base, count: message.count)
        return walk.type()
    }

    /// Whether a message is an `input_audio_buffer.append` and can be read as nothing else, whoever reads it.
    public static func isPlainAppend(_ message: ByteBuffer) -> Bool {
        message.withUnsafeReadableBytes { AppendScanner($0) != nil }
    }
}

/// Steps over the members of an object; whatever it cannot make sense of ends the walk.
private struct MemberWalk {
    let bytes: UnsafePointer<UInt8>
    let count: Int
    var position = 0

    mutating func type() -> Range<Int>? {
        guard takes(UInt8(ascii: "{")) else { return nil }
        repeat {
            guard takes(UInt8(ascii: "\"")), let key = string(), takes(UInt8(ascii: ":")) else { return nil }
            if isType(key) {
                guard takes(UInt8(ascii: "\"")), let value = string(), !hasEscape(value) else { return nil }
                return value
            }
            guard skipValue() else { return nil }
        } while takes(UInt8(ascii: ","))
        return nil
    }

    private func isType(_ key: Range<Int>) -> Bool {
        key.count == 4 && bytes[key.lowerBound] == UInt8(ascii: "t") && bytes[key.lowerBound + 1] == UInt8(ascii: "y")
            && bytes[key.lowerBound + 2] == UInt8(ascii: "p") && bytes[key.lowerBound + 3] == UInt8(ascii: "e")
    }

    private func hasEscape(_ range: Range<Int>) -> Bool {
        parley_find(bytes + range.lowerBound, UInt8(ascii: "\\"), range.count) < range.count
    }

    private mutating func skipWhiteSpace() {
        while position < count {
            switch bytes[position] {
            case 0x20, 0x0A, 0x0D, 0x09: position += 1
            default: return
            }
        }
    }

    private mutating func takes(_ byte: UInt8) -> Bool {
        skipWhiteSpace()
        guard position < count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    /// The content of the string whose first quotation mark has been taken.
    private mutating func string() -> Range<Int>? {
        let start = position
        while position < count {
            let length = parley_find(bytes + position, UInt8(ascii: "\""), count - position)
            guard length < count - position else { return nil }
            let end = position + length
            position = end + 1
            if !isEscaped(end, from: start) { return start..<end }
        }
        return nil
    }

    private func isEscaped(_ place: Int, from start: Int) -> Bool {
        var before = place
        while before > start, bytes[before - 1] == UInt8(ascii: "\\") { before -= 1 }
        return (place - before) % 2 == 1
    }

    private mutating func skipValue() -> Bool {
        skipWhiteSpace()
        guard position < count else { return false }
        switch bytes[position] {
        case UInt8(ascii: "\""):
            position += 1
            return string() != nil
        case UInt8(ascii: "{"), UInt8(ascii: "["): return skipNested()
        default:
            while position < count, bytes[position] != UInt8(ascii: ","), bytes[position] != UInt8(ascii: "}") {
                position += 1
            }
            return true
        }
    }

    private mutating func skipNested() -> Bool {
        var depth = 0
        while position < count {
            let byte = bytes[position]
            position += 1
            switch byte {
            case UInt8(ascii: "\""): if string() == nil { return false }
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                if depth == 0 { return true }
            default: break
            }
        }
        return false
    }
}
