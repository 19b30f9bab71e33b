// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import NIOCore
import ParleyWebSocket
import Testing

@testable import ParleyTransport

@Suite("What a failure says")
struct ConnectFailureDescriptionTests {
    private static func failure(
        _ cause: ConnectFailure.Cause,
        in phase: ConnectPhase = .answer,
        url: String = "wss://voice.example:8443/v1/realtime?model=m",
        proxy: String? = nil,
        timeline: ConnectTimeline = ConnectTimeline(startedAt: .uptimeNanoseconds(0))
    ) throws -> ConnectFailure {
        ConnectFailure(
            phase: phase,
            cause: cause,
            furtherCauses: [],
            url: try WebSocketURL(url),
            proxy: try proxy.map { try ProxyURL($0) },
            timeline: timeline
        )
    }

    /// One of every cause and a word that belongs to it.
    static let causes: [(ConnectFailure.Cause, String)] = [
        (.subprotocolInvalid("a b"), "a b"),
        (.eventLoopUnsuitable, "MultiThreadedEventLoopGroup"),
        (.dns("Name or service not known"), "Name or service not known"),
        (.addressInvalid("elsewhere"), "elsewhere"),
        (.refused, "refused"),
        (.unreachable("No route to host"), "No route to host"),
        (.timedOut, "time was over"),
        (.cancelled, "cancelled"),
        (.proxyRefused(status: 403, headers: [:], body: []), "NO_PROXY"),
        (.proxyRefused(status: 407, headers: [:], body: []), "password"),
        (.tlsUnusable("cannot read PEM"), "cannot read PEM"),
        (.notTLS(firstBytes: Array("HTTP/1.1".utf8)), "ws://"),
        (.certificateUntrusted(nil), "authority"),
        (.certificateUntrusted(.expired), "has expired"),
        (.certificateNameMismatch("localhost"), "localhost"),
        (.tls("NO_CIPHERS"), "NO_CIPHERS"),
        (.closedBeforeAnswer(received: []), "ended the connection"),
        (.reset(received: Array("HTTP".utf8)), "'HTTP'"),
        (.transport("Broken pipe"), "Broken pipe"),
        (.notHTTP([0x15, 3, 1]), "use wss://"),
        (.notHTTP(Array("SSH-2.0\r\n".utf8)), "'SSH-2.0..'"),
        (.headMalformed("no field"), "'no field'"),
        (.headTooLarge(limit: 65_536), "65536"),
        (.status(code: 401, headers: [:], body: Array("who?".utf8)), "'who?'"),
        (.status(code: 302, headers: [:], body: []), "redirects"),
        (.status(code: 403, headers: [:], body: []), "Origin"),
        (.status(code: 404, headers: [:], body: []), "path"),
        (.status(code: 426, headers: [:], body: []), "Upgrade and Connection"),
        (.status(code: 429, headers: [:], body: []), "later"),
        (.status(code: 502, headers: [:], body: []), "log of the server"),
        (.status(code: 200, headers: [:], body: []), "serves WebSockets"),
        (.upgradeMissing, "no Upgrade"),
        (.upgradeOther("h2c"), "h2c"),
        (.connectionMissing, "no Connection"),
        (.connectionOther("keep-alive"), "keep-alive"),
        (.acceptMissing, "no Sec-WebSocket-Accept"),
        (.acceptWrong("x"), "does not belong"),
        (.extensionNotOffered("x-y"), "x-y"),
        (.compressionMisunderstood(.unknownParameter("x-y")), "x-y"),
        (.subprotocolNotOffered("soap"), "soap"),
        (.subprotocolRepeated(["a", "b"]), "more than one"),
        (.subprotocolMissing, "none of the offered"),
    ]

    @Test("It names the address, what happened and what to do", arguments: causes)
    func everyCause(_ cause: ConnectFailure.Cause, word: String) throws {
        let failure = try Self.failure(cause)
        #expect(failure.description.hasPrefix("Cannot open wss://voice.example:8443/v1/realtime?model=m: "))
        #expect(failure.description.contains(word))
        #expect(failure.sentence.hasSuffix(".") && failure.advice.hasSuffix("."))
    }

