// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import NIOSSL

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// What went wrong below HTTP, in words.
struct TransferError: Error, Sendable, CustomStringConvertible {
    let description: String
    /// Whether there was a connection that the other side has closed.
    let isClosed: Bool

    /// Names what the client library and the system throw; a cancellation stays one.
    static func of(_ error: any Error) -> any Error {
        switch error {
        case is CancellationError: return error
        case let error as HTTPClientError where error == .cancelled: return CancellationError()
        case let error as HTTPClientError where error == .remoteConnectionClosed || error == .uncleanShutdown:
            return TransferError(description: "it has closed the connection", isClosed: true)
        case let error as NIOConnectionError:
            if let first = error.connectionErrors.first { return of(first.error) }
            return TransferError(description: "its name cannot be resolved", isClosed: false)
        case let error as IOError: return of(code: error.errnoCode)
        case let error as ChannelError where error == .eof || error == .ioOnClosedChannel:
            return TransferError(description: "it has closed the connection", isClosed: true)
        case let error as HTTPParserError where error == .invalidEOFState:
            return TransferError(description: "it has closed the connection", isClosed: true)
        case is HTTPParserError:
            return TransferError(description: "what listens there does not speak HTTP", isClosed: false)
        case is NIOSSLError, is NIOSSLExtraError, is BoringSSLError:
            return TransferError(description: "TLS failed (\(error))", isClosed: false)
        default: return TransferError(description: "\(error)", isClosed: false)
        }
    }

    private static func of(code: CInt) -> TransferError {
        switch code {
        case ECONNREFUSED: TransferError(description: "nothing listens there (connection refused)", isClosed: false)
        case ECONNRESET, EPIPE, ENOTCONN: TransferError(description: "it has closed the connection", isClosed: true)
        case EHOSTUNREACH, ENETUNREACH: TransferError(description: "there is no way to its host", isClosed: false)
        default: TransferError(description: "system error \(code)", isClosed: false)
        }
    }
}
