// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import ParleyWebSocket
import Testing

@testable import ParleyTransport

@Suite("The opening request and its answer")
struct OpeningRequestTests {
    private static let key = "dGhlIHNhbXBsZSBub25jZQ=="

    private static func request(
        _ url: String = "ws://voice.example:8080/v1/realtime?model=m",
        _ change: (inout ConnectOptions) -> Void = { _ in }
    ) throws -> OpeningRequest {
        var options = ConnectOptions()
        options.websocketKey = { key }
        change(&options)
        return try OpeningRequest(WebSocketURL(url), options: options)
    }

    private static func lines(_ request: OpeningRequest) -> [String] {
        String(decoding: request.bytes, as: UTF8.self).split(separator: "\r\n", omittingEmptySubsequences: false)
            .map(String.init)
    }

    @Test("A request without options has the five fields of RFC 6455 and nothing else")
    func plain() throws {
        #expect(
            Self.lines(try Self.request()) == [
                "GET /v1/realtime?model=m HTTP/1.1", "Host: voice.example:8080", "Upgrade: websocket",
                "Connection: Upgrade", "Sec-WebSocket-Key: \(Self.key)", "Sec-WebSocket-Version: 13", "", "",
            ]
        )
    }

    @Test("Subprotocols go into one field in their order, headers behind")
    func offers() throws {
        let request = try Self.request {
            $0.subprotocols = ["realtime", "openai-beta.realtime-v1"]
            $0.headers = [.authorization: "Bearer k", .origin: "http://a"]
        }
        #expect(
            Self.lines(request).suffix(5) == [
                "Sec-WebSocket-Protocol: realtime, openai-beta.realtime-v1", "Authorization: Bearer k",
                "Origin: http://a", "", "",
            ]
        )
        #expect(request.offeredSubprotocols == ["realtime", "openai-beta.realtime-v1"])
    }

    @Test("A header replaces the handshake's own field, Host too")
    func replaced() throws {
        let host = try #require(HTTPField.Name("Host"))
        let request = try Self.request {
            $0.headers = [host: "other", .connection: "keep-alive, Upgrade", .secWebSocketProtocol: "realtime"]
        }
        let lines = Self.lines(request)
        #expect(lines.filter { $0.hasPrefix("Host:") } == ["Host: other"])
        #expect(lines.filter { $0.hasPrefix("Connection:") } == ["Connection: keep-alive, Upgrade"])
        #expect(request.offeredSubprotocols == ["realtime"])
    }

    @Test("What the request asks for has no fault by the server's own rules")
    func serverAgrees() throws {
        let request = try Self.request { $0.subprotocols = ["realtime"] }
        let seen = UpgradeRequest(
            method: .get,
            authority: "voice.example:8080",
            fields: request.fields,
            isHTTP10: false
        )
        #expect(seen.faults == [])
    }

    @Test("Keys are well formed and never the same")
    func keys() {
        let keys = (0..<50).map { _ in ConnectOptions().websocketKey() }
        #expect(keys.allSatisfy(AcceptKey.isWellFormed))
        #expect(Set(keys).count == keys.count)
    }

    @Test(
        "A subprotocol no client may offer is refused before anything is sent",
        arguments: [["a b"], [""], ["a,b"], ["realtime", "realtime"], ["openai-insecure-api-key.sk/abc="], ["ä"]]
    )
    func subprotocolInvalid(_ subprotocols: [String]) throws {
        let error = #expect(throws: ConnectFailure.Cause.self) {
            try Self.request { $0.subprotocols = subprotocols }
        }
        #expect(error == .subprotocolInvalid(subprotocols.last ?? ""))
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        /// Replaces a field of the right answer, or takes it away.
        let changes: [(HTTPField.Name, [String])]
        let faults: [ConnectFailure.Cause]
        var requiresSubprotocol = false
        var offers = ["realtime", "chat"]

        init(
            _ name: String,
            _ changes: [(HTTPField.Name, [String])],
            _ faults: [ConnectFailure.Cause],
            requiresSubprotocol: Bool = false,
            offers: [String] = ["realtime", "chat"]
        ) {
            self.name = name
            self.changes = changes
            self.faults = faults
            self.requiresSubprotocol = requiresSubprotocol
            self.offers = offers
        }

        var testDescription: String { name }
    }

    static let cases = [
        Case("right", [], []),
        Case("any case", [(.upgrade, ["WebSocket"]), (.connection, ["upgrade"])], []),
        Case("connection list", [(.connection, ["keep-alive, Upgrade"])], []),
        Case("connection in two lines", [(.connection, ["keep-alive", "Upgrade"])], []),
        Case("second of the offered", [(.secWebSocketProtocol, ["chat"])], []),
        Case("none chosen", [(.secWebSocketProtocol, [])], []),
        Case(
            "none chosen but required",
            [(.secWebSocketProtocol, [])],
            [.subprotocolMissing],
            requiresSubprotocol: true
        ),
        Case("none chosen of none", [(.secWebSocketProtocol, [])], [], requiresSubprotocol: true, offers: []),
        Case("empty extensions", [(.secWebSocketExtensions, [""])], []),
        Case("no upgrade", [(.upgrade, [])], [.upgradeMissing]),
        Case("other upgrade", [(.upgrade, ["h2c"])], [.upgradeOther("h2c")]),
        Case("upgrade list", [(.upgrade, ["websocket, h2c"])], [.upgradeOther("websocket, h2c")]),
        Case("upgrade twice", [(.upgrade, ["websocket", "websocket"])], [.upgradeOther("websocket, websocket")]),
        Case("no connection", [(.connection, [])], [.connectionMissing]),
        Case("rewritten connection", [(.connection, ["keep-alive"])], [.connectionOther("keep-alive")]),
        Case("no accept", [(.secWebSocketAccept, [])], [.acceptMissing]),
        Case("wrong accept", [(.secWebSocketAccept, ["abc="])], [.acceptWrong("abc=")]),
        Case(
            "accept in lower case",
            [(.secWebSocketAccept, ["s3pplmbitxaq9kygzzhzrbk+xoo="])],
            [.acceptWrong("s3pplmbitxaq9kygzzhzrbk+xoo=")]
        ),
        Case("extension", [(.secWebSocketExtensions, ["x-y; a=b"])], [.extensionNotOffered("x-y")]),
        Case("unoffered", [(.secWebSocketProtocol, ["soap"])], [.subprotocolNotOffered("soap")]),
        Case("other case", [(.secWebSocketProtocol, ["Realtime"])], [.subprotocolNotOffered("Realtime")]),
        Case("whole list", [(.secWebSocketProtocol, ["realtime, chat"])], [.subprotocolNotOffered("realtime, chat")]),
        Case("empty choice", [(.secWebSocketProtocol, [""])], [.subprotocolNotOffered("")]),
        Case("quoted", [(.secWebSocketProtocol, ["\"realtime\""])], [.subprotocolNotOffered("\"realtime\"")]),
        Case(
            "chosen twice",
            [(.secWebSocketProtocol, ["realtime", "realtime"])],
            [.subprotocolRepeated(["realtime", "realtime"])]
        ),
        Case(
            "chosen though none was offered",
            [(.secWebSocketProtocol, ["realtime"])],
            [.subprotocolNotOffered("realtime")],
            offers: []
        ),
        Case(
            "everything at once",
            [
                (.upgrade, []), (.connection, []), (.secWebSocketAccept, []), (.secWebSocketExtensions, ["e"]),
                (.secWebSocketProtocol, ["p"]),
            ],
            [
                .upgradeMissing, .connectionMissing, .acceptMissing, .extensionNotOffered("e"),
                .subprotocolNotOffered("p"),
            ]
        ),
    ]

    @Test("Compression is offered if it is wanted, and the answer judged")
    func compression() throws {
        #expect(try Self.request().fields[.secWebSocketExtensions] == nil)
        let request = try Self.request { $0.compression = DeflateSettings(asksPeerToForget: true) }
        let offer = "permessage-deflate; server_no_context_takeover; client_max_window_bits"
        #expect(request.fields[.secWebSocketExtensions] == offer)
        func faults(_ answer: String) -> [ConnectFailure.Cause] {
            let fields = UpgradeResponse.fields(
                acceptValue: "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
                subprotocol: nil,
                extensions: answer
            )
            let head = ResponseHead(status: 101, reason: "", isHTTP10: false, fields: fields, raw: [])
            return request.faults(of: Answer(head: head))
        }
        #expect(faults("permessage-deflate; server_no_context_takeover") == [])
        #expect(faults("") == [])
        #expect(
            faults("permessage-deflate")
                == [.compressionMisunderstood(.demandNotMet(parameter: "server_no_context_takeover"))]
        )
        #expect(faults("permessage-deflate; x") == [.compressionMisunderstood(.unknownParameter("x"))])
        #expect(faults("x") == [.extensionNotOffered("x")])
    }

    @Test("A field about extensions that was set by hand takes the place of the offer, and compresses nothing")
    func compressionByHand() throws {
        let request = try Self.request {
            $0.compression = DeflateSettings()
            $0.headers = [.secWebSocketExtensions: "permessage-deflate; x"]
        }
        #expect(request.fields[values: .secWebSocketExtensions] == ["permessage-deflate; x"])
        let head = ResponseHead(
            status: 101,
            reason: "",
            isHTTP10: false,
            fields: [.secWebSocketExtensions: "permessage-deflate"],
            raw: []
        )
        #expect(try request.compression(agreedIn: head) == nil)
    }

    @Test("A 101 is compared with the request", arguments: cases)
    func faults(_ sample: Case) throws {
        let request = try Self.request {
            $0.subprotocols = sample.offers
            $0.requiresSubprotocol = sample.requiresSubprotocol
        }
        // The accept value of the key in RFC 6455 section 1.3.
        var fields = UpgradeResponse.fields(
            acceptValue: "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
            subprotocol: sample.offers.first
        )
        for (name, values) in sample.changes { fields[values: name] = values }
        let head = ResponseHead(status: 101, reason: "", isHTTP10: false, fields: fields, raw: [])
        #expect(request.faults(of: Answer(head: head)) == sample.faults)
    }

    @Test("An extension offered by hand may be accepted")
    func extensionByHand() throws {
        let request = try Self.request {
            $0.headers = [.secWebSocketExtensions: "permessage-deflate; client_max_window_bits"]
        }
        let fields = UpgradeResponse.fields(
            acceptValue: "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
            subprotocol: nil,
            extensions: "permessage-deflate; server_no_context_takeover"
        )
        let head = ResponseHead(status: 101, reason: "", isHTTP10: false, fields: fields, raw: [])
        #expect(request.faults(of: Answer(head: head)) == [])
    }

    @Test("Any other status is the one fault, whatever the fields say", arguments: [200, 301, 401, 404, 426, 500])
    func status(_ status: Int) throws {
        let fields: HTTPFields = [.upgrade: "websocket", .location: "/x"]
        let head = ResponseHead(status: status, reason: "", isHTTP10: false, fields: fields, raw: [])
        let faults = try Self.request().faults(of: Answer(head: head, body: [1]))
        #expect(faults == [.status(code: status, headers: fields, body: [1])])
    }
}
