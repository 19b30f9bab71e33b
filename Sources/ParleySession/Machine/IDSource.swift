// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import ParleyEvents

/// Makes ids: a prefix and 21 letters and digits (protocol reference, section 3).
///
/// Ids follow from the seed alone, so that a session can be replayed exactly.
package struct IDSource: Sendable, Equatable {
    private var state: UInt64

    /// A source; the same seed gives the same ids.
    package init(seed: UInt64) { state = seed }

    /// A source with this seed goes on as this one does.
    package var seed: UInt64 { state }

    /// An id of an event: `event_…`.
    package mutating func event() -> EventID { EventID(number(), number(), number()) }
    /// An id of an item: `item_…`.
    package mutating func item() -> String { make("item_") }
    /// An id of a response: `resp_…`.
    package mutating func response() -> String { make("resp_") }
    /// An id of a session: `sess_…`.
    package mutating func session() -> String { make("sess_") }
    /// An id of a conversation: `conv_…`.
    package mutating func conversation() -> String { make("conv_") }
    /// `call_…` with 16 letters and digits.
    package mutating func call() -> String { make("call_", length: 16) }

    private mutating func make(_ prefix: StaticString, length: Int = 21) -> String {
        let prefixLength = prefix.utf8CodeUnitCount
        return String(unsafeUninitializedCapacity: prefixLength + length) { bytes in
            prefix.withUTF8Buffer { _ = bytes.update(fromContentsOf: $0) }
            let target = UnsafeMutableRawBufferPointer(bytes)
            for index in stride(from: 0, to: length, by: IDLetters.perNumber) {
                let count = min(IDLetters.perNumber, length - index)
                IDLetters.write(number(), count, to: target, at: prefixLength + index)
            }
            return prefixLength + length
        }
    }

    /// A number below 2 to the power of 60.
    private mutating func number() -> UInt64 { next() >> 4 }

    /// SplitMix64.
    private mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
