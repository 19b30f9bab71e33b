// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// The id of an event that a server sends: `event_` and 21 letters and digits (protocol reference, section 3), or any
/// other text.
///
/// An id that was made of numbers becomes letters only where it is written, so that an audio delta needs no string of
/// its own.
public struct EventID: Sendable, ExpressibleByStringLiteral {
    private enum Form {
        case text(String)
        case numbers(UInt64, UInt64, UInt64)
    }

    private let form: Form

    /// An id with a text of its own: ASCII that JSON needs no escapes for, as it is written as it is.
    public init(_ text: String) { form = .text(text) }

    /// An id with a text of its own, as ``init(_:)`` takes it.
    public init(stringLiteral text: String) { form = .text(text) }

    /// An id of random numbers below 2 to the power of 60: ten letters of the first, ten of the second, one of the last.
    package init(_ first: UInt64, _ second: UInt64, _ last: UInt64) { form = .numbers(first, second, last) }

    /// The id as text.
    public var text: String {
        switch form {
        case .text(let text): text
        case .numbers:
            String(unsafeUninitializedCapacity: byteCount) { bytes in
                write(to: UnsafeMutableRawBufferPointer(bytes))
                return byteCount
            }
        }
    }

    /// How many bytes ``write(to:)`` writes.
    var byteCount: Int {
        switch form {
        case .text(let text): text.utf8.count
        case .numbers: Self.prefix.utf8CodeUnitCount + 2 * IDLetters.perNumber + 1
        }
    }

    /// Writes the id to memory of at least ``byteCount`` bytes.
    func write(to target: UnsafeMutableRawBufferPointer) {
        switch form {
        case .text(let text): target.copyBytes(from: text.utf8)
        case .numbers(let first, let second, let last):
            let start = Self.prefix.utf8CodeUnitCount
            target.copyMemory(from: UnsafeRawBufferPointer(start: Self.prefix.utf8Start, count: start))
            let letters = UnsafeMutableRawBufferPointer(rebasing: target[start...])
            IDLetters.write(first, IDLetters.perNumber, to: letters, at: 0)
            IDLetters.write(second, IDLetters.perNumber, to: letters, at: IDLetters.perNumber)
            IDLetters.write(last, 1, to: letters, at: 2 * IDLetters.perNumber)
        }
    }

    private static let prefix: StaticString = "event_"
}

/// Letters and digits that stand for a random number.
package enum IDLetters {
    /// So many come out of one number: 62 to the power of 10 is just below 2 to the power of 60.
    package static let perNumber = 10

    /// Writes the first letters of a number.
    ///
    /// - Parameters:
    ///   - number: Below 2 to the power of 60.
    ///   - count: How many letters, at most ``perNumber``.
    ///   - target: Where to.
    ///   - offset: From which byte on.
    package static func write(_ number: UInt64, _ count: Int, to target: UnsafeMutableRawBufferPointer, at offset: Int)
    {
        var rest = number
        for index in offset..<(offset + count) {
            target[index] = letters.utf8Start[Int(rest % 62)]
            rest /= 62
        }
    }

    private static let letters: StaticString = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
}
