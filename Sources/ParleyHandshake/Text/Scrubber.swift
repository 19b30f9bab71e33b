// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyWebSocket

/// Prepares what a client wrote for being shown, knowing which keys it presented.
///
/// `Redaction` finds keys by their place and their look. A client may also put the key it presents somewhere else
/// (in the path, in `model`, in `User-Agent`); that is found here.
package struct Scrubber: Sendable {
    private let secrets: [[UInt8]]

    /// - Parameter credentials: shorter keys than 6 bytes are too likely to be a part of some word.
    package init(_ credentials: [Credential]) {
        self.secrets = credentials.map { Array($0.text.utf8) }.filter { $0.count >= 6 }
    }

    /// The text without the secrets and without control characters, at most `limit` characters of it.
    func show(_ text: String, limit: Int = 200) -> String {
        let plain = Redaction.text(masking(text))
        let scalars = plain.unicodeScalars.map { Self.isPrintable($0) ? $0 : "\u{FFFD}" }
        var shown = String.UnicodeScalarView()
        shown.append(contentsOf: scalars.prefix(limit))
        return String(shown) + (scalars.count > limit ? "…" : "")
    }

    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII { return (0x20..<0x7F).contains(scalar.value) }
        let category = scalar.properties.generalCategory
        return category != .control && category != .format
    }

    /// The text with the secrets masked and nothing else changed.
    package func masking(_ text: String) -> String { secrets.reduce(text, Self.masking) }

    /// The text with every place that begins as the secret does masked, for as far as it agrees.
    private static func masking(_ text: String, _ secret: [UInt8]) -> String {
        // Heads can be long; looking for the first bytes only keeps the work linear.
        let needle = secret.prefix(32)
        let bytes = Array(text.utf8)
        guard bytes.count >= needle.count else { return text }
        var shown: [UInt8] = []
        var position = 0
        while position < bytes.count {
            if bytes[position...].starts(with: needle) {
                shown += Redaction.mark.utf8
                position += zip(bytes[position...], secret).prefix { $0 == $1 }.count
            } else {
                shown.append(bytes[position])
                position += 1
            }
        }
        return String(decoding: shown, as: UTF8.self)
    }
}
