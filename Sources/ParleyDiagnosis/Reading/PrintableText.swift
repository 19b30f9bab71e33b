// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// Bytes from outside as text that neither a terminal nor a page acts on.
enum PrintableText {
    /// UTF-8 as it is, tabs and line ends included; other control characters, and bytes that are no UTF-8, as `\xNN`.
    static func of(_ bytes: some Collection<UInt8>) -> String {
        var text = String.UnicodeScalarView()
        var decoder = Unicode.UTF8.ForwardParser()
        var iterator = bytes.makeIterator()
        var position = bytes.startIndex
        while true {
            switch decoder.parseScalar(from: &iterator) {
            case .valid(let encoded):
                let scalar = Unicode.UTF8.decode(encoded)
                let next = bytes.index(position, offsetBy: encoded.count)
                if isShown(scalar) {
                    text.append(scalar)
                } else {
                    append(bytes[position..<next], to: &text)
                }
                position = next
            case .error(let length):
                let next = bytes.index(position, offsetBy: length)
                append(bytes[position..<next], to: &text)
                position = next
            case .emptyInput:
                return String(text)
            }
        }
    }

    private static func append(_ bytes: some Collection<UInt8>, to text: inout String.UnicodeScalarView) {
        for byte in bytes {
            let digits = String(byte, radix: 16)
            text.append(contentsOf: ("\\x" + (digits.count == 1 ? "0" : "") + digits).unicodeScalars)
        }
    }

    /// Whether a scalar does nothing but stand there; those that reorder or hide text do more.
    private static func isShown(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "\t", "\r", "\n": return true
        case " "..."~": return true
        case "\0"..."\u{9F}": return false
        default:
            let category = scalar.properties.generalCategory
            return category != .format && category != .lineSeparator && category != .paragraphSeparator
        }
    }
}
