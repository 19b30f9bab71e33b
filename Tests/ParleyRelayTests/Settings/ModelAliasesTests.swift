// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyRelay
import Testing

@Suite("Model aliases")
struct ModelAliasesTests {
    @Test("reads PATTERN=MODEL")
    func reading() {
        #expect(ModelAliases.Alias("a*=b") == ModelAliases.Alias("a*", "b"))
        #expect(ModelAliases.Alias("a*c=b") == nil)
        #expect(ModelAliases.Alias("a") == nil)
    }
}
