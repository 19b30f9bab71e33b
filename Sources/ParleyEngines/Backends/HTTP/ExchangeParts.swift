// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import Synchronization

/// How far an exchange has come.
final class ExchangeProgress: Sendable {
    private let connection = Atomic(false)
    private let answer = Atomic(false)

    /// There is a connection, and the request goes out.
    func connected() { connection.store(true, ordering: .releasing) }
    /// The head of the answer is there.
    func answered() { answer.store(true, ordering: .releasing) }

    var isConnected: Bool { connection.load(ordering: .acquiring) }
    var hasAnswered: Bool { answer.load(ordering: .acquiring) }
}

/// A request's body in one piece that tells when it is wanted.
struct RequestBody: AsyncSequence, Sendable {
    typealias Element = ByteBuffer

    let bytes: ByteBuffer
    let isWanted: @Sendable () -> Void

    func makeAsyncIterator() -> Iterator { Iterator(bytes: bytes, isWanted: isWanted) }

    struct Iterator: AsyncIteratorProtocol {
        var bytes: ByteBuffer?
        let isWanted: @Sendable () -> Void

        mutating func next() async throws -> ByteBuffer? {
            guard let bytes = bytes.take() else { return nil }
            isWanted()
            return bytes
        }
    }
}

/// The parts of a content type that matter.
struct ContentType {
    let name: String
    let rate: Int?

    init(_ value: String) {
        let parts = value.lowercased().split(separator: ";").map { $0.filter { !$0.isWhitespace } }
        name = parts.first ?? ""
        rate = parts.dropFirst().first { $0.hasPrefix("rate=") }
            .flatMap { Int($0.dropFirst(5)) }
            .flatMap { (1_000...384_000).contains($0) ? $0 : nil }
    }
}
