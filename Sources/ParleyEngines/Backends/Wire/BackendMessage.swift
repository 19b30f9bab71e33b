// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import ParleyEvents

/// What a server says about an error, whatever its form.
package struct BackendMessage: Sendable, Equatable {
    /// Most characters that are shown of it.
    package static let longest = 300

    /// Its own words; empty if it says nothing.
    package var text: String
    /// Its code or type (`exceed_context_size_error`), if it gives one.
    package var code: String?

    /// Makes a message.
    package init(_ text: String, code: String? = nil) {
        self.text = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        self.code = code
    }

    /// Code and words as a sentence goes on with them, at most ``longest`` characters each.
    package var shown: String {
        let code = code.map { " (\(Self.short($0)))" } ?? ""
        return text.isEmpty ? "\(code)." : "\(code): \(Self.short(text))"
    }

    private static func short(_ text: String) -> String {
        text.count > longest ? text.prefix(longest - 1) + "…" : text
    }

    /// Reads the body of an answer: `{"error":{…}}`, `{"error":"…"}`, `{"detail":…}`, `{"message":"…"}`, a page, or
    /// plain text.
    package init(body: some Sequence<UInt8>) {
        let bytes = Array(body)
        if let json = try? JSON(parsing: bytes) {
            self = Self.read(json) ?? BackendMessage(json.text)
            return
        }
        let text = String(decoding: bytes, as: UTF8.self)
        self.init(text.unicodeScalars.contains("<") ? Self.words(ofPage: text) : text)
    }

    /// The error that is reported in an object of a stream or in a body; `nil` if it reports none.
    package static func reported(in object: JSON) -> BackendMessage? {
        guard let error = object["error"], !error.isNull, error != false else { return nil }
        return read(object)
    }

    private static func read(_ json: JSON) -> BackendMessage? {
        switch json {
        case .string(let text): return BackendMessage(text)
        case .array(let elements):
            let messages = elements.compactMap(read)
            guard let first = messages.first else { return nil }
            return BackendMessage(messages.map(\.text).joined(separator: "; "), code: first.code)
        case .object(let object):
            // FastAPI's refusals say in `loc` which field is meant.
            if let text = object["msg"]?.stringValue {
                let place = object["loc"]?.arrayValue?.map { $0.stringValue ?? $0.text }.joined(separator: ".")
                return BackendMessage(place.map { "\($0): \(text)" } ?? text, code: object["type"]?.stringValue)
            }
            let code = object["code"]?.stringValue ?? object["type"]?.stringValue
            if let text = object["message"]?.stringValue { return BackendMessage(text, code: code) }
            for name in ["error", "detail", "errors"] {
                guard let inner = object[name], let message = read(inner) else { continue }
                return BackendMessage(message.text, code: message.code ?? code)
            }
            return nil
        default: return nil
        }
    }

    /// The text of an HTML page without its tags, scripts and styles.
    private static func words(ofPage page: String) -> String {
        var words = ""
        var rest = page[...]
        while let start = rest.firstIndex(of: "<") {
            words += rest[..<start] + " "
            rest = rest[start...]
            let element = ["script", "style"].first { rest.dropFirst().prefix(6).lowercased().hasPrefix($0) }
            if let element, let end = rest.firstRange(of: "</\(element)") { rest = rest[end.upperBound...] }
            guard let end = rest.firstIndex(of: ">") else { return words }
            rest = rest[rest.index(after: end)...]
        }
        return words + rest
    }
}
