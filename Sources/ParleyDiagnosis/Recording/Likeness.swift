// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyWebSocket

/// Which known clients a request looks like, and how it differs from what others would have sent.
package struct Likeness: Codable, Sendable, Equatable {
    /// Ids of the profiles whose request is nearest, when it is near enough; several where they share a library.
    package var clients: [String]
    /// For each client that was asked about.
    package var differences: [Difference]

    /// How a request differs from a client's.
    package struct Difference: Codable, Sendable, Equatable {
        /// Id of the profile.
        package var client: String
        /// One thing each, in English, without secrets; empty when the request is the same.
        package var lines: [String]
    }

    /// What of a request must be the same for it to look like a client's, in percent of its fields.
    private static let enough = 80

    /// - Parameters:
    ///   - request: As sent, secrets included.
    ///   - url: The address it was sent to.
    ///   - clients: Ids of the profiles to compare with.
    ///   - masker: Knows the secrets in it.
    package init(_ request: Exchange.Request, to url: String, comparedWith clients: [String], masker: Masker) {
        let scores = ClientProfile.all.map { profile in
            (id: profile.id, score: Self.score(request, Self.expected(profile, request, url)))
        }
        let best = scores.map(\.score).max() ?? 0
        self.clients = best >= Self.enough ? scores.filter { $0.score == best }.map(\.id) : []
        differences = clients.compactMap(ClientProfile.named)
            .map { profile in
                let expected = Self.expected(profile, request, url)
                return Difference(client: profile.id, lines: Self.lines(request, expected, masker))
            }
    }

    /// What the client would have sent in the place of this one: the same subprotocols, credentials and origin.
    private static func expected(
        _ profile: ClientProfile,
        _ request: Exchange.Request,
        _ url: String
    ) -> Exchange.Request {
        var question = Question(url: url).asked(by: request)
        question.clients = [profile.id]
        if question.subprotocols == nil { question.subprotocols = [] }
        let key = request.headers.first("Sec-WebSocket-Key") ?? ""
        return profile.request(question, to: TargetAddress(question.url), key: key)
    }

    /// Fields whose values say nothing of the client.
    private static let variable = ["host", "origin", "sec-websocket-key", "accept-language"]

    /// Percent of the fields, of both requests, that stand in the same order, spelled the same, with the same value.
    private static func score(_ request: Exchange.Request, _ expected: Exchange.Request) -> Int {
        let own = request.headers.map(comparable)
        let other = expected.headers.map(comparable)
        guard !own.isEmpty, !other.isEmpty, own.count <= 64 else { return 0 }
        return 100 * 2 * common(own, other) / (own.count + other.count)
    }

    private static func comparable(_ header: Header) -> Header {
        let name = HeaderText.lowercased(header.name)
        if variable.contains(name) { return Header(header.name, "") }
        // Versions change; what stands before the first digit is the software.
        if name == "user-agent" { return Header(header.name, String(header.value.prefix { !$0.isNumber })) }
        return Header(header.name, header.value)
    }

    /// The length of the longest common subsequence.
    private static func common(_ own: [Header], _ other: [Header]) -> Int {
        var row = Array(repeating: 0, count: other.count + 1)
        for header in own {
            var diagonal = 0
            for index in other.indices {
                let above = row[index + 1]
                row[index + 1] = header == other[index] ? diagonal + 1 : max(above, row[index])
                diagonal = above
            }
        }
        return row[other.count]
    }

    private static func lines(
        _ request: Exchange.Request,
        _ expected: Exchange.Request,
        _ masker: Masker
    ) -> [String] {
        var lines: [String] = []
        for wanted in expected.headers {
            let name = HeaderText.lowercased(wanted.name)
            guard let sent = request.headers.first(where: { HeaderText.matches($0.name, wanted.name) }) else {
                lines.append("lacks \(shown(wanted, masker))")
                continue
            }
            if sent.name != wanted.name { lines.append("spells \(wanted.name) as \(sent.name)") }
            let differs = comparable(sent).value != comparable(wanted).value
            if differs, !variable.contains(name) {
                let value = masker.header(wanted).value
                lines.append(
                    masker.header(sent).value == value
                        ? "separates the values of \(sent.name) in another way"
                        : "sends \(shown(sent, masker)) instead of \(value)"
                )
            }
        }
        for sent in request.headers
        where !expected.headers.contains(where: { HeaderText.matches($0.name, sent.name) }) {
            lines.append("adds \(shown(sent, masker))")
        }
        let own = order(request, in: expected)
        let other = order(expected, in: request)
        if own != other { lines.append("sends the fields in another order: \(own.joined(separator: ", "))") }
        if request.version != expected.version { lines.append("speaks HTTP/\(masker.text(request.version))") }
        return lines
    }

    private static func order(_ request: Exchange.Request, in other: Exchange.Request) -> [String] {
        request.headers.map { HeaderText.lowercased($0.name) }
            .filter { name in other.headers.contains { HeaderText.matches($0.name, name) } }
    }

    private static func shown(_ header: Header, _ masker: Masker) -> String {
        let masked = masker.header(header)
        return "\(masked.name): \(masked.value)"
    }
}
