// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyWebSocket

extension AnswerDefect {
    /// Ways of answering that RFC 6455 allows and some clients do not take.
    package static let lawful: Set<AnswerDefect> = [.connectionList, .smallClientWindow]

    /// All that is wrong with an answer and with what follows it, judged against the request that was sent.
    ///
    /// - Parameters:
    ///   - exchange: What was sent and what came.
    ///   - offered: The subprotocols that the client knows it offered, where these are not those of the request: a
    ///     field set behind the library's back is not.
    /// - Returns: Each defect once, in the order of the declaration. Of an answer that is HTTP and not a 101, only
    ///   what is wrong with the form of its head; nothing without an answer.
    package static func find(in exchange: Exchange, offered: [String]? = nil) -> [AnswerDefect] {
        guard let response = exchange.response else { return [] }
        guard response.version != nil else { return [.malformedHead] }
        var found = inForm(of: response)
        if exchange.isUpgraded {
            found.formUnion(inFields(of: response, request: exchange.request))
            found.formUnion(
                inSubprotocol(of: response, offered: offered ?? exchange.request?.subprotocols ?? [])
            )
            found.formUnion(
                inExtensions(of: response, offered: exchange.request?.headers.values("Sec-WebSocket-Extensions") ?? [])
            )
            found.formUnion(inFrames(of: exchange))
        }
        return allCases.filter(found.contains)
    }

    private static func inForm(of response: Exchange.Response) -> Set<AnswerDefect> {
        var found: Set<AnswerDefect> = []
        if response.hasBareLF { found.insert(.bareLF) }
        if response.headers.contains(where: { !HeaderText.isToken($0.name) }) { found.insert(.malformedHead) }
        guard response.status == 101 else { return found }
        if let version = response.version, version != "1.1" { found.insert(.http10) }
        if response.reason.isEmpty { found.insert(.missingReason) }
        return found
    }

    /// RFC 6455 section 4.1, the checks of the client numbered 2 to 4.
    private static func inFields(of response: Exchange.Response, request: Exchange.Request?) -> Set<AnswerDefect> {
        var found: Set<AnswerDefect> = []
        let upgrade = HeaderLists.elements(of: response.headers.values("Upgrade"))
        if upgrade.isEmpty {
            found.insert(.missingUpgrade)
        } else if upgrade.contains(where: { !HeaderText.matches($0, "websocket") }) {
            found.insert(.otherUpgrade)
        }
        let connection = HeaderLists.elements(of: response.headers.values("Connection"))
        if connection.isEmpty {
            found.insert(.missingConnection)
        } else if !connection.contains(where: { HeaderText.matches($0, "upgrade") }) {
            found.insert(.otherConnection)
        } else if connection.count > 1 {
            found.insert(.connectionList)
        }
        if let defect = inAccept(of: response, request: request) { found.insert(defect) }
        if response.headers.values("Sec-WebSocket-Accept").count > 1 { found.insert(.repeatedAccept) }
        if response.headers.values("Content-Length").contains(where: { HeaderText.trimmed($0) != "0" }) {
            found.insert(.bodyAnnounced)
        }
        if HeaderLists.contains("chunked", in: response.headers.values("Transfer-Encoding")) { found.insert(.chunked) }
        return found
    }

    private static func inAccept(of response: Exchange.Response, request: Exchange.Request?) -> AnswerDefect? {
        guard let accept = response.headers.first("Sec-WebSocket-Accept").map(HeaderText.trimmed), !accept.isEmpty
        else { return .missingAccept }
        guard let key = request?.headers.first("Sec-WebSocket-Key") else { return nil }
        let expected = AcceptKey.value(for: HeaderText.trimmed(key))
        if accept == expected { return nil }
        return HeaderText.matches(accept, expected) ? .acceptCase : .wrongAccept
    }
}
