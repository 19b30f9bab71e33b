// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import HTTPTypes
import ParleyWebSocket

/// Takes secrets out of what is shown: logs, error messages, the list of recent handshakes, the doctor's reports.
///
/// It rather masks too much than too little; what it leaves is for reading, not for parsing.
package enum Redaction {
    /// What stands in place of a secret.
    package static let mark = "***"

    /// A few characters of a key, enough to tell which of one's own keys it is.
    ///
    /// Of 16 characters and more the first three and the last two, else nothing.
    package static func mask(_ secret: String) -> String {
        let bytes = Array(secret.utf8)
        guard bytes.count >= 16, bytes.allSatisfy({ (0x21...0x7E).contains($0) }) else { return mark }
        return String(decoding: bytes.prefix(3), as: UTF8.self) + "…" + String(decoding: bytes.suffix(2), as: UTF8.self)
    }

    /// A subprotocol token, with the key in it masked.
    ///
    /// A placeholder such as `null` stays, since it is the finding.
    package static func subprotocol(_ token: String) -> String {
        if let key = Subprotocol.key(in: token), Credential.isPlaceholder(key) { return token }
        // A token may contain most marks that end a word elsewhere, so that a key goes on to the end of it.
        guard let introduction = introduction(of: Array(token.utf8)[...]) else { return text(token) }
        return String(decoding: token.utf8.prefix(introduction), as: UTF8.self) + mark
    }

    /// A request target with the values of `api-key`, `Authorization` and their like masked, wherever they stand.
    ///
    /// - Parameters:
    ///   - raw: path and query as sent, or a whole URL.
    ///   - presented: the keys the client presented; they are found in any part then.
    /// - Returns: the target, with parts in which something was found decoded.
    package static func target(_ raw: String, presented: [Credential] = []) -> String {
        let scrubber = Scrubber(presented)
        return raw.utf8.split(separator: UInt8(ascii: "&"), omittingEmptySubsequences: false)
            .map { segment(Array($0), scrubber) }
            .joined(separator: "&")
    }

    /// A field value as it may be shown under its name.
    ///
    /// - Parameters:
    ///   - value: as sent.
    ///   - name: decides what is secret.
    ///   - presented: the keys the client presented; they are found in any field then.
    /// - Returns: the value without secrets.
    package static func value(_ value: String, of name: HTTPField.Name, presented: [Credential] = []) -> String {
        self.value(value, ofFieldNamed: name.canonicalName, presented: presented)
    }

    /// A field value as it may be shown under a name that need not be a valid one.
    ///
    /// - Parameters:
    ///   - value: as sent.
    ///   - name: in lower case; decides what is secret.
    ///   - presented: the keys the client presented; they are found in any field then.
    /// - Returns: the value without secrets.
    package static func value(
        _ value: String,
        ofFieldNamed name: String,
        presented: [Credential] = []
    ) -> String {
        if name == "sec-websocket-protocol" {
            return HeaderLists.elements(of: [value]).map(subprotocol).joined(separator: ", ")
        }
        if name == "referer" { return target(value, presented: presented) }
        if name == "authorization" || name == "proxy-authorization" { return authorization(value) }
        // The key of the handshake is a nonce, in spite of its name.
        if name.hasPrefix("sec-websocket-key") { return value }
        return isSensitive(name) ? mark : text(Scrubber(presented).masking(value))
    }

    /// All fields in the order given, each value as it may be shown.
    ///
    /// - Parameters:
    ///   - fields: the fields of a request or a response.
    ///   - presented: the keys the client presented; they are found in any field then.
    /// - Returns: as many fields with the same names.
    package static func fields(_ fields: HTTPFields, presented: [Credential] = []) -> HTTPFields {
        HTTPFields(fields.map { HTTPField(name: $0.name, value: value($0.value, of: $0.name, presented: presented)) })
    }

    /// Text that may contain a key: what follows `Bearer`, a key token's key, and words that begin as keys do.
    package static func text(_ text: String) -> String {
        let bytes = Array(text.utf8)
        var shown: [UInt8] = []
        shown.reserveCapacity(bytes.count)
        var position = 0
        var isWordStart = true
        while position < bytes.count {
            if isWordStart, let introduction = introduction(of: bytes[position...]) {
                shown += bytes[position..<(position + introduction)] + mark.utf8
                position = bytes[(position + introduction)...].firstIndex(where: endsSecret) ?? bytes.count
            } else {
                shown.append(bytes[position])
                position += 1
            }
            isWordStart = shown.last.map(endsWord) ?? true
        }
        return String(decoding: shown, as: UTF8.self)
    }

    /// Whether a word begins as keys do: `sk-`, `sk_` or `ek_`, and something behind it.
    static func looksLikeKey(_ word: String) -> Bool {
        introduction(of: Array(word.utf8)[...]) == 0
    }

    /// Whether a parameter or a field of that name holds a secret.
    package static func isSensitive(_ name: String) -> Bool {
        let name = HeaderText.lowercased(name)
        return ["authorization", "key", "token", "secret", "password", "cookie"]
            .contains { HeaderText.contains(name, $0) }
    }

    /// How many bytes may be shown before the secret that begins here; nil when none does.
    private static func introduction(of word: ArraySlice<UInt8>) -> Int? {
        // Heads are long and words are many; most begin with another letter.
        guard let first = word.first, "sSeEoObB".utf8.contains(first) else { return nil }
        if begins(word, Self.keyPrefix) { return Self.keyPrefix.count }
        if let bearer = Self.bearer.first(where: { begins(word, $0) }) {
            return bearer.count + word.dropFirst(bearer.count).prefix(while: HeaderText.isWhiteSpace).count
        }
        let isKey = Self.keyBeginnings.contains { begins(word, $0) }
        return isKey && word.dropFirst(3).first.map(endsSecret) == false ? 0 : nil
    }

    // In lower case, as `begins` wants them.
    private static let keyPrefix = Array(Subprotocol.keyPrefix.utf8)
    private static let bearer = ["bearer ", "bearer+", "bearer%20"].map { Array($0.utf8) }
    private static let keyBeginnings = ["sk-", "sk_", "ek_"].map { Array($0.utf8) }

    private static func begins(_ word: ArraySlice<UInt8>, _ prefix: [UInt8]) -> Bool {
        word.count >= prefix.count && zip(word, prefix).allSatisfy { HeaderText.folded($0) == $1 }
    }

    private static func authorization(_ value: String) -> String {
        let parts = value.utf8.split(maxSplits: 1, whereSeparator: HeaderText.isWhiteSpace)
            .map { String(decoding: $0, as: UTF8.self) }
        guard parts.count == 2 else { return Credential.isPlaceholder(value) ? value : mark }
        let secret = HeaderText.trimmed(parts[1])
        return parts[0] + " " + (Credential.isPlaceholder(secret) ? secret : mark)
    }

    /// One part of a target between two `&`.
    private static func segment(_ bytes: [UInt8], _ scrubber: Scrubber) -> String {
        var nameStart = 0
        for (position, byte) in bytes.enumerated() {
            if byte == UInt8(ascii: "="), isSensitive(PercentCoding.decoded(bytes[nameStart..<position])) {
                let secret = String(decoding: bytes[(position + 1)...], as: UTF8.self)
                let shown = String(decoding: bytes[...position], as: UTF8.self)
                return shown + (Credential.isPlaceholder(secret) ? secret : mark)
            }
            // Targets put together by hand have a second ? or a & before the first ?, and then the value of one
            // parameter contains the name of the next.
            if "/?;#=".utf8.contains(byte) { nameStart = position + 1 }
        }
        let decoded = PercentCoding.decoded(bytes)
        let shown = text(scrubber.masking(decoded))
        return shown == decoded ? String(decoding: bytes, as: UTF8.self) : shown
    }

    private static func endsWord(_ byte: UInt8) -> Bool {
        switch UnicodeScalar(byte) {
        case "/", "=", ":", "@", ".", "?", "&", "#", "'", "(", ")", "[", "]", "{", "}", "|": true
        default: endsSecret(byte)
        }
    }

    private static func endsSecret(_ byte: UInt8) -> Bool {
        switch UnicodeScalar(byte) {
        case "\0"..." ", "\"", ",", ";", "<", ">": true
        default: false
        }
    }
}
