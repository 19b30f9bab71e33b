// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import ParleyServer

/// Why the server stopped, in words for whoever started it.
struct ServeFailure: Error, CustomStringConvertible {
    let description: String

    init(_ error: any Error, _ configuration: ServerConfiguration) {
        let place = "\(configuration.host):\(configuration.port)"
        let code = (error as? IOError)?.errnoCode
        description =
            switch code {
            case EADDRINUSE:
                "port \(configuration.port) is in use. Stop what listens there, or choose another port with --port."
            case EACCES:
                "not allowed to listen on \(place). Ports below 1024 need privileges; choose another with --port."
            case EADDRNOTAVAIL:
                "\(configuration.host) is no address of this machine. Give one with --host, such as 127.0.0.1."
            default: "cannot serve on \(place): \(error)"
            }
    }
}

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif
