// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyWebSocket

extension ClientProfile {
    /// What this client makes of an exchange, up to the first thing it asks for on the open connection.
    func judge(_ exchange: Exchange, _ facts: Facts, redirects: Int = 0) -> ClientOutcome {
        if let failure = failsOnTheWay(exchange) ?? failsInTLS(exchange, facts) { return .fails(failure) }
        guard let response = exchange.response else { return unanswered(exchange) }
        if response.version == nil {
            // The beginning of an answer, for the rest of which clients wait.
            let isPart = exchange.end?.kind == .timedOut && response.body.text.hasPrefix("HTTP/")
            return isPart ? unanswered(exchange) : .fails(.notHTTP)
        }
        if let limit = handshakeLimit, response.atMS > limit * 1000 { return .fails(.tooSlow) }
        guard response.status == 101 else { return refused(response, facts, redirects) }
        // A field that the user set by hand is none that the library waits for.
        let byHand = facts.question.headers.contains { HeaderText.matches($0.name, "Sec-WebSocket-Protocol") }
        let offered = byHand && !readsFieldsByHand ? offered(facts.question, to: facts.address) : nil
        let defects = AnswerDefect.find(in: exchange, offered: offered).filter { !tolerates.contains($0) }
        if let defect = defects.first(where: { !$0.isInFrames }) {
            return .fails(.answer(defect, defect.value(in: response)))
        }
        if let defect = defects.first(where: \.isInFrames) { return .fails(.frame(defect)) }
        return converses(exchange, facts)
    }

    /// Whether it checks the answer against the request itself, or sends no field by hand at all.
    private var readsFieldsByHand: Bool { isBrowser || [.tungstenite, .plain].contains(library) }

    private func failsOnTheWay(_ exchange: Exchange) -> ClientFailure? {
        switch exchange.tcp?.result {
        case .refused: return .refused
        case .reset: return .connectionReset
        case .timedOut: return .connectTimedOut
        case .networkUnreachable: return .networkUnreachable
        case .hostUnreachable, .other: return .hostUnreachable
        case .noAddress: return .noSuchName
        case .connected, nil: break
        }
        guard let proxy = exchange.proxy else { return nil }
        return proxy.status.map { (200...299).contains($0) } == true ? nil : .proxy(proxy.status)
    }

    private func failsInTLS(_ exchange: Exchange, _ facts: Facts) -> ClientFailure? {
        guard exchange.endpoint.isSecure, let tls = exchange.tls ?? facts.seen(.tls)?.exchange.tls else { return nil }
        switch tls.result {
        case .completed: break
        case .alert(let number): return .alert(number)
        case .notTLS: return .notTLS
        case .closed: return .tlsClosed
        case .reset: return .tlsReset
        case .timedOut: return .tlsTimedOut
        case .failed(let detail): return .tls(detail)
        }
        let minded = tls.faults.filter { fault in
            // Nobody but browsers asks whether a certificate was revoked.
            !toleratesCertificate.contains(fault) && (fault != .revoked || isBrowser)
        }
        return Exchange.CertificateFault.allCases.first(where: minded.contains).map(ClientFailure.certificate)
    }

    private func unanswered(_ exchange: Exchange) -> ClientOutcome {
        switch exchange.end?.kind {
        case .closed: .fails(.closedUnanswered)
        case .reset: .fails(.resetUnanswered)
        case .timedOut:
            .fails(handshakeLimit.map { $0 * 1000 <= exchange.end?.atMS ?? 0 } == true ? .tooSlow : .silent)
        case .enough, nil: .unknown(nil)
        }
    }

    /// Most redirects that are followed in the evidence; the doctor itself follows one.
    private static let mostRedirects = 3

    private func refused(_ response: Exchange.Response, _ facts: Facts, _ redirects: Int) -> ClientOutcome {
        let refusal = ClientOutcome.fails(.status(response.status, response.reason))
        guard [301, 302, 303, 307, 308].contains(response.status), follows != .none,
            let location = response.headers.first("Location"), redirects < Self.mostRedirects
        else { return refusal }
        let target = TargetAddress(location)
        let isHTTP = target.hasScheme && ["http", "https"].contains(target.scheme)
        let isOther = target.hasScheme && target.host != facts.address.host
        switch follows {
        case .none: return refusal
        case .webSocket where isHTTP: return .fails(.redirect(location))
        case .sameOrigin where isHTTP || isOther: return .fails(.redirect(location))
        case .http where target.hasScheme && !isHTTP: return .fails(.redirect(location))
        case .webSocket, .sameOrigin, .http, .any: break
        }
        guard let next = facts.seen(.redirect) else { return .unknown(nil) }
        return judge(next.exchange, facts, redirects: redirects + 1)
    }
}

extension AnswerDefect {
    /// Whether it shows only after the handshake.
    var isInFrames: Bool {
        switch self {
        case .maskedFrames, .reservedBits, .reservedOpcode, .strayContinuation, .longControlFrame,
            .fragmentedControlFrame, .badLength, .invalidUTF8, .invalidCloseCode, .invalidCloseReason, .badCompression,
            .textForFrames:
            true
        default:
            false
        }
    }

    /// The value at fault, for the message about it.
    func value(in response: Exchange.Response) -> String {
        let name =
            switch self {
            case .missingUpgrade, .otherUpgrade: "Upgrade"
            case .missingConnection, .otherConnection, .connectionList: "Connection"
            case .missingAccept, .wrongAccept, .acceptCase, .repeatedAccept: "Sec-WebSocket-Accept"
            case .extensionUnoffered, .deflateUnoffered, .extensionEmpty, .extensionParameters,
                .extensionParameterUnoffered, .smallClientWindow, .extensionRepeated:
                "Sec-WebSocket-Extensions"
            default: "Sec-WebSocket-Protocol"
            }
        return response.headers.values(name).map(HeaderText.trimmed).joined(separator: ", ")
    }
}
