// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// What is known of each class of causes, by what was really tried.
enum ClassMarks {
    static func marks(
        _ facts: Facts,
        _ verdict: Report.Verdict,
        _ cause: Finding?,
        _ others: [Finding]
    ) -> [CauseClass: Report.Mark] {
        let causeClass = cause.flatMap { CauseClass(causeID: $0.causeID) }
        let suspects = Set(others.compactMap { CauseClass(causeID: $0.causeID) })
        var marks: [CauseClass: Report.Mark] = [:]
        for one in CauseClass.allCases {
            marks[one] =
                one == causeClass
                ? .cause : suspects.contains(one) ? .suspect : unblamed(one, facts, verdict == .connects)
        }
        return marks
    }

    /// The mark of a class that no finding speaks of.
    private static func unblamed(_ one: CauseClass, _ facts: Facts, _ connects: Bool) -> Report.Mark {
        let exchanges = (facts.asked + facts.all(.reference) + facts.all(.connect) + facts.all(.tls)).map(\.exchange)
        let isConnected = exchanges.contains {
            $0.tcp?.result == .connected || $0.response != nil || $0.tls?.version != nil
        }
        let isAnswered = exchanges.contains { $0.status != nil }
        let isOpen = exchanges.contains(where: \.isUpgraded)
        switch one {
        case .network:
            return isConnected ? .ruledOut : .notReached
        case .firewall:
            if isAnswered || exchanges.contains(where: { $0.tcp?.result == .refused }) { return .ruledOut }
            return isConnected ? .untestable : .notReached
        case .certificate:
            guard facts.address.isSecure else { return .ruledOut }
            let isTrusted = exchanges.contains { $0.tls?.result == .completed && $0.tls?.faults.isEmpty == true }
            return isTrusted ? .ruledOut : exchanges.contains { $0.tls != nil } ? .untestable : .notReached
        case .serverConfiguration:
            return isAnswered ? .ruledOut : .notReached
        case .origin:
            return origin(facts, isAnswered: isAnswered, isOpen: isOpen)
        case .code, .version:
            if connects || isOpen { return .ruledOut }
            return isAnswered && one == .version && facts.refusal?.seen.exchange.header("Sec-WebSocket-Version") != nil
                ? .ruledOut : .notReached
        }
    }

    /// An origin that makes no difference rules the server's checks out; the browser's own policy needs the page.
    private static func origin(_ facts: Facts, isAnswered: Bool, isOpen: Bool) -> Report.Mark {
        guard isAnswered else { return .notReached }
        let isOutsideBrowsers = !facts.chosenClients.isEmpty && !facts.concernsBrowsers
        if isOutsideBrowsers { return .ruledOut }
        guard let reference = facts.seen(.reference) else {
            return facts.asked.contains {
                $0.exchange.isUpgraded && $0.exchange.request?.headers.first("Origin") != nil
            }
                ? .ruledOut : .untestable
        }
        let origins: [Variation] = [.origin, .sameOrigin, .foreignOrigin, .nullOrigin, .siblingOrigin]
        let tried = origins.compactMap { facts.seen($0) }
        let isSame = !tried.isEmpty && tried.allSatisfy { $0.exchange.status == reference.exchange.status }
        return isSame || (isOpen && facts.origin != nil) ? .ruledOut : .untestable
    }
}
