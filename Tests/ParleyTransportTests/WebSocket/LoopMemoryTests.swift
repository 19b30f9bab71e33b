// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOEmbedded
import Testing

@testable import ParleyTransport

@Suite("The memory that the connections of a loop share")
struct LoopMemoryTests {
    private let memory = LoopMemory()

    /// Where the bytes of a buffer are.
    private static func place(_ buffer: ByteBuffer) -> UnsafeRawPointer? {
        buffer.withVeryUnsafeBytes { $0.baseAddress }
    }

    /// Reads into the buffer as a channel does.
    ///
    /// - Returns: Where the bytes came to be, and the buffer if `isKept`.
    private func read(isKept: Bool = false) -> (UnsafeRawPointer?, kept: ByteBuffer?) {
        var lent = memory.takeReceived()
        #expect(lent.readableBytes == 0)
        lent.writeString("bytes of the peer")
        memory.giveBackReceived(lent)
        return (Self.place(lent), isKept ? lent : nil)
    }

    @Test("reads into the same buffer again and again")
    func same() {
        let (first, _) = read()
        let (second, _) = read()
        #expect(first == second)
    }

    @Test("leaves a buffer alone to which somebody still refers")
    func kept() {
        let (first, kept) = read(isKept: true)
        let (second, _) = read()
        #expect(first != second)
        #expect(kept.map { String(buffer: $0) } == "bytes of the peer")
    }

    @Test("gives no buffer to two at a time")
    func twice() {
        let one = memory.takeReceived()
        let other = memory.takeReceived()
        #expect(Self.place(one) != Self.place(other))
    }

    @Test("takes no buffer that it did not lend")
    func foreign() {
        memory.giveBackReceived(ByteBuffer(string: "decrypted"))
        #expect(memory.takeReceived().writableBytes >= 64 * 1024)
    }

    @Test("gives a masking key that is new for every frame")
    func maskingKeys() {
        let next = memory.maskingKeys(on: EmbeddedEventLoop())
        #expect(Set((0..<200).map { _ in next() }).count > 190)
    }
}
