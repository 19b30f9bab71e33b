// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import Crypto

/// `Sec-WebSocket-Key` and the `Sec-WebSocket-Accept` value that answers it (RFC 6455 section 4.2.2, step 5.4).
package enum AcceptKey {
    /// The accept value: base64 of the SHA-1 of the key, as sent, followed by the protocol's fixed GUID.
    ///
    /// - Parameter key: the field value without surrounding white space; it is not checked here.
    /// - Returns: 28 characters.
    package static func value(for key: String) -> String {
        var hash = Insecure.SHA1()
        var text = key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
        text.withUTF8 { hash.update(bufferPointer: UnsafeRawBufferPointer($0)) }
        return hash.finalize().withUnsafeBytes(Base64Text.encoded)
    }

    /// Whether `key` is what RFC 6455 section 4.1 asks for: 16 bytes in base64.
    ///
    /// That is 22 characters of the alphabet and two `=`. Bits left over in the last character are
    /// not looked at, as no peer does.
    package static func isWellFormed(_ key: String) -> Bool {
        let bytes = Array(key.utf8)
        return bytes.count == 24
            && bytes[..<22]
                .allSatisfy { HeaderText.isAlphanumeric($0) || $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "/") }
            && bytes[22...].allSatisfy { $0 == UInt8(ascii: "=") }
    }
}
