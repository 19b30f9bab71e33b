// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyDiagnosis

extension Exchange {
    /// What was seen, in one line.
    var summary: String {
        guard let tcp else { return "no connection" }
        guard tcp.result == .connected else {
            return "TCP \(tcp.result.rawValue.replacing("_", with: " "))" + (tcp.detail.map { " (\($0))" } ?? "")
        }
        if let status = proxy?.status, !(200..<300).contains(status) { return "the proxy answers \(status)" }
        if let greeting { return "speaks first: \(greeting.text.prefix(40))" }
        if let tls, tls.result != .completed { return "TLS \(tls.result.summary)" }
        if let tls, !tls.faults.isEmpty, request == nil {
            return "certificate: " + tls.faults.map { $0.rawValue.replacing("_", with: " ") }.joined(separator: ", ")
        }
        guard request != nil else { return tls?.version ?? "connected in \(tcp.durationMS) ms" }
        guard let response else { return "no answer, \(end?.kind.summary ?? "unfinished")" }
        guard response.version != nil else { return "no HTTP: \(response.body.text.prefix(40))" }
        let answer = "\(response.status) \(response.reason)"
        guard let conversation else { return answer }
        let parts: [String?] = [
            answer,
            conversation.firstEvent.map { $0.type + ($0.errorCode.map { " \($0)" } ?? "") },
            conversation.violations.first,
            conversation.echoed.map { $0 ? "echoed" : "no echo" },
            conversation.pingAnswered == false ? "no pong" : nil,
            end?.kind == .closed ? conversation.close?.code.map { "closed with \($0)" } ?? "closed" : nil,
            end?.kind == .reset ? "reset" : nil,
        ]
        return parts.compactMap(\.self).joined(separator: ", ")
    }
}

extension Exchange.End.Kind {
    fileprivate var summary: String {
        switch self {
        case .closed: "the peer closed"
        case .reset: "the peer reset the connection"
        case .timedOut: "time is over"
        case .enough: "done"
        }
    }
}

extension Exchange.TLSOutcome.Result {
    fileprivate var summary: String {
        switch self {
        case .completed: "completed"
        case .alert(let number): "alert \(number)"
        case .notTLS: "is not what the peer speaks"
        case .closed: "closed by the peer"
        case .reset: "reset by the peer"
        case .timedOut: "unanswered"
        case .failed(let words): "failed: \(words)"
        }
    }
}

extension NameLookup {
    /// What was found, in one line.
    var summary: String {
        let found = addresses
        if !found.isEmpty { return found.joined(separator: ", ") }
        return [ipv4, ipv6]
            .map { answer in
                switch answer {
                case .addresses: "found"
                case .noSuchName: "no such name"
                case .noAddress: "no address"
                case .failed(let words): words
                case .timedOut: "no answer"
                case .notAsked: "an address"
                }
            }
            .first ?? ""
    }
}
