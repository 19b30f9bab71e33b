// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// What a name stands for, both families asked apart.
package struct NameLookup: Codable, Sendable, Equatable {
    /// The answer for one family.
    package enum Answer: Codable, Sendable, Equatable {
        /// Addresses in the resolver's order.
        case addresses([String])
        /// No such name (NXDOMAIN, EAI_NONAME).
        case noSuchName
        /// The name has no address of this family.
        case noAddress
        /// The resolver itself failed (SERVFAIL, EAI_AGAIN), in its words.
        case failed(String)
        /// No answer in time.
        case timedOut
        /// It was an address already, or the user gave one.
        case notAsked
    }

    package var host: String
    package var ipv4: Answer
    package var ipv6: Answer
    /// How long it took, in ms.
    package var durationMS: Int

    package init(host: String, ipv4: Answer, ipv6: Answer, durationMS: Int) {
        self.host = host
        self.ipv4 = ipv4
        self.ipv6 = ipv6
        self.durationMS = durationMS
    }

    /// All addresses, those of IPv6 first.
    package var addresses: [String] {
        [ipv6, ipv4]
            .flatMap { answer in
                guard case .addresses(let addresses) = answer else { return [String]() }
                return addresses
            }
    }
}
