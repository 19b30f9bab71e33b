// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyDiagnosis
import Testing

@Suite("Addresses as they are given")
struct TargetAddressTests {
    @Test("are taken apart without refusing anything")
    func parts() {
        let address = TargetAddress("WSS://user:pw@Voice.Example:8443/v1/realtime?model=x#top")
        #expect(address.scheme == "wss")
        #expect(address.host == "voice.example")
        #expect(address.port == 8443)
        #expect(address.target == "/v1/realtime?model=x")
        #expect(address.path == "/v1/realtime")
        #expect(address.query == "model=x")
        #expect(address.fragment == "top")
        #expect(address.hasUserInformation)
        #expect(address.looksLikeRealtime)
        #expect(address.hostHeader == "voice.example:8443")
    }

    @Test("may be a bare host and port")
    func bare() {
        let address = TargetAddress("[::1]:8080")
        #expect(!address.hasScheme)
        #expect(!address.isSecure)
        #expect(address.host == "::1")
        #expect(address.port == 8080)
        #expect(address.target == "/")
        #expect(address.hostHeader == "[::1]:8080")
        #expect(!address.looksLikeRealtime)
    }

    @Test("without a valid host have none")
    func noHost() {
        #expect(TargetAddress("ws://").host.isEmpty)
        #expect(TargetAddress("ws://a b/").hostPort == nil)
    }
}
