// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import ParleyEvents
import ParleyHandshake
import ParleyWebSocket

/// Heads of requests: every one gets a decision that holds together and shows no secret twice.
///
/// The first line is the target, the second `Host`; then come fields, a line each.
func fuzzHandshake(_ input: Input) {
    let lines = input.text.split(separator: "\n", omittingEmptySubsequences: false)
    let fields = lines.dropFirst(2)
        .compactMap { line -> HTTPField? in
            guard let colon = line.firstIndex(of: ":") else { return nil }
            let value = line[line.index(after: colon)...].drop { $0 == " " }
            return HTTPField.Name(String(line[..<colon])).map { HTTPField(name: $0, value: String(value)) }
        }
    let request = HandshakeRequest(
        method: input.chooses(0) ? .post : .get,
        target: String(lines.first ?? ""),
        authority: lines.dropFirst().first.map(String.init),
        headers: HTTPFields(fields),
        isHTTP10: input.chooses(1),
        isSecure: input.chooses(2),
        peerIsLoopback: !input.chooses(3)
    )
    let policies = [
        HandshakePolicy(),
        HandshakePolicy(access: .keys([AccessKey(key, label: "fuzz")].compactMap(\.self)), hosts: .any),
        HandshakePolicy(subprotocols: .strict, isEchoEnabled: true), HandshakePolicy(refusesInBand: false),
    ]
    for policy in policies { decide(request, policy) }
    let target = Redaction.target(request.target)
    check(Redaction.target(target) == target, "masked once is masked: \(target)")
    for field in request.headers {
        let shown = Redaction.value(field.value, of: field.name)
        check(Redaction.value(shown, of: field.name) == shown, "masked once is masked: \(field.name): \(shown)")
    }
}

private let key = "sk-test-4Qm7Zp2XvK9w"

private func decide(_ request: HandshakeRequest, _ policy: HandshakePolicy) {
    let decision = ParleyHandshake.decide(request, policy: policy, capacity: .available)
    let line = decision.explanation.line
    check(!line.utf8.contains { $0 < 0x20 || $0 == 0x7F }, "no control character: \(line)")
    check(!line.contains(key), "no key: \(line)")
    if let refusal = decision.admission.refusal {
        let body = try? JSON(parsing: refusal.body)
        check(body?["error"]?["message"]?.stringValue == refusal.message, "the reason in JSON: \(refusal.body)")
    }
    switch decision.admission {
    case .accept(let accepted), .acceptThenFail(let accepted, _):
        check(request.upgrade.faults.isEmpty, "no fault is accepted")
        check(accepted.responseHeaders[values: .secWebSocketProtocol].count <= 1, "one subprotocol")
        guard let selected = accepted.subprotocol else { return }
        check(decision.offer.subprotocols.contains(selected), "a subprotocol that was offered: \(selected)")
        check(HeaderText.isToken(selected), "a token: \(selected)")
    case .refuse: break
    }
}