    @Test(
        "Keys are masked wherever they stand",
        arguments: [
            (.timedOut, "wss://a/?api-key=sk-verysecretkey123456"),
            (.notHTTP(Array("sk-verysecretkey123456".utf8)), "ws://a"),
            (.status(code: 401, headers: [:], body: Array("Bad key sk-verysecretkey123456.".utf8)), "ws://a"),
            (.subprotocolNotOffered("openai-insecure-api-key.sk-verysecretkey123456"), "ws://a"),
            (.subprotocolInvalid("openai-insecure-api-key.sk-verysecretkey123456"), "ws://a"),
            (.headMalformed("Authorization Bearer sk-verysecretkey123456"), "ws://a"),
        ] as [(ConnectFailure.Cause, String)]
    )
    func secrets(_ cause: ConnectFailure.Cause, url: String) throws {
        #expect(try !Self.failure(cause, url: url).description.contains("verysecret"))
    }

    @Test(
        "A time that is over says what was waited for",
        arguments: [
            (.resolve, "resolver"), (.connect, "firewall"), (.proxy, "HTTP proxy"), (.tls, "ws://"),
            (.answer, "silent"),
        ] as [(ConnectPhase, String)]
    )
    func timeOver(_ phase: ConnectPhase, word: String) throws {
        #expect(try Self.failure(.timedOut, in: phase, proxy: "http://p:1").advice.contains(word))
    }

    @Test("An answer that began is not called silence")
    func answerBegan() throws {
        var timeline = ConnectTimeline(startedAt: .uptimeNanoseconds(0))
        timeline.responseHead = [1]
        #expect(try Self.failure(.timedOut, timeline: timeline).advice.contains("did not end"))
    }

    @Test("Up to the tunnel the proxy is blamed, behind it the server, and its password is hidden")
    func proxy() throws {
        let proxy = "http://user:secret@proxy.example:3128"
        for phase in [ConnectPhase.resolve, .connect, .proxy] {
            let text = try Self.failure(.refused, in: phase, proxy: proxy).description
            #expect(text.contains("the proxy http://***@proxy.example:3128 refused"))
        }
        for phase in [ConnectPhase.tls, .answer] {
            #expect(
                try Self.failure(.reset(received: []), in: phase, proxy: proxy).sentence.hasPrefix("voice.example:8443")
            )
        }
    }

    @Test("A long answer is quoted in part")
    func longAnswer() throws {
        let text = try Self.failure(.notHTTP([UInt8](repeating: 0x41, count: 512))).description
        #expect(text.contains(String(repeating: "A", count: 200)) && !text.contains(String(repeating: "A", count: 201)))
    }

    @Test("What cannot be sent says why")
    func sendFailures() {
        #expect(SendFailure.closed(nil).description.contains("closing"))
        let summary = CloseSummary(code: .goingAway, reason: "", initiator: .peer, wasClean: true)
        #expect(SendFailure.closed(summary).description.contains("1001"))
        #expect(SendFailure.cancelled.description.contains("cancelled"))
    }
}

@Suite("The timeline of an attempt")
struct ConnectTimelineTests {
    private static func at(_ nanoseconds: UInt64) -> NIODeadline { .uptimeNanoseconds(1_000 + nanoseconds) }

    @Test("Steps follow each other without gaps")
    func spans() {
        var timeline = ConnectTimeline(startedAt: Self.at(0))
        #expect(timeline.duration == 0)
        timeline.entered(.url, at: Self.at(0))
        timeline.entered(.connect, at: Self.at(10))
        #expect(timeline.span(.connect)?.duration == nil)
        timeline.entered(.answer, at: Self.at(25))
        timeline.ended(at: Self.at(100))
        timeline.ended(at: Self.at(200))
        #expect(timeline.spans.map(\.start) == [0, 10, 25])
        #expect(timeline.spans.map(\.duration) == [10, 15, 75])
        #expect(timeline.span(.tls) == nil)
        #expect(timeline.duration == 100)
    }

    @Test("Attempts are told apart by their addresses")
    func attempts() throws {
        let first = try SocketAddress(ipAddress: "::1", port: 80)
        let second = try SocketAddress(ipAddress: "127.0.0.1", port: 80)
        var timeline = ConnectTimeline(startedAt: Self.at(0))
        timeline.tried(first, at: Self.at(5))
        timeline.tried(second, at: Self.at(7))
        timeline.tryEnded(first, error: "refused", at: Self.at(9))
        #expect(timeline.attempts.map(\.duration) == [4, nil])
        #expect(timeline.attempts.map(\.error) == ["refused", nil])
        timeline.tryEnded(second, error: nil, at: Self.at(17))
        #expect(timeline.attempts.map(\.duration) == [4, 10])
    }
}
