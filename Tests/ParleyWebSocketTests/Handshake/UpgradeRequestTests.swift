// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import Testing

@testable import ParleyWebSocket

@Suite("Upgrade request")
struct UpgradeRequestTests {
    static let good: [(String, String)] = [
        ("Upgrade", "websocket"), ("Connection", "Upgrade"),
        ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="), ("Sec-WebSocket-Version", "13"),
    ]

    static func request(
        changing name: String? = nil,
        to values: [String] = [],
        method: HTTPRequest.Method = .get,
        authority: String? = "example.com",
        isHTTP10: Bool = false
    ) throws -> UpgradeRequest {
        var fields = HTTPFields()
        for (fieldName, value) in good {
            fields[try #require(HTTPField.Name(fieldName))] = value
        }
        if let name { fields[values: try #require(HTTPField.Name(name))] = values }
        return UpgradeRequest(method: method, authority: authority, fields: fields, isHTTP10: isHTTP10)
    }

    @Test("a complete request has no fault and gets the accept value")
    func complete() throws {
        let request = try Self.request()
        #expect(request.faults == [])
        #expect(request.isAttempt)
        #expect(request.host == HostPort("example.com"))
        #expect(try request.acceptValue() == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let values: [String]
        let faults: [UpgradeFault]
        var testDescription: String { "\(name): \(values)" }
    }

    static let cases = [
        Case(name: "Upgrade", values: [], faults: [.upgradeMissing]),
        Case(name: "Upgrade", values: ["h2c"], faults: [.upgradeMissing]),
        Case(name: "Upgrade", values: ["websocket/13"], faults: [.upgradeMissing]),
        Case(name: "Upgrade", values: ["WebSocket"], faults: []),
        Case(name: "Upgrade", values: ["h2c, WEBSOCKET"], faults: []),
        Case(name: "Upgrade", values: ["h2c", "websocket"], faults: []),
        Case(name: "Connection", values: [], faults: [.connectionMissing]),
        Case(name: "Connection", values: ["close"], faults: [.connectionMissing]),
        Case(name: "Connection", values: ["keep-alive"], faults: [.connectionMissing]),
        Case(name: "Connection", values: ["upgrade"], faults: []),
        Case(name: "Connection", values: ["keep-alive, Upgrade"], faults: []),
        Case(name: "Connection", values: ["keep-alive", "UPGRADE"], faults: []),
        Case(name: "Sec-WebSocket-Version", values: [], faults: [.versionMissing]),
        Case(name: "Sec-WebSocket-Version", values: [""], faults: [.versionMissing]),
        Case(name: "Sec-WebSocket-Version", values: ["8"], faults: [.versionUnsupported]),
        Case(name: "Sec-WebSocket-Version", values: ["013"], faults: [.versionUnsupported]),
        Case(name: "Sec-WebSocket-Version", values: ["13, 8"], faults: [.versionUnsupported]),
        Case(name: "Sec-WebSocket-Version", values: ["13", "13"], faults: [.versionUnsupported]),
        Case(name: "Sec-WebSocket-Version", values: ["١٣"], faults: [.versionUnsupported]),
        Case(name: "Sec-WebSocket-Version", values: [" 13 "], faults: []),
        Case(name: "Sec-WebSocket-Key", values: [], faults: [.keyMissing]),
        Case(name: "Sec-WebSocket-Key", values: [" "], faults: [.keyMissing]),
        Case(name: "Sec-WebSocket-Key", values: ["dGhlIHNhbXBsZSBub25jZQ"], faults: [.keyMalformed]),
        Case(
            name: "Sec-WebSocket-Key",
            values: ["dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25jZQ=="],
            faults: [.keyRepeated]
        ),
        Case(name: "Content-Length", values: ["0"], faults: []),
        Case(name: "Content-Length", values: ["5"], faults: [.bodyPresent]),
        Case(name: "Content-Length", values: ["0, 5"], faults: [.bodyPresent]),
        Case(name: "Transfer-Encoding", values: ["chunked"], faults: [.bodyPresent]),
        Case(name: "Content-Type", values: ["application/json"], faults: []),
        Case(name: "Sec-WebSocket-Extensions", values: [""], faults: []),
        Case(name: "Sec-WebSocket-Protocol", values: [""], faults: []),
        Case(name: "Host", values: ["example.com"], faults: [.hostRepeated]),
        Case(name: "Host", values: ["other.example.com"], faults: [.hostRepeated]),
    ]

    @Test("names the fault of each field", arguments: cases)
    func fields(example: Case) throws {
        let request = try Self.request(changing: example.name, to: example.values)
        #expect(request.faults == example.faults)
        if let first = example.faults.first {
            #expect(throws: first) { try request.acceptValue() }
        } else {
            #expect(try request.acceptValue() == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
        }
    }

    @Test(
        "wants exactly one host that is one",
        arguments: [
            (nil, [.hostMissing]), ("", [.hostMissing]), (" ", [.hostMissing]),
            ("http://example.com", [.hostMalformed]),
            ("user@example.com", [.hostMalformed]), ("[::1]:8080", []), (" example.com ", []),
        ] as [(String?, [UpgradeFault])]
    )
    func hosts(authority: String?, faults: [UpgradeFault]) throws {
        let request = try Self.request(authority: authority)
        #expect(request.faults == faults)
        #expect((request.host == nil) == !faults.isEmpty)
    }

    @Test("takes the host from the fields where the HTTP layer left it there")
    func hostAmongFields() throws {
        let request = try Self.request(changing: "Host", to: ["example.com:81"], authority: nil)
        #expect(request.faults == [])
        #expect(request.host == HostPort("example.com:81"))
    }

    @Test(
        "refuses every method but GET",
        arguments: [HTTPRequest.Method.post, .head, .put, .delete, .options, .connect, .trace, .patch]
    )
    func methods(method: HTTPRequest.Method) throws {
        #expect(try Self.request(method: method).faults == [.methodNotGet])
    }

    @Test("refuses HTTP/1.0")
    func http10() throws {
        #expect(try Self.request(isHTTP10: true).faults == [.httpVersionTooOld])
    }

    @Test("names a proxy's dropped Upgrade before the HTTP version the same proxy used")
    func forwardedAsHTTP10() throws {
        var fields = HTTPFields()
        fields[.connection] = "close"
        fields[.secWebSocketKey] = "dGhlIHNhbXBsZSBub25jZQ=="
        fields[.secWebSocketVersion] = "13"
        let request = UpgradeRequest(method: .get, authority: "127.0.0.1:8080", fields: fields, isHTTP10: true)
        #expect(request.faults == [.upgradeMissing, .httpVersionTooOld, .connectionMissing])
    }

    @Test("shows no secret when it is printed")
    func printing() throws {
        let request = try Self.request(changing: "Authorization", to: ["Bearer sk-secret"])
        var dumped = ""
        dump(request, to: &dumped)
        #expect(dumped.contains("example.com") && !dumped.contains("sk-secret"))
    }

    @Test("recognises the drafts before RFC 6455")
    func draft() throws {
        var fields: HTTPFields = [.upgrade: "WebSocket", .connection: "Upgrade"]
        fields[try #require(HTTPField.Name("Sec-WebSocket-Key1"))] = "4 @1  46546xW%0l 1 5"
        let request = UpgradeRequest(method: .get, authority: "example.com", fields: fields, isHTTP10: false)
        #expect(request.faults == [.draftObsolete, .keyMissing])
    }

    @Test(
        "takes a request for an attempt by any of its WebSocket fields",
        arguments: [
            ("Upgrade", "websocket", true), ("Upgrade", "h2c", false), ("Sec-WebSocket-Key", "x", true),
            ("Sec-WebSocket-Version", "13", true), ("Sec-WebSocket-Protocol", "realtime", true),
            ("Sec-WebSocket-Extensions", "x", true), ("Connection", "Upgrade", false), ("Accept", "*/*", false),
        ]
    )
    func attempts(name: String, value: String, expected: Bool) throws {
        let fields = HTTPFields([HTTPField(name: try #require(HTTPField.Name(name)), value: value)])
        #expect(UpgradeRequest(method: .get, authority: "a", fields: fields, isHTTP10: false).isAttempt == expected)
    }
}
