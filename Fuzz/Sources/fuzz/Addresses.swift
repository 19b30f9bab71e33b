// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyTransport

/// URLs of servers and proxies: what can be read is written so that it reads back the same.
func fuzzAddresses(_ input: Input) {
    let text = input.text
    if let url = try? WebSocketURL(text) {
        check(!url.host.isEmpty && (1...65_535).contains(url.port) && url.target.hasPrefix("/"), "whole: \(url)")
        check((try? WebSocketURL(url.description)) == url, "the same URL again: \(url)")
        check(url.address != nil, "an address: \(url)")
    }
    if let proxy = try? ProxyURL(text) {
        let again = try? ProxyURL(proxy.description)
        check(again?.host == proxy.host && again?.port == proxy.port, "the same proxy again: \(proxy)")
        check((again?.user == nil) == (proxy.user == nil), "whether it has a user: \(proxy)")
    }
    // A list of exceptions, a URL and a proxy on three lines.
    let lines = text.split(separator: "\n", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
    guard lines.count == 3, let url = try? WebSocketURL(lines[1]) else { return }
    let environment = ["all_proxy": lines[2], "no_proxy": lines[0]]
    let found = try? ProxyURL.fromEnvironment(for: url, environment: environment)
    if let found { check(found == (try? ProxyURL(trimmed(lines[2]))), "the proxy that is named: \(found)") }
    let none = try? ProxyURL.fromEnvironment(for: url, environment: ["all_proxy": lines[2], "no_proxy": "*"])
    check(none == nil, "no proxy for any: \(url)")
}

private func trimmed(_ text: String) -> String {
    var text = text[...]
    while text.first == " " || text.first == "\t" { text.removeFirst() }
    while text.last == " " || text.last == "\t" { text.removeLast() }
    return String(text)
}
