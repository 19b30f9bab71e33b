// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import Testing

@testable import ParleyHandshake

/// Every subset of the tokens clients offer, in every order, with every way of writing the list.
@Suite("Subprotocol combinations")
struct SubprotocolCombinationTests {
    static let tokens = [
        "realtime", "openai-insecure-api-key.\(rightKey)", "openai-beta.realtime-v1", "openai-agents-sdk.0.3.7",
        "arduino",
    ]

    /// How a list is written: the values of the field lines.
    enum Writing: String, CaseIterable, Sendable {
        case spaced, unspaced, tabbed, oneLineEach, emptyElements, twoLines

        func lines(_ offered: [String]) -> [String] {
            switch self {
            case .spaced: [offered.joined(separator: ", ")]
            case .unspaced: [offered.joined(separator: ",")]
            case .tabbed: ["\t" + offered.joined(separator: " \t,\t ") + " "]
            case .oneLineEach: offered
            case .emptyElements: ["", ", ," + offered.joined(separator: " ,, ") + ","]
            case .twoLines: [offered.prefix(1).joined(), offered.dropFirst().joined(separator: ", ")]
            }
        }
    }

    static let offers: [[String]] = (0..<(1 << tokens.count))
        .flatMap { bits in
            permutations(tokens.indices.filter { bits & 1 << $0 != 0 }.map { tokens[$0] })
        }

    private static func permutations(_ items: [String]) -> [[String]] {
        guard !items.isEmpty else { return [[]] }
        return items.indices.flatMap { index -> [[String]] in
            var rest = items
            let first = rest.remove(at: index)
            return permutations(rest).map { [first] + $0 }
        }
    }

    @Test("the loop covers all ordered subsets of five")
    func coverage() {
        #expect(Self.offers.count == 326)
        #expect(Set(Self.offers).count == 326)
    }

    @Test("the answer is one offered token or none, whatever the way of writing", arguments: Writing.allCases)
    func invariants(writing: Writing) throws {
        for offered in Self.offers {
            for policy in [HandshakePolicy(), .keyed] {
                let request = HandshakeRequest.upgrade(
                    more: [("Authorization", "Bearer \(rightKey)")]
                        + writing.lines(offered).map { ("Sec-WebSocket-Protocol", $0) }
                )
                let decision = decide(request, policy: policy, capacity: .available)
                guard case .accept(let accepted) = decision.admission else {
                    Issue.record("\(offered) was not accepted: \(decision.explanation.line)")
                    continue
                }
                #expect(decision.offer.subprotocols == offered)
                let answers = accepted.responseHeaders[values: .secWebSocketProtocol]
                #expect(answers == (accepted.subprotocol.map { [$0] } ?? []))
                guard let selected = accepted.subprotocol else {
                    #expect(offered.isEmpty, "an offer must be answered")
                    continue
                }
                #expect(offered.contains { Array($0.utf8) == Array(selected.utf8) })
                #expect(!selected.contains(",") && !selected.contains(" "))
                if offered.contains("realtime") { #expect(selected == "realtime") }
                if selected.contains(rightKey) { #expect(offered.count == 1) }
            }
        }
    }

    @Test("strict answers known tokens only, and refuses when there is none", arguments: Writing.allCases)
    func strict(writing: Writing) {
        var policy = HandshakePolicy()
        policy.subprotocols = .strict
        for offered in Self.offers {
            let request = HandshakeRequest.upgrade(more: writing.lines(offered).map { ("Sec-WebSocket-Protocol", $0) })
            let decision = decide(request, policy: policy, capacity: .available)
            if offered == ["arduino"] {
                #expect(decision.outcome == "in-band 4000 subprotocol_not_supported")
                #expect(decision.accepted?.subprotocol == "arduino", "the refusal must be readable")
            } else {
                #expect(decision.outcome == "accepted")
                #expect(decision.accepted?.subprotocol != "arduino")
            }
        }
    }
}
