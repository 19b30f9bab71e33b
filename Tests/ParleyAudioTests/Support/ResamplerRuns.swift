// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyAudio
import Testing

extension Resampler {
    /// A whole stream, in the given pieces.
    mutating func run(_ pieces: [ArraySlice<Int16>]) -> [Int16] {
        var output: [Int16] = []
        for piece in pieces {
            process(piece.span, into: &output)
        }
        flush(into: &output)
        return output
    }

    mutating func run(_ samples: [Int16]) -> [Int16] {
        run([samples[...]])
    }
}

/// Two rates and a filter.
struct Conversion: Sendable, CustomTestStringConvertible {
    let from: Int
    let to: Int
    let quality: ResamplingKernel.Quality

    static let all = [
        (24_000, 16_000), (22_050, 24_000), (16_000, 24_000), (24_000, 8_000), (8_000, 24_000), (48_000, 24_000),
        (44_100, 24_000), (24_000, 48_000), (11_025, 24_000), (22_050, 16_000),
    ]
    .flatMap { rates in
        ResamplingKernel.Quality.allCases.map { Conversion(from: rates.0, to: rates.1, quality: $0) }
    }

    var testDescription: String { "\(from)→\(to) Hz \(quality)" }

    var ratio: Double { Double(to) / Double(from) }

    func resampler() throws -> Resampler {
        try Resampler(from: from, to: to, quality: quality)
    }
}
