// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import NIOPosix

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

extension IOError {
    /// The peer, or something in between, said with a reset that the connection does not exist.
    var isReset: Bool { errnoCode == ECONNRESET || errnoCode == EPIPE }

    fileprivate var isRefused: Bool { errnoCode == ECONNREFUSED }
}

extension ConnectFailure.Cause {
    /// What made TCP fail, and whether names or addresses are to blame.
    static func connecting(_ error: any Error) -> (phase: ConnectPhase, cause: Self) {
        guard let error = error as? NIOConnectionError else { return (.connect, single(error)) }
        if error.connectionErrors.isEmpty {
            return (.resolve, .dns(resolving(error.dnsAError ?? error.dnsAAAAError)))
        }
        let causes = error.connectionErrors.map { single($0.error) }
        if causes.allSatisfy({ $0 == .refused }) { return (.connect, .refused) }
        // A server may be faster with its reset than this side with noticing that it was connected.
        if causes.allSatisfy({ $0 == .reset(received: []) }) { return (.connect, .reset(received: [])) }
        let texts = error.connectionErrors.map { "\($0.target.ipAddress ?? "?"): \(words(for: $0.error))" }
        return (.connect, .unreachable(texts.joined(separator: "; ")))
    }

    private static func single(_ error: any Error) -> Self {
        if let error = error as? IOError, error.isRefused { return .refused }
        if let error = error as? IOError, error.isReset { return .reset(received: []) }
        return .unreachable(words(for: error))
    }

    /// What the operating system says, without the name of its function in front.
    static func words(for error: any Error) -> String {
        guard let error = error as? IOError, let text = strerror(error.errnoCode) else { return "\(error)" }
        return String(cString: text)
    }

    private static func resolving(_ error: (any Error)?) -> String {
        guard let error else { return "it has no address" }
        return (error as? SocketAddressError.UnknownHost)?.errorDescription ?? "\(error)"
    }
}
