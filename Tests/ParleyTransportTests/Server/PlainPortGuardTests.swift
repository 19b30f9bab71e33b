// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import Logging
import NIOCore
import NIOEmbedded
import ParleyTransport
import Testing

@Suite("TLS spoken to a plain port")
struct PlainPortGuardTests {
    @Test("A TLS hello ends the connection, and nothing of it is handed on")
    func hello() throws {
        let channel = EmbeddedChannel(
            handler: PlainPortGuard(logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        )
        channel.pipeline.fireChannelRead(ByteBuffer(bytes: [0x16, 0x03, 0x01, 0x02, 0x00]))
        #expect(try channel.readInbound(as: ByteBuffer.self) == nil)
        channel.embeddedEventLoop.run()
        #expect(!channel.isActive)
    }

    @Test("Anything else passes, and later bytes are not looked at")
    func passing() throws {
        let channel = EmbeddedChannel(
            handler: PlainPortGuard(logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        )
        for bytes in [ByteBuffer(string: "GET"), ByteBuffer(bytes: [0x16])] {
            channel.pipeline.fireChannelRead(bytes)
            #expect(try channel.readInbound(as: ByteBuffer.self) == bytes)
        }
    }
}
