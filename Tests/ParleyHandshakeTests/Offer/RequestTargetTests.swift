// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ParleyHandshake

@Suite("Request target")
struct RequestTargetTests {
    @Test(
        "the path ends where the query or the fragment begins",
        arguments: [
            ("/v1/realtime", "/v1/realtime"), ("/v1/realtime?model=m", "/v1/realtime"),
            ("/v1/realtime/?model=m", "/v1/realtime/"),
            ("/?model=m", "/"), ("?model=m", "/"), ("", "/"), ("/a#b?c", "/a"), ("/a?b#c", "/a"), ("/a?b?c", "/a"),
            ("http://example.com/v1/realtime?x=1", "/v1/realtime"), ("WS://example.com", "/"),
            ("https://example.com?x=1", "/"),
            ("/%2F", "/%2F"), ("*", "*"), ("//v1/realtime", "//v1/realtime"), ("/a?b=http://c/d", "/a"),
        ]
    )
    func paths(raw: String, path: String) {
        #expect(RequestTarget(raw).path == path)
    }

    @Test(
        "one final slash does not count",
        arguments: [
            ("/v1/realtime/", "/v1/realtime"), ("/v1/realtime", "/v1/realtime"), ("/", "/"), ("/a//", "/a/"), ("", "/"),
        ]
    )
    func comparablePaths(raw: String, path: String) {
        #expect(RequestTarget(raw).comparablePath == path)
    }

    @Test(
        "parameters are decoded, in order, with their duplicates",
        arguments: [
            ("/?a=1&b=2&a=3", ["a=1", "b=2", "a=3"]), ("/?a", ["a="]), ("/?a=", ["a="]), ("/?=1", ["=1"]), ("/?", []),
            ("/?&&", []),
            ("/?a=b=c", ["a=b=c"]), ("/?a%3Db=%26", ["a=b=&"]), ("/?a+b=c+d", ["a+b=c+d"]), ("/?a=1#b=2", ["a=1"]),
            ("/?a=b?c=d", ["a=b?c=d"]),
        ]
    )
    func parameters(raw: String, expected: [String]) {
        #expect(RequestTarget(raw).parameters.map { "\($0.name)=\($0.value)" } == expected)
    }

    @Test("the first of several counts, and empty is absent")
    func values() {
        let target = RequestTarget("/?a=1&a=2&b=&b=3&c&%61=4")
        #expect(target.value("a") == "1")
        #expect(target.value("b") == nil)
        #expect(target.value("c") == nil)
        #expect(target.value("d") == nil)
        #expect(target.value("A") == nil)
    }
}
