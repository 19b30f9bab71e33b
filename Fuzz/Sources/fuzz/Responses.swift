// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore

@testable import ParleyTransport

/// What a server or proxy answers a client: how it is cut does not matter.
func fuzzResponses(_ input: Input) {
    let whole = outcome([input.bytes[...]])
    let cut = outcome(input.pieces)
    check(whole == cut, "independent of cuts:\n\(whole)\n\(cut)")
    guard case .answer(let answer) = whole else { return }
    check(answer.body.count <= bodyLimit, "within the limit")
    for head in answer.interim + [answer.head] {
        check((try? ResponseHead(parsing: head.raw)) == head, "the same head again: \(head)")
    }
}

private enum Outcome: Equatable {
    case answer(Answer)
    case failure(ConnectFailure.Cause)
    case incomplete
}

private let bodyLimit = 64

private func outcome(_ pieces: [ArraySlice<UInt8>]) -> Outcome {
    var reader = ResponseReader(maxHeadBytes: 512, maxBodyBytes: bodyLimit) { $0 == 101 }
    do throws(ConnectFailure.Cause) {
        for (index, piece) in pieces.enumerated() {
            guard var answer = try reader.received(ByteBuffer(bytes: piece)) else { continue }
            // Bytes that come after the switch go to the next protocol as well.
            if answer.head.status == 101 { for later in pieces[(index + 1)...] { answer.rest.writeBytes(later) } }
            return .answer(answer)
        }
    } catch {
        // The evidence is what had come until then.
        if case .notHTTP = error { return .failure(.notHTTP([])) }
        return .failure(error)
    }
    return reader.inputEnded().map { .answer($0) } ?? .incomplete
}
