// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ParleyWebSocket

private func offer(_ text: String, from side: DeflateOffer.Side = .client) throws -> DeflateOffer {
    try DeflateOffer(try #require(ExtensionElement(text)), from: side)
}

@Suite("permessage-deflate with its parameters")
struct DeflateOfferTests {
    /// Every set of parameters that a client may offer, in the order in which they are written.
    static let offers: [String] = {
        var all: [String] = []
        for forgets in ["", "; server_no_context_takeover"] {
            for mayForget in ["", "; client_no_context_takeover"] {
                for server in [""] + (8...15).map({ "; server_max_window_bits=\($0)" }) {
                    for client in ["", "; client_max_window_bits"] + (8...15).map({ "; client_max_window_bits=\($0)" })
                    {
                        all.append("permessage-deflate" + forgets + mayForget + server + client)
                    }
                }
            }
        }
        return all
    }()

    @Test("is written as it was read, whatever it holds")
    func everyOffer() throws {
        for text in Self.offers { #expect(try offer(text).text == text) }
    }

    @Test("as a server says it must give the client's window a value, and is the same otherwise")
    func everyAnswer() throws {
        for text in Self.offers {
            if text.hasSuffix("; client_max_window_bits") {
                #expect(throws: DeflateFault.invalidValue(parameter: "client_max_window_bits", value: nil)) {
                    try offer(text, from: .server)
                }
            } else {
                #expect(try offer(text, from: .server) == offer(text))
            }
        }
    }

    @Test("may have its parameters in any order, and values in quotation marks")
    func order() throws {
        let turned = try offer("permessage-deflate;client_max_window_bits=\"10\" ;server_no_context_takeover")
        #expect(turned.text == "permessage-deflate; server_no_context_takeover; client_max_window_bits=10")
    }

    @Test(
        "has no other parameter, none twice, and only values from 8 to 15",
        arguments: [
            ("x", .unknownParameter("x")),
            ("Server_No_Context_Takeover", .unknownParameter("Server_No_Context_Takeover")),
            (
                "server_no_context_takeover; server_no_context_takeover",
                .repeatedParameter("server_no_context_takeover")
            ),
            ("client_max_window_bits=10; client_max_window_bits=9", .repeatedParameter("client_max_window_bits")),
            ("server_no_context_takeover=1", .invalidValue(parameter: "server_no_context_takeover", value: "1")),
            ("client_no_context_takeover=true", .invalidValue(parameter: "client_no_context_takeover", value: "true")),
            ("server_max_window_bits", .invalidValue(parameter: "server_max_window_bits", value: nil)),
            ("server_max_window_bits=7", .invalidValue(parameter: "server_max_window_bits", value: "7")),
            ("server_max_window_bits=16", .invalidValue(parameter: "server_max_window_bits", value: "16")),
            ("server_max_window_bits=08", .invalidValue(parameter: "server_max_window_bits", value: "08")),
            ("server_max_window_bits=+9", .invalidValue(parameter: "server_max_window_bits", value: "+9")),
            ("server_max_window_bits=-9", .invalidValue(parameter: "server_max_window_bits", value: "-9")),
            ("client_max_window_bits=0", .invalidValue(parameter: "client_max_window_bits", value: "0")),
            ("client_max_window_bits=1e1", .invalidValue(parameter: "client_max_window_bits", value: "1e1")),
            (
                "client_max_window_bits=999999999999999999999",
                .invalidValue(
                    parameter: "client_max_window_bits",
                    value: "999999999999999999999"
                )
            ),
        ] as [(String, DeflateFault)]
    )
    func faults(parameters: String, fault: DeflateFault) {
        for side in [DeflateOffer.Side.client, .server] {
            #expect(throws: fault) { try offer("permessage-deflate; \(parameters)", from: side) }
        }
        #expect(!fault.description.isEmpty)
    }
}
