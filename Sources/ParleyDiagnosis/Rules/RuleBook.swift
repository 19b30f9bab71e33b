// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

extension Rule {
    /// The rules of all causes.
    ///
    /// Of two that are equally sure at the same stage the earlier one wins, so what is special stands before what is
    /// general.
    package static let all: [Rule] =
        pages + clients + reach + tunnels + interception + certificates + encryption + origins + versions + dialects
        + upgrades
        + paths + access + load + answerless + acceptance + frames + sessions + endurance

    /// The ids of all causes for which there is a rule.
    package static let causeIDs: Set<String> = Set(all.map(\.causeID))
}

extension CauseClass {
    /// The class that the prefix of a cause's id names.
    package init?(causeID: String) {
        switch causeID.prefix { $0 != "-" } {
        case "srv": self = .serverConfiguration
        case "net": self = .network
        case "fw": self = .firewall
        case "tls": self = .certificate
        case "org": self = .origin
        case "code": self = .code
        case "ver": self = .version
        default: return nil
        }
    }
}
