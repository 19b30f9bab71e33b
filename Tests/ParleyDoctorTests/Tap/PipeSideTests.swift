// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOEmbedded
import ParleyDiagnosis
import Testing

@testable import ParleyDoctor

@Suite("The two ends of a pipe")
struct PipeSideTests {
    /// Counts the reads that reach the socket.
    private final class ReadCounter: ChannelOutboundHandler {
        typealias OutboundIn = ByteBuffer
        var reads = 0
        func read(context: ChannelHandlerContext) { reads += 1 }
    }

    private struct Pipe {
        let client: EmbeddedChannel
        let server: EmbeddedChannel
        let clientSide: PipeSide
        let serverSide: PipeSide
        let clientReads = ReadCounter()

        init() throws {
            let loop = EmbeddedEventLoop()
            let question = Question(url: "ws://127.0.0.1:1/")
            let link = TapLink(1, question, TargetAddress(question.url), rewritesHost: false) { _ in }
            clientSide = PipeSide(link, isClient: true)
            serverSide = PipeSide(link, isClient: false)
            client = EmbeddedChannel(handlers: [clientReads, clientSide], loop: loop)
            server = EmbeddedChannel(handler: serverSide, loop: loop)
        }
    }

    @Test("One end does not read while the other cannot write")
    func backpressure() throws {
        let pipe = try Pipe()
        PipeSide.join(pipe.clientSide, pipe.serverSide)
        pipe.client.read()
        let before = pipe.clientReads.reads
        pipe.server.isWritable = false
        pipe.client.read()
        pipe.client.read()
        #expect(pipe.clientReads.reads == before)
        pipe.server.isWritable = true
        pipe.server.pipeline.fireChannelWritabilityChanged()
        #expect(pipe.clientReads.reads == before + 1)
    }

    @Test("Before there is another end, a bounded amount is read, and goes on when there is")
    func waiting() throws {
        let pipe = try Pipe()
        pipe.client.read()
        #expect(pipe.clientReads.reads == 1)
        let bytes = ByteBuffer(repeating: 1, count: 70_000)
        try pipe.client.writeInbound(bytes)
        pipe.client.read()
        #expect(pipe.clientReads.reads == 1)
        PipeSide.join(pipe.clientSide, pipe.serverSide)
        #expect(pipe.clientReads.reads == 2)
        let passed = try pipe.server.readOutbound(as: ByteBuffer.self)
        #expect(passed == bytes)
    }

    @Test("An end that came before there was another one is passed on behind the bytes")
    func earlyEnd() throws {
        let pipe = try Pipe()
        try pipe.client.writeInbound(ByteBuffer(string: "GET"))
        _ = try pipe.client.finish()
        PipeSide.join(pipe.serverSide, pipe.clientSide)
        let passed = try pipe.server.readOutbound(as: ByteBuffer.self)
        #expect(passed == ByteBuffer(string: "GET"))
        #expect(!pipe.server.isActive)
    }
}
