// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyWebSocket

/// Where and how a connection failed for a client that puts up with nothing.
enum Failure: Equatable {
    case tcp(Exchange.TCPOutcome.Result)
    /// The proxy refused the tunnel; nil when it answered no HTTP.
    case tunnel(Int?)
    case tls(Exchange.TLSOutcome.Result)
    case certificate([Exchange.CertificateFault])
    /// The connection ended before anything was answered.
    case closedBeforeAnswer
    case resetBeforeAnswer
    case noAnswer
    case notHTTP
    case status(Int)
    /// The 101, or what follows it, breaks the rules.
    case defects([AnswerDefect])
    /// A close frame with another code than 1000.
    case closed(Int?)
    /// The connection ended without a close frame.
    case cut
    /// The first event is an error.
    case errorEvent
    /// The first event did not come.
    case noEvent
    case noEcho

    /// Whether no client gets through; otherwise it depends on what the client puts up with.
    var isUniversal: Bool {
        switch self {
        case .certificate(let faults):
            !Set(faults).isSubset(of: [.commonNameOnly, .weakKey, .weakSignature, .revoked])
        case .defects(let defects): !Set(defects).isDisjoint(with: [.missingAccept, .wrongAccept, .missingUpgrade])
        default: true
        }
    }
}

extension Exchange {
    /// What failed, judged strictly; nil when all is well, or when the probe did not go far enough to tell.
    func failure(_ expectation: Question.Expectation, tolerating tolerated: Set<AnswerDefect> = []) -> Failure? {
        if let tcp, tcp.result != .connected { return .tcp(tcp.result) }
        if let proxy, !(200..<300).contains(proxy.status ?? 0) { return .tunnel(proxy.status) }
        if let tls {
            if tls.result != .completed { return .tls(tls.result) }
            if !tls.faults.isEmpty { return .certificate(tls.faults) }
        }
        guard let response else { return failureWithoutAnswer }
        guard response.version != nil else { return .notHTTP }
        guard isUpgraded else { return .status(response.status) }
        let defects = AnswerDefect.find(in: self)
            .filter { !AnswerDefect.lawful.contains($0) && !tolerated.contains($0) }
        return defects.isEmpty ? failureWhenOpen(expectation) : .defects(defects)
    }

    private var failureWithoutAnswer: Failure? {
        guard request != nil else { return nil }
        switch end?.kind {
        case .closed: return .closedBeforeAnswer
        case .reset: return .resetBeforeAnswer
        case .timedOut: return .noAnswer
        case .enough, nil: return nil
        }
    }

    private func failureWhenOpen(_ expectation: Question.Expectation) -> Failure? {
        let conversation = self.conversation
        if let event = conversation?.firstEvent, event.type == "error" { return .errorEvent }
        let works =
            switch expectation {
            case .open: true
            case .echo: conversation?.echoed == true
            case .sessionCreated: conversation?.firstEvent?.type == "session.created"
            }
        if let close = conversation?.closeOfServer {
            if !works || !(close.code == 1000 || close.code == 1001) { return .closed(close.code) }
        }
        if let kind = end?.kind, kind == .closed || kind == .reset, conversation?.close == nil,
            conversation?.hasClosed != true
        {
            return .cut
        }
        guard let conversation, !works else { return nil }
        switch expectation {
        case .open: return nil
        case .echo: return conversation.echoed == false ? .noEcho : nil
        case .sessionCreated: return .noEvent
        }
    }
}
