// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import ParleyDiagnosis
import ParleyDoctor
import ParleyHandshake

/// The doctor's readers, which take whatever a server or a client sends: the same however it is cut, and never the key.
///
/// Bit 0: frames; bit 1: the client's; bit 2: compressed; bit 3: a request; bit 4: an answer to CONNECT; bit 5: a page.
func fuzzReading(_ input: Input) {
    let whole = seen([input.bytes[...]], input)
    check(whole == seen(input.pieces, input), "independent of cuts:\n\(whole)\n\(seen(input.pieces, input))")
    check(!"\(whole)".contains(key), "without the key: \(whole)")
}

/// What a server may repeat that the user gave the doctor.
private let key = "sk-planted-0123456789abcdef"

private struct Seen: Equatable {
    var frames: [Conversation.Frame] = []
    var violations: [String] = []
    var unreadable: Bytes?
    var close: Conversation.Close?
    var firstEvent: Conversation.FirstEvent?
    var response: Exchange.Response?
    var request: Exchange.Request?
    var notHTTP: Bytes?
    var policies: [String] = []
}

private func seen(_ pieces: [ArraySlice<UInt8>], _ input: Input) -> Seen {
    let masker = Masker([Credential(key, source: .authorization)].compactMap { $0 })
    var seen = Seen()
    if input.chooses(0) {
        let accepted = [Header("Sec-WebSocket-Extensions", "permessage-deflate")]
        let deflate = input.chooses(2) ? DeflateParameters(answer: accepted) : nil
        var reader = StreamReader(input.chooses(1) ? .client : .server, deflate: deflate, masker: masker)
        for piece in pieces { _ = reader.received(piece, atMS: 1) }
        reader.ended()
        seen.frames = reader.frames
        seen.violations = reader.violations
        seen.unreadable = reader.unreadable
        seen.close = reader.close
        seen.firstEvent = reader.firstEvent
    } else if input.chooses(3) {
        var reader = RequestReader()
        for piece in pieces { _ = reader.received(piece) }
        seen.request = reader.request(masker)
        seen.notHTTP = reader.notHTTP(masker)
    } else if input.chooses(5) {
        seen.policies = MetaPolicies.all(in: input.bytes).map(masker.text)
    } else {
        var reader = ResponseReader(isConnect: input.chooses(4))
        for piece in pieces { _ = reader.received(piece, atMS: 1) }
        seen.response = reader.response(masker)
    }
    return seen
}

/// Certificates as a server may send them.
func fuzzCertificates(_ input: Input) {
    guard let certificate = ReadCertificate(input.bytes) else { return }
    check(certificate.shown.fingerprint.utf8.count == 64, "a whole fingerprint")
    check(ReadCertificate(input.bytes)?.shown == certificate.shown, "the same again")
}
