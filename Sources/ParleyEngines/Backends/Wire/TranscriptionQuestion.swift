// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyAudio
package import ParleySession

/// Makes of a recording the form that is sent to be transcribed: a WAV file of 16 kHz, 16 bit, mono, and the options.
package struct TranscriptionQuestion: Sendable {
    /// What recognisers want.
    package static let sampleRate = 16_000

    /// The form's fields in order, without the file.
    private let fields: [(name: String, value: String)]
    private let file: [UInt8]

    /// A form for `recording`.
    ///
    /// - Parameters:
    ///   - recording: What was spoken, in any rate.
    ///   - fields: The options, in the order in which they are to stand.
    /// - Throws: an error for a rate that no recording has.
    package init(_ recording: Recording, fields: [(name: String, value: String)]) throws {
        self.fields = fields
        var samples = recording.samples
        if recording.sampleRate != Self.sampleRate {
            var resampler = try Resampler(from: recording.sampleRate, to: Self.sampleRate, quality: .telephone)
            var converted: [Int16] = []
            resampler.process(samples.span, into: &converted)
            resampler.flush(into: &converted)
            samples = converted
        }
        let format = WAVFormat(encoding: .pcm, sampleRate: Self.sampleRate, channels: 1, bitsPerSample: 16)
        file = format.header(dataLength: samples.count * 2) + PCM16.bytes(littleEndian: samples.span)
    }

    /// The content type of the body with that boundary.
    package static func contentType(boundary: String) -> String { "multipart/form-data; boundary=\(boundary)" }

    /// The body (RFC 7578), parts separated by `boundary`.
    package func body(boundary: String) -> [UInt8] {
        var body: [UInt8] = []
        func append(_ text: String) { body.append(contentsOf: text.utf8) }
        for (name, value) in fields {
            append("--\(boundary)\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n\(value)\r\n")
        }
        // Servers tell the kind of file by the name's ending.
        append("--\(boundary)\r\nContent-Disposition: form-data; name=\"file\"; filename=\"speech.wav\"\r\n")
        append("Content-Type: audio/wav\r\n\r\n")
        body.append(contentsOf: file)
        append("\r\n--\(boundary)--\r\n")
        return body
    }
}
