// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore

@testable import ParleyEvents

/// Appended audio: where the short way gives an answer, it is that of the parser.
///
/// The input is a whole message, or the value of one member of the usual one.
func fuzzAppends(_ input: Input) {
    let text = input.text
    let message: String
    switch (input.chooses(2), input.chooses(3)) {
    case (true, false): message = #"{"type":"input_audio_buffer.append","audio":"\#(text)"}"#
    case (false, true): message = #"{"event_id":"\#(text)","type":"input_audio_buffer.append","audio":"AAAA"}"#
    default: message = text
    }
    let bytes = ByteBuffer(string: message)
    let format: AudioFormat = input.chooses(1) ? .pcmu : .pcm
    var edge = ServerEdge(dialect: input.chooses(0) ? .beta : .ga)
    var scratch = ByteBuffer()
    guard let short = edge.receivedAppend(bytes, inputFormat: format, scratch: &scratch) else { return }
    let parsed = edge.receivedGenerally(bytes, inputFormat: format)
    check(short == parsed, "the short way as the parser: \(message)\n\(short)\n\(parsed)")
}
