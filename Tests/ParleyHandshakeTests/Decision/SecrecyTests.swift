// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import ParleyWebSocket
import Testing

@testable import ParleyHandshake

/// Random keys in every place, right and wrong: no text made for people contains one.
@Suite("Secrecy")
struct SecrecyTests {
    private static let tokenAlphabet = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ!#$'*+-.^_`|~"

    enum Place: String, CaseIterable, Sendable {
        case bearer, bareAuthorization, apiKey, subprotocol, onlySubprotocol, queryKey, queryUnderscore,
            queryAuthorization
        case path, pathAndBearer, modelAndBearer, agentAndBearer, originAndBearer, bareSubprotocol, encodedQuery,
            secondQuery

        func request(_ key: String) -> HandshakeRequest {
            let encoded = key.utf8
                .map { byte in
                    HeaderText.isAlphanumeric(byte)
                        ? String(UnicodeScalar(byte)) : "%" + String(Int(byte) + 256, radix: 16).suffix(2)
                }
                .joined()
            let fullyEncoded = key.utf8.map { "%" + String(Int($0) + 256, radix: 16).suffix(2) }.joined()
            let bearer = ("Authorization", "Bearer \(key)")
            return switch self {
            case .bearer: .upgrade(more: [bearer])
            case .bareAuthorization: .upgrade(more: [("Authorization", key)])
            case .apiKey: .upgrade(more: [("api-key", key)])
            case .subprotocol: .upgrade(more: [("Sec-WebSocket-Protocol", "realtime, openai-insecure-api-key.\(key)")])
            case .onlySubprotocol: .upgrade(more: [("Sec-WebSocket-Protocol", "openai-insecure-api-key.\(key)")])
            case .queryKey: .upgrade("/?api-key=\(encoded)")
            case .queryUnderscore: .upgrade("/?model=m&api_key=\(encoded)&x=1")
            case .queryAuthorization: .upgrade("/?Authorization=Bearer+\(encoded)")
            case .path: .upgrade("/v1/sk-\(encoded)")
            case .pathAndBearer:
                .upgrade(
                    "/v1/\(key.filter { !"#?".contains($0) })",
                    more: [("api-key", key.filter { !"#?".contains($0) })]
                )
            case .modelAndBearer: .upgrade("/?model=\(encoded)", more: [bearer])
            case .agentAndBearer: .upgrade(more: [bearer, ("User-Agent", "my-app/\(key)")])
            case .originAndBearer: .upgrade(more: [bearer, ("Origin", "https://\(key).example")])
            case .bareSubprotocol: .upgrade(more: [("Sec-WebSocket-Protocol", "sk-\(key), ek_\(key)")])
            case .encodedQuery: .upgrade("/?%61pi-key=\(fullyEncoded)")
            case .secondQuery: .upgrade("/?x=1?api-key=\(encoded)")
            }
        }
    }

    /// Every six bytes in a row, packed into one number each.
    private static func windows(_ text: String) -> Set<UInt64> {
        var window: UInt64 = 0
        var found: Set<UInt64> = []
        for (position, byte) in text.utf8.enumerated() {
            window = (window << 8 | UInt64(byte)) & 0xFFFF_FFFF_FFFF
            if position >= 5 { found.insert(window) }
        }
        return found
    }

    /// Everything that is shown, logged, sent back or printed by accident.
    private func texts(_ request: HandshakeRequest, _ decision: Decision) -> [String] {
        var dumped = ""
        dump(request, to: &dumped)
        dump(decision, to: &dumped)
        var texts = [
            dumped, "\(request)", String(reflecting: request), "\(decision)", String(reflecting: decision),
            "\(decision.offer)",
            decision.explanation.line, decision.explanation.sentence, decision.explanation.advice ?? "",
            Redaction.fields(request.headers, presented: decision.offer.credentials).map(\.description)
                .joined(separator: "\n"),
        ]
        texts += decision.explanation.facts.map(\.value)
        texts += decision.offer.shownSubprotocols
        texts += decision.offer.credentials.flatMap { ["\($0)", String(reflecting: $0), $0.masked] }
        if let accepted = decision.accepted {
            texts += ["\(accepted)", String(reflecting: accepted), "\(accepted.credential as Any)"]
        }
        if let refusal = decision.admission.refusal {
            texts += ["\(refusal)", refusal.message, refusal.body, refusal.event(eventID: "e"), refusal.closeReason]
        }
        return texts
    }

    @Test("no six characters in a row of a key are shown", arguments: Place.allCases, UInt64(1)...4)
    func places(place: Place, seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed &* 1000 &+ UInt64(place.rawValue.utf8.count))
        let prefix = seed % 2 == 0 ? "sk-" : ""
        let key = prefix + generator.text(of: Self.tokenAlphabet, count: Int.random(in: 12...60, using: &generator))
        let windows = Self.windows(key)
        var strict = HandshakePolicy.keyed
        strict.subprotocols = .strict
        let knowing = HandshakePolicy(access: .keys([try #require(AccessKey(key))]), hosts: .any)
        for policy in [HandshakePolicy(), .keyed, strict, knowing] {
            for capacity in [Capacity.available, .draining] {
                let request = place.request(key)
                let decision = decide(request, policy: policy, capacity: capacity)
                for text in texts(request, decision) {
                    let isShown = !windows.isDisjoint(with: Self.windows(text))
                    #expect(!isShown, "\(place) shows a part of \(key) in a text that begins \(text.prefix(300))")
                }
            }
        }
    }

    @Test("the places are such that a key in them is found at all")
    func placesCount() {
        let withoutCredential: Set<Place> = [.path, .bareSubprotocol, .secondQuery]
        for place in Place.allCases {
            let decision = decide(place.request(rightKey), policy: .keyed, capacity: .available)
            #expect(decision.offer.credentials.isEmpty == withoutCredential.contains(place), "\(place)")
        }
    }

    @Test("the answer contains a key only when nothing else was offered")
    func answers() throws {
        for place in Place.allCases {
            let decision = decide(place.request(rightKey), policy: .keyed, capacity: .available)
            let fields = decision.accepted?.responseHeaders.map(\.value).joined() ?? ""
            #expect(fields.contains(rightKey) == [.onlySubprotocol, .bareSubprotocol].contains(place), "\(place)")
        }
    }
}
