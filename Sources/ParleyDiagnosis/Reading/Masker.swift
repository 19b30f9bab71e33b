// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import ParleyHandshake
import ParleyWebSocket

/// Takes secrets out of everything that is recorded.
///
/// It knows the keys the user gave, and finds others by their place and their look (``ParleyHandshake/Redaction``).
/// It rather masks too much than too little.
package struct Masker: Sendable {
    private let credentials: [Credential]
    private let scrubber: Scrubber

    /// Knows the secrets of a question.
    package init(_ question: Question) { self.init(SecretSearch.credentials(in: question)) }

    /// Knows the secrets of a question and those that a client was seen to send.
    package init(_ question: Question, and request: Exchange.Request) {
        self.init(SecretSearch.credentials(in: question, and: request))
    }

    /// Knows some keys.
    package init(_ credentials: [Credential] = []) {
        self.credentials = credentials
        scrubber = Scrubber(credentials)
    }

    /// Bytes of which a secret at the end may have been cut so short that it cannot be told any more.
    private static let margin = 64

    /// Text that may contain secrets, safe to show.
    package func text(_ text: String) -> String {
        PrintableText.of(Redaction.text(scrubber.masking(text)).utf8)
    }

    /// The beginning of some bytes.
    ///
    /// - Parameters:
    ///   - bytes: The first of them; more than ``Bytes/kept`` are needed only to tell a secret at the end.
    ///   - count: How many there were; nil for as many as are given.
    /// - Returns: At most ``Bytes/kept`` bytes of text.
    package func bytes(_ bytes: some Collection<UInt8>, count: Int? = nil) -> Bytes {
        let count = max(count ?? bytes.count, bytes.count)
        let window = Array(bytes.prefix(Self.window))
        // Bytes that are no text are looked at one by one, so that nothing is lost to replacement characters.
        let isText = String(validating: window.dropLast(count > window.count ? 3 : 0), as: UTF8.self) != nil
        let shown =
            isText
            ? text(String(decoding: window, as: UTF8.self))
            : Self.runs(window)
                .map { $0.isText ? text(String(decoding: $0.bytes, as: UTF8.self)) : PrintableText.of($0.bytes) }
                .joined()
        return Bytes(text: Self.cut(shown, isCut: count > window.count), count: count)
    }

    /// Most bytes that ``bytes(_:count:)`` looks at.
    package static let window = 2 * Bytes.kept

    /// A line of a head.
    package func header(_ header: Header) -> Header {
        let value = Redaction.value(
            header.value,
            ofFieldNamed: HeaderText.lowercased(HeaderText.trimmed(header.name)),
            presented: credentials
        )
        return Header(text(header.name), PrintableText.of(scrubber.masking(value).utf8))
    }

    /// Path and query, or a whole URL, its user information included.
    package func target(_ target: String) -> String {
        var plain = target
        if let user = SecretSearch.userInformation(in: target), target.contains("://") {
            plain.replaceSubrange(user.startIndex..<user.endIndex, with: Redaction.mark)
        }
        return PrintableText.of(scrubber.masking(Redaction.target(plain, presented: credentials)).utf8)
    }

    /// The head of a request.
    package func request(_ request: Exchange.Request) -> Exchange.Request {
        Exchange.Request(
            method: text(request.method),
            target: target(request.target),
            version: text(request.version),
            headers: request.headers.map(header)
        )
    }

    /// What was asked.
    package func question(_ question: Question) -> Question {
        var shown = question
        shown.url = target(question.url)
        shown.subprotocols = question.subprotocols?.map { scrubber.masking(Redaction.subprotocol($0)) }
        shown.headers = question.headers.map(header)
        shown.origin = question.origin.map(text)
        shown.page = question.page.map(target)
        shown.proxy = question.proxy.map(proxy)
        shown.directURL = question.directURL.map(target)
        shown.sendText = question.sendText.map(text)
        shown.errorText = question.errorText.map(text)
        return shown
    }

    /// A proxy's address, which may be written without a scheme.
    private func proxy(_ proxy: String) -> String {
        guard let user = SecretSearch.userInformation(in: proxy) else { return target(proxy) }
        return target(proxy.replacing(user + "@", with: Redaction.mark + "@", maxReplacements: 1))
    }

    /// The text without the part at its end in which half a secret may stand, at most ``Bytes/kept`` bytes of it.
    private static func cut(_ text: String, isCut: Bool) -> String {
        let bytes = text.utf8.prefix(isCut ? max(0, text.utf8.count - margin) : text.utf8.count).prefix(Bytes.kept)
        // Back to the beginning of a character.
        var end = bytes.endIndex
        while end > bytes.startIndex, end < text.utf8.endIndex, text.utf8[end] & 0xC0 == 0x80 {
            end = text.utf8.index(before: end)
        }
        return String(decoding: text.utf8[..<end], as: UTF8.self)
    }

    private struct Run {
        let isText: Bool
        var bytes: [UInt8]
    }

    /// Stretches of ASCII and of other bytes.
    private static func runs(_ bytes: [UInt8]) -> [Run] {
        var runs: [Run] = []
        for byte in bytes {
            let isText = (0x20...0x7E).contains(byte) || byte == 9 || byte == 10 || byte == 13
            if runs.last?.isText == isText {
                runs[runs.count - 1].bytes.append(byte)
            } else {
                runs.append(Run(isText: isText, bytes: [byte]))
            }
        }
        return runs
    }
}

extension Question {
    /// The question as it may be shown and stored.
    package var masked: Question { Masker(self).question(self) }
}
