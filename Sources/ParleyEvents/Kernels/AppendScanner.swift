// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import CParleyKernels

/// Finds the audio of an `input_audio_buffer.append` without building a JSON value.
///
/// It knows one shape: a flat object of `type`, `audio` and `event_id`, each at most once and in any order, their values
/// strings without escapes. Whatever else there is, it gives no answer and leaves the message to the JSON parser, so
/// that both always agree.
struct AppendScanner {
    /// Where in the message the characters of the audio are.
    private(set) var audio = 0..<0
    /// Where the client's id is, if it gave one.
    private(set) var eventID: Range<Int>?

    /// A longer one is an error, which the general way words.
    private static let longestEventID = 512

    /// Nil for everything but the shape above.
    init?(_ message: UnsafeRawBufferPointer) {
        guard let base = message.bindMemory(to: UInt8.self).baseAddress else { return nil }
        var cursor = Cursor(bytes: base, count: message.count)
        guard cursor.takes(UInt8(ascii: "{")) else { return nil }
        var isAppend = false
        var hasAudio = false
        repeat {
            guard let key = cursor.string(), cursor.takes(UInt8(ascii: ":")), let value = cursor.string() else {
                return nil
            }
            switch key.count {
            case 4 where !isAppend && cursor.holds(key, "type"):
                guard cursor.holds(value, "input_audio_buffer.append") else { return nil }
                isAppend = true
            case 5 where !hasAudio && cursor.holds(key, "audio"):
                // The base64 decoder takes no escape and no control character.
                audio = value
                hasAudio = true
            case 8 where eventID == nil && cursor.holds(key, "event_id"):
                guard value.count <= Self.longestEventID, cursor.isPlain(value) else { return nil }
                eventID = value
            default: return nil
            }
        } while cursor.takes(UInt8(ascii: ","))
        guard isAppend, hasAudio, cursor.takes(UInt8(ascii: "}")), cursor.isAtEnd else { return nil }
    }
}

/// A place in a message.
private struct Cursor {
    let bytes: UnsafePointer<UInt8>
    let count: Int
    var position = 0

    /// Whether nothing but white space is left.
    var isAtEnd: Bool {
        mutating get {
            skipWhiteSpace()
            return position == count
        }
    }

    @inline(__always)
    private mutating func skipWhiteSpace() {
        while position < count {
            switch bytes[position] {
            case 0x20, 0x0A, 0x0D, 0x09: position &+= 1
            default: return
            }
        }
    }

    /// Steps over white space and `byte`, if that is what comes.
    @inline(__always)
    mutating func takes(_ byte: UInt8) -> Bool {
        skipWhiteSpace()
        guard position < count, bytes[position] == byte else { return false }
        position &+= 1
        return true
    }

    /// The content of the string that comes next, up to the next quotation mark.
    @inline(__always)
    mutating func string() -> Range<Int>? {
        guard takes(UInt8(ascii: "\"")) else { return nil }
        let start = position
        let length = parley_find(bytes + start, UInt8(ascii: "\""), count - start)
        guard length < count - start else { return nil }
        position = start + length + 1
        return start..<(start + length)
    }

    @inline(__always)
    func holds(_ range: Range<Int>, _ text: StaticString) -> Bool {
        range.count == text.utf8CodeUnitCount && parley_equal(bytes + range.lowerBound, text.utf8Start, range.count)
    }

    /// Whether a string has neither escapes nor control characters.
    func isPlain(_ range: Range<Int>) -> Bool {
        for offset in range where bytes[offset] == UInt8(ascii: "\\") || bytes[offset] < 0x20 { return false }
        return true
    }
}
