// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import ParleyEvents
import ParleySession
import Testing

@testable import ParleyEngines

@Suite("Talking to servers of the HTTP API")
struct BackendClientTests {
    /// A model at a double, and what it says to a question.
    private func ask(
        _ double: HTTPDouble,
        _ asked: ResponseRequest = request(),
        _ change: (inout BackendSettings) -> Void = { _ in }
    ) async throws -> [ModelEvent] {
        let address = try double.address()
        var settings = BackendSettings(.at(address), limits: .model)
        change(&settings)
        var events: [ModelEvent] = []
        try await HTTPLanguageModel(address, settings).respond(to: asked) { events.append($0) }
        return events
    }

    /// Why a model at a double fails.
    private func failure(
        _ steps: [HTTPDouble.Step],
        _ change: (inout BackendSettings) -> Void = { _ in }
    ) async throws -> BackendFailure.Reason? {
        try await HTTPDouble.serving({ _ in steps }) { double in
            await #expect(throws: BackendFailure.self) { try await ask(double, request(), change) }?.reason
        }
    }

    @Test("A stream is handed on, and the connection is used again")
    func stream() async throws {
        let usage = #"{"prompt_tokens":3,"completion_tokens":2}"#
        try await HTTPDouble.serving({ _ in .chat("Hel", "lo.", usage: usage) }) { double in
            for _ in 0..<2 {
                let expected: [ModelEvent] = [
                    .text("Hel"), .text("lo."), .finished(.completed, usage: TokenUsage(input: 3, output: 2)),
                ]
                let said = try await ask(double)
                #expect(said == expected)
            }
            let requests = await double.log.requests
            #expect(requests.map(\.target) == ["/v1/chat/completions", "/v1/chat/completions"])
            #expect(requests.first?.headers["content-type"] == "application/json")
            #expect(await double.log.closed == 0)
        }
    }

    @Test("Bytes may be cut anywhere, within characters too")
    func cuts() async throws {
        let steps = [HTTPDouble.Step].chat("é漢🙂", "!")
            .flatMap { step -> [HTTPDouble.Step] in
                guard case .send(let bytes) = step else { return [step] }
                return bytes.map { .send([$0]) }
            }
        try await HTTPDouble.serving({ _ in steps }) { double in
            let said = try await ask(double)
            #expect(said.dropLast() == [.text("é漢🙂"), .text("!")])
        }
    }

    @Test("A server that answers whole although a stream was asked for is understood")
    func notStreamed() async throws {
        let body = #"{"choices":[{"index":0,"finish_reason":"stop","message":{"content":"Hello."}}]}"#
        try await HTTPDouble.serving({ _ in .answer(body) }) { double in
            let said = try await ask(double)
            #expect(said == [.text("Hello."), .finished(.completed, usage: nil)])
        }
    }

    @Test("With tools, answers are asked for whole where the server streams them badly")
    func toolsWhole() async throws {
        let body = #"{"choices":[{"index":0,"finish_reason":"stop","message":{"content":"Hello."}}]}"#
        try await HTTPDouble.serving({ _ in .answer(body) }) { double in
            var asked = request()
            asked.tools = [ToolDefinition(name: "one")]
            _ = try await ask(double, asked) { $0.streamsTools = false }
            #expect(await double.log.requests.first?.text.contains(#""stream":false"#) == true)
        }
    }

    @Test("A kept connection that the server has closed is tried again once, if nothing came")
    func closedConnection() async throws {
        try await HTTPDouble.serving({ $0.number == 1 ? [.close] : .chat("Hi.") }) { double in
            let said = [try await ask(double).first, try await ask(double).first]
            #expect(said == [.text("Hi."), .text("Hi.")])
            #expect(await double.log.requests.count == 3)
        }
        try await HTTPDouble.serving({ _ in [.close] }) { double in
            let failure = await #expect(throws: BackendFailure.self) { try await ask(double) }
            #expect(failure?.reason == .unreachable("it has closed the connection"))
            #expect(await double.log.requests.count == 2)
        }
    }

