// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ParleyWebSocket

@Suite("Accept key")
struct AcceptKeyTests {
    @Test(
        "is the base64 of the SHA-1 of key and GUID",
        arguments: [
            // RFC 6455 section 1.3; the others were computed with another implementation of both.
            ("dGhlIHNhbXBsZSBub25jZQ==", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
            ("SNHmr0zzb5QX1DIGLagiXA==", "On1VJKgRm4Zb/ZEH8R0rTNxBZdk="),
            ("AAAAAAAAAAAAAAAAAAAAAA==", "ICX+Yqv66kxgM0FcWaLWlFLwTAI="),
            ("/////////////////////w==", "XXpj4jYzLM2yUE0C7TIgMwTQh2g="),
            ("", "Kfh9QIsMVZcl6xEPYxPHzW8SZ8w="),
        ]
    )
    func values(key: String, accept: String) {
        #expect(AcceptKey.value(for: key) == accept)
    }

    @Test(
        "takes 16 bytes in standard base64 only",
        arguments: [
            ("dGhlIHNhbXBsZSBub25jZQ==", true), ("AAAAAAAAAAAAAAAAAAAAAA==", true), ("+/+/+/+/+/+/+/+/+/+/+w==", true),
            // Bits left over in the last character.
            ("AAAAAAAAAAAAAAAAAAAAAB==", true),
            ("", false), ("==", false), ("dGhlIHNhbXBsZSBub25jZQ", false), ("dGhlIHNhbXBsZSBub25jZQ=", false),
            ("dGhlIHNhbXBsZSBub25jZWE=", false), ("dGhlIHNhbXBsZSBub25j", false), ("dGhlIHNhbXBsZSBub25jZQ===", false),
            ("-_-_-_-_-_-_-_-_-_-_-w==", false), ("dGhlIHNhbXBsZSBub25jZ===", false),
            ("dGhl IHNhbXBsZSBub25jZQ==", false),
            ("äääääääääääÄ==", false),
        ]
    )
    func wellFormed(key: String, expected: Bool) {
        #expect(AcceptKey.isWellFormed(key) == expected)
    }
}
