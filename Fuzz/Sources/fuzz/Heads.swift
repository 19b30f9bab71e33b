// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import NIOCore
import ParleyHandshake
import ParleyWebSocket

/// Bytes of a connection's first request: the same head or fault however they are cut, nothing lost, and a head that
/// reads the same when it is written again.
///
/// Bits 0 to 2: small limits.
func fuzzHeads(_ input: Input) {
    let limits = RequestHeadReader.Limits(
        bytes: input.chooses(0) ? 100 : 32 * 1024,
        fields: input.chooses(1) ? 3 : 200,
        requestLine: input.chooses(2) ? 40 : 16 * 1024
    )
    let whole = outcome([input.bytes[...]], limits)
    let cut = outcome(input.pieces, limits)
    check(whole == cut, "independent of cuts:\n\(whole)\n\(cut)")
    guard case .head(let head, let rest) = whole else { return }
    check(input.bytes.suffix(rest.count) == rest[...], "what is left is the end of what came")
    check(input.bytes.count - rest.count <= limits.bytes, "no more bytes than allowed")
    check(head.fields.count <= limits.fields, "no more fields than allowed")
    let fields = (head.authority.map { [("Host", $0)] } ?? []) + head.fields.map { ($0.name.rawName, $0.value) }
    for (_, value) in fields { check(HeaderText.trimmed(value) == value, "no space around a value: \(value)") }
    let lines = ["\(head.method.rawValue) \(head.target) HTTP/1.\(head.isHTTP10 ? 0 : 1)"]
    let text = (lines + fields.map { "\($0): \($1)" }).joined(separator: "\r\n") + "\r\n\r\n"
    let again = outcome([Array(text.utf8)[...]], .init(bytes: .max, fields: .max, requestLine: .max))
    check(again == .head(head, rest: []), "the same again:\n\(whole)\n\(again)")
}

private enum Outcome: Equatable {
    case head(RequestHead, rest: [UInt8])
    case fault(RequestHeadFault)
    case incomplete
}

private func outcome(_ pieces: [ArraySlice<UInt8>], _ limits: RequestHeadReader.Limits) -> Outcome {
    var reader = RequestHeadReader(limits: limits)
    do throws(RequestHeadFault) {
        for (index, piece) in pieces.enumerated() {
            guard let head = try reader.received(ByteBuffer(bytes: piece)) else { continue }
            return .head(head, rest: Array(reader.rest.readableBytesView) + pieces[(index + 1)...].joined())
        }
        return .incomplete
    } catch {
        return .fault(error)
    }
}
