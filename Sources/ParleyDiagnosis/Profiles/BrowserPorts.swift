// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// Ports that browsers do not connect to, whatever listens there (WHATWG Fetch, "bad port").
package enum BrowserPorts {
    private static let blocked: Set<Int> = [
        1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109,
        110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530,
        531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045,
        4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
    ]

    /// Whether browsers refuse the port.
    package static func areBlocked(_ port: Int) -> Bool { blocked.contains(port) }

    /// What to say of a port, if browsers block it.
    package static func warning(_ port: Int) -> String? {
        guard areBlocked(port) else { return nil }
        return "browsers refuse to connect to port \(port) (they report ERR_UNSAFE_PORT or nothing at all); "
            + "choose another with --port, such as 8080"
    }
}