    @Test("An answer that is cut is not tried again")
    func cutAnswer() async throws {
        let begun = [HTTPDouble.Step].events([#"{"choices":[{"index":0,"delta":{"content":"Hal"}}]}"#])
        try await HTTPDouble.serving({ _ in begun + [.close] }) { double in
            let failure = await #expect(throws: BackendFailure.self) { try await ask(double) }
            #expect(failure?.reason == .cutShort)
            #expect(await double.log.requests.count == 1)
        }
        #expect(try await failure(begun + [HTTPDouble.Step].end) == .cutShort)
    }

    @Test("Where nothing listens, the failure says so")
    func nothingListens() async throws {
        let address = try await HTTPDouble.serving({ _ in [] }) { try $0.address() }
        let model = HTTPLanguageModel(address, BackendSettings(.at(address)))
        let failure = await #expect(throws: BackendFailure.self) { try await model.respond(to: request()) { _ in } }
        #expect(failure?.reason == .unreachable("nothing listens there (connection refused)"))
        #expect(failure?.engineFailure.code == "backend_unreachable")
    }

    @Test("What does not speak HTTP is told from what is silent")
    func noHTTP() async throws {
        let reason = try await failure([.send("SSH-2.0-OpenSSH_9.2\r\n"), .waitUntilClosed])
        #expect(reason == .unreachable("what listens there does not speak HTTP"))
    }

    @Test("A refusal carries status and the server's own words")
    func refusal() async throws {
        let body = #"{"error":{"code":400,"message":"too long","type":"exceed_context_size_error"}}"#
        let reason = try await failure(.answer(body, status: "400 Bad Request"))
        #expect(reason == .refused(status: 400, BackendMessage("too long", code: "exceed_context_size_error")))
        #expect(try await failure(.answer("", status: "503 No", type: "")) == .refused(status: 503, BackendMessage("")))
    }

    @Test("A redirect is a refusal: the key must not go elsewhere")
    func redirect() async throws {
        let steps: [HTTPDouble.Step] = [
            .send("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n")
        ]
        #expect(try await failure(steps) == .refused(status: 302, BackendMessage("")))
    }

    @Test("An error within a stream is the server's word")
    func reported() async throws {
        let events = [#"{"choices":[{"index":0,"delta":{"content":"Hal"}}]}"#, #"{"error":{"message":"no"}}"#]
        #expect(try await failure(.events(events) + [HTTPDouble.Step].end) == .reported(BackendMessage("no")))
    }

    @Test("A busy server that sends nothing, not even a head, is given up after the limit of the first byte")
    func busy() async throws {
        let limit = Duration.milliseconds(30)
        #expect(try await failure([.waitUntilClosed]) { $0.limits.firstByte = limit } == .timeout(.firstByte, limit))
        let head = [HTTPDouble.Step].head("text/event-stream") + [.waitUntilClosed]
        #expect(try await failure(head) { $0.limits.firstByte = limit } == .timeout(.firstByte, limit))
    }

    @Test("A server that stops in the middle is given up, and so is one that never comes to an end")
    func slow() async throws {
        let limit = Duration.milliseconds(30)
        let begun = [HTTPDouble.Step].events([#"{"choices":[{"index":0,"delta":{"content":"Hal"}}]}"#])
        #expect(
            try await failure(begun + [.waitUntilClosed]) { $0.limits.idle = limit } == .timeout(.idle, limit)
        )
        let endless = [HTTPDouble.Step].head("text/event-stream") + [.sendUntilClosed("4\r\n: \n\n\r\n")]
        #expect(try await failure(endless) { $0.limits.whole = limit } == .timeout(.whole, limit))
    }

    @Test("Cancelling closes the connection, before the answer and within it")
    func cancellation() async throws {
        let begun = [HTTPDouble.Step].events([#"{"choices":[{"index":0,"delta":{"content":"Hal"}}]}"#])
        for steps in [[HTTPDouble.Step.waitUntilClosed], begun + [.waitUntilClosed]] {
            let asked = Gate()
            try await HTTPDouble.serving({ _ in
                await asked.open()
                return steps
            }) { double in
                let task = Task { try await ask(double) }
                await asked.pass()
                task.cancel()
                await double.log.waitForClosed()
                await #expect(throws: CancellationError.self) { try await task.value }
            }
        }
    }

    @Test("A consumer that throws closes the connection")
    func consumerThrows() async throws {
        struct Enough: Error {}
        let begun = [HTTPDouble.Step].events([#"{"choices":[{"index":0,"delta":{"content":"Hal"}}]}"#])
        try await HTTPDouble.serving({ _ in begun + [.waitUntilClosed] }) { double in
            let model = HTTPLanguageModel(try double.address(), BackendSettings(.at(try double.address())))
            await #expect(throws: Enough.self) { try await model.respond(to: request()) { _ in throw Enough() } }
            await double.log.waitForClosed()
        }
    }

    @Test("Sound without words is not answered, and speech that nobody writes down says what is missing")
    func nothingUnderstood() async throws {
        let recording = Recording(samples: [0], sampleRate: 24_000)
        try await HTTPDouble.serving({ _ in .chat("Hi.") }) { double in
            let cough = request(context: [.message(id: "1", role: .user, parts: [.audio(recording, transcript: " ")])])
            let said = try await ask(double, cough)
            #expect(said == [.finished(.completed, usage: nil)])
            let speech = request(context: [.message(id: "1", role: .user, parts: [.audio(recording, transcript: nil)])])
            let failure = await #expect(throws: EngineFailure.self) { try await ask(double, speech) }
            #expect(failure?.code == "transcription_unavailable")
            #expect(await double.log.requests.isEmpty)
        }
    }

    @Test("A connection that was opened ahead is the one that the question goes out on")
    func prepared() async throws {
        try await HTTPDouble.serving({ request in
            request.method == "HEAD" ? .answer("", status: "404 Not Found") : .chat("Hello.")
        }) { double in
            let address = try double.address()
            let settings = BackendSettings(.at(address), limits: .model)
            let model = HTTPLanguageModel(address, settings)
            // The second finds what the first has opened.
            for _ in 0..<2 { await model.prepare() }
            try await model.respond(to: request()) { _ in }
            // After an answer there is one as well.
            await model.prepare()
            let requests = await double.log.requests
            #expect(requests.map(\.method) == ["HEAD", "POST"])
            #expect(requests.first?.target == "/v1/models")
            #expect(await double.log.connections == 1)
        }
    }

    @Test("A server that is not there is no error ahead of a question")
    func preparedInVain() async throws {
        let address = try await HTTPDouble.serving({ _ in [] }) { try $0.address() }
        await HTTPLanguageModel(address, BackendSettings(.at(address), limits: .model)).prepare()
    }

    @Test("Connections are counted on for four seconds, and one is opened at a time")
    func idle() {
        let idle = IdleConnections()
        let start = NIODeadline.uptimeNanoseconds(0)
        #expect(idle.isLacking(at: start))
        #expect(!idle.isLacking(at: start))
        idle.opened(false, at: start)
        #expect(idle.isLacking(at: start))
        idle.opened(true, at: start)
        #expect(!idle.isLacking(at: start + .milliseconds(3_999)))
        #expect(idle.isLacking(at: start + .seconds(4)))
        idle.opened(true, at: start)
        idle.taken()
        #expect(idle.isLacking(at: start))
        for _ in 0..<100 { idle.returned(at: start) }
        #expect(!idle.isLacking(at: start))
    }
}
