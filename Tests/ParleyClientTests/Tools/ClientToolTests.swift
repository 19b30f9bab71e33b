// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyEvents
import Testing

@testable import ParleyClient

@Suite("A tool")
struct ClientToolTests {
    private struct Sum: Codable { let a, b: Int }

    @Test("has typed arguments and a typed result")
    func typed() async throws {
        let tool = ClientTool("swap", description: "Swaps.", parameters: ["type": "object"]) { (sum: Sum) in
            Sum(a: sum.b, b: sum.a)
        }
        let text = try await tool.run("{\"a\":1,\"b\":2}")
        let swapped = try JSON(parsing: text)
        #expect(swapped == ["a": 2, "b": 1])
        #expect(
            tool.definition == .function(name: "swap", description: "Swaps.", parameters: ["type": "object"])
        )
    }

    @Test("gives text as it is")
    func text() async throws {
        let tool = ClientTool("hi", description: "", parameters: [:]) { (_: [String: Int]) in "hello" }
        #expect(try await tool.run("") == "hello")
    }

    @Test("throws for arguments that are not those it takes")
    func wrongArguments() async {
        let tool = ClientTool("add", description: "", parameters: [:]) { (sum: Sum) in sum.a + sum.b }
        await #expect(throws: DecodingError.self) { try await tool.run("{\"a\":1}") }
    }
}
