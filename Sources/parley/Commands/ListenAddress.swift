// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import ParleyDiagnosis

/// Where to listen, as given on the command line: `HOST:PORT`, or a port of this machine.
struct ListenAddress {
    let host: String
    let port: Int

    init(_ text: String) throws {
        if let port = Int(text), (0...65_535).contains(port) {
            self.host = "127.0.0.1"
            self.port = port
            return
        }
        let address = TargetAddress(text)
        // Without a port the address has that of its scheme.
        guard !address.host.isEmpty, !address.hasScheme, text.hasSuffix(":\(address.port)") else {
            throw ValidationError("--listen expects HOST:PORT, as in 127.0.0.1:9001, not '\(text)'.")
        }
        self.host = address.host
        self.port = address.port
    }
}
