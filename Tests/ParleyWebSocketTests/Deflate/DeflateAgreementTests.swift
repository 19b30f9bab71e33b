// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ParleyWebSocket

@Suite("Agreeing on compression as the server")
struct DeflateServerTests {
    private static let settings = DeflateSettings(peerWindowBits: 12)

    private func answer(_ lines: String..., settings: DeflateSettings = settings) -> String? {
        DeflateAgreement(offers: lines, settings: settings)?.answer.text
    }

    @Test("Every lawful offer gets an answer that its client can keep, except for windows zlib cannot keep")
    func everyOffer() throws {
        for text in DeflateOfferTests.offers {
            let offer = try DeflateOffer(try #require(ExtensionElement(text)), from: .client)
            guard let agreement = DeflateAgreement(offers: [text], settings: Self.settings) else {
                #expect(offer.serverMaxWindowBits == 8, "\(text)")
                continue
            }
            #expect(offer.serverMaxWindowBits != 8)
            #expect(agreement.answer.serverMaxWindowBits == offer.serverMaxWindowBits.map { min($0, 12) })
            let clientWindow: DeflateOffer.ClientWindow? =
                switch offer.clientMaxWindowBits {
                case nil: nil
                case .any: .bits(12)
                case .bits(let bits): .bits(min(bits, 12))
                }
            #expect(agreement.answer.clientMaxWindowBits == clientWindow)
            // A client judges the answer by the same rules.
            let lines = [agreement.answer.text]
            #expect(try DeflateAgreement.judging(lines, to: offer) == agreement, "\(text)")
        }
    }

    @Test("What browsers and libraries offer gets the shortest answer")
    func usual() {
        #expect(answer("permessage-deflate") == "permessage-deflate")
        #expect(
            answer("permessage-deflate; client_max_window_bits") == "permessage-deflate; client_max_window_bits=12"
        )
        #expect(
            answer("permessage-deflate; server_no_context_takeover; client_no_context_takeover")
                == "permessage-deflate; server_no_context_takeover; client_no_context_takeover"
        )
        #expect(
            answer("permessage-deflate; client_max_window_bits", settings: DeflateSettings()) == "permessage-deflate"
        )
    }

    @Test("The first offer that can be kept wins, over all lines, and what cannot is passed over")
    func first() {
        #expect(
            answer("x, permessage-deflate; server_max_window_bits=10, permessage-deflate")
                == "permessage-deflate; server_max_window_bits=10"
        )
        #expect(answer("permessage-deflate; server_max_window_bits=8, permessage-deflate") == "permessage-deflate")
        #expect(
            answer("permessage-deflate; x", "permessage-deflate; server_no_context_takeover")
                == "permessage-deflate; server_no_context_takeover"
        )
        #expect(answer("permessage-deflate; client_max_window_bits=7, x-webkit-deflate-frame") == nil)
        #expect(
            answer("permessage-deflate;, =, permessage-deflate; server_max_window_bits=9")
                == "permessage-deflate; server_max_window_bits=9"
        )
    }

    @Test(
        "Without an offer of it nothing is agreed on",
        arguments: ["", "x", "permessage-bzip2", "Permessage-Deflate"]
    )
    func none(line: String) {
        #expect(answer(line) == nil)
        #expect(DeflateAgreement(offers: [], settings: Self.settings) == nil)
    }

    @Test("What the server wants itself stands in the answer, offered or not")
    func wishes() {
        let settings = DeflateSettings(windowBits: 9, forgetsContext: true, asksPeerToForget: true)
        #expect(
            answer("permessage-deflate", settings: settings)
                == "permessage-deflate; server_no_context_takeover; client_no_context_takeover"
        )
        #expect(
            answer("permessage-deflate; server_max_window_bits=15", settings: settings)
                == "permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=9"
        )
    }
}

@Suite("Agreeing on compression as the client")
struct DeflateClientTests {
    private static let demanding = DeflateOffer(DeflateSettings(peerWindowBits: 10, asksPeerToForget: true))

    private func judged(_ lines: String..., offer: DeflateOffer = DeflateOffer(DeflateSettings())) throws -> String? {
        try DeflateAgreement.judging(lines, to: offer)?.answer.text
    }

    @Test("The offer is that of browsers, with demands where there are some")
    func offers() {
        #expect(DeflateOffer(DeflateSettings()).text == "permessage-deflate; client_max_window_bits")
        #expect(
            Self.demanding.text
                == "permessage-deflate; server_no_context_takeover; server_max_window_bits=10; client_max_window_bits"
        )
        #expect(
            DeflateOffer(DeflateSettings(forgetsContext: true)).text
                == "permessage-deflate; client_no_context_takeover; client_max_window_bits"
        )
    }

    @Test("Any lawful answer to an offer without demands is kept")
    func everyAnswer() throws {
        for text in DeflateOfferTests.offers where !text.hasSuffix("; client_max_window_bits") {
            #expect(try judged(text) == text)
        }
        #expect(try judged() == nil)
        #expect(try judged("") == nil)
        #expect(try judged("x") == nil)
    }

    @Test(
        "An answer that breaks a rule or a demand is refused",
        arguments: [
            ("permessage-deflate; x", .unknownParameter("x")),
            ("permessage-deflate, permessage-deflate", .acceptedTwice),
            (
                "permessage-deflate; client_max_window_bits",
                .invalidValue(parameter: "client_max_window_bits", value: nil)
            ),
            (
                "permessage-deflate; server_max_window_bits=7",
                .invalidValue(
                    parameter: "server_max_window_bits",
                    value: "7"
                )
            ),
            ("permessage-deflate;", .malformed("permessage-deflate;")),
            ("permessage-deflate", .demandNotMet(parameter: "server_no_context_takeover")),
            ("permessage-deflate; server_no_context_takeover", .demandNotMet(parameter: "server_max_window_bits")),
            (
                "permessage-deflate; server_no_context_takeover; server_max_window_bits=11",
                .demandNotMet(parameter: "server_max_window_bits")
            ),
        ] as [(String, DeflateFault)]
    )
    func faults(line: String, fault: DeflateFault) {
        #expect(throws: fault) { try judged(line, offer: Self.demanding) }
    }

    @Test("A demand is met by what is stricter")
    func stricter() throws {
        let answer = "permessage-deflate; server_no_context_takeover; server_max_window_bits=9"
        #expect(try judged(answer, offer: Self.demanding) == answer)
    }

    @Test("A limit for the client is refused where the offer did not say that there may be one")
    func unasked() {
        #expect(throws: DeflateFault.unasked(parameter: "client_max_window_bits")) {
            try judged("permessage-deflate; client_max_window_bits=10", offer: DeflateOffer())
        }
    }
}
