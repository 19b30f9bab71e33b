// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyWebSocket

/// What a browser decides by the page before a packet leaves.
package struct PageRules: Sendable {
    private let facts: Facts

    /// The rules for the page of a question; without a page they forbid nothing.
    package init(_ facts: Facts) { self.facts = facts }

    /// What this browser blocks.
    func failure(_ browser: ClientLibrary) -> ClientFailure? {
        if isMixedContent(browser) { return .mixedContent }
        if let directive = blockingDirective { return .contentPolicy(directive) }
        return browser == .chromium && isLocalNetworkAccess ? .localNetwork : nil
    }

    /// Whether an https page asks for a `ws:` address (W3C Mixed Content).
    ///
    /// All but Safari make an exception for this machine.
    package func isMixedContent(_ browser: ClientLibrary) -> Bool {
        guard let page, page.isSecure, !facts.address.isSecure else { return false }
        return browser == .webKit || facts.address.hostPort?.isLoopback != true
    }

    /// The directive of the page's Content Security Policy that forbids the connection.
    package var blockingDirective: String? {
        guard let page, let record = facts.page else { return nil }
        let policies = record.headers.values("Content-Security-Policy") + record.metaPolicies
        return policies.flatMap { $0.split(separator: ",") }
            .lazy.compactMap { ContentPolicy(String($0)).directiveBlocking(facts.address, from: page) }
            .first
    }

    /// Whether a page from the internet, or from nowhere (`data:`), asks for an address of the local network or of this
    /// machine.
    package var isLocalNetworkAccess: Bool {
        guard let page, isData || Self.isPublic(page, at: facts.question.resolve[page.host]) else { return false }
        let host = facts.address.host
        let addresses = [host, facts.question.resolve[host]].compactMap { $0 } + (facts.name?.addresses ?? [])
        return addresses.contains(where: Self.isLocal)
    }

    private var page: TargetAddress? { facts.question.page.map { TargetAddress($0) } }

    private var isData: Bool { facts.question.page?.hasPrefix("data:") == true }

    private static func isPublic(_ page: TargetAddress, at address: String?) -> Bool {
        guard ["http", "https"].contains(page.scheme) else { return false }
        return !isLocal(page.host) && !(address.map(isLocal) ?? false) && page.host.contains(".")
            && ![".local", ".test", ".internal", ".home.arpa"].contains { page.host.hasSuffix($0) }
    }

    /// Loopback, link-local and private addresses (RFC 1918, RFC 3927, RFC 4193, RFC 6598).
    private static func isLocal(_ text: String) -> Bool {
        if HostPort(text.contains(":") ? "[\(text)]" : text)?.isLoopback == true { return true }
        let parts = text.split(separator: ".").compactMap { UInt8($0) }
        if parts.count == 4, text.split(separator: ".").count == 4 {
            switch (parts[0], parts[1]) {
            case (10, _), (192, 168), (169, 254), (172, 16...31), (100, 64...127): return true
            default: return false
            }
        }
        guard text.contains(":") else { return false }
        return ["fe8", "fe9", "fea", "feb", "fc", "fd"].contains { text.hasPrefix($0) }
    }
}
