// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyAudio

extension VoiceActivitySettings {
    static let tuned = VoiceActivitySettings(threshold: 0.5, silenceDurationMS: 500)
}

extension VoiceActivityDetector {
    /// The events of more audio.
    mutating func events(of samples: [Int16]) -> [VoiceActivityEvent] {
        var events: [VoiceActivityEvent] = []
        process(samples.span, into: &events)
        return events
    }

    /// The events of a whole recording.
    static func events(
        of signal: [Double],
        rate: Int = 24_000,
        settings: VoiceActivitySettings = .tuned
    ) -> [VoiceActivityEvent] {
        var detector = VoiceActivityDetector(sampleRate: rate, settings: settings)
        return detector.events(of: signal.pcm)
    }
}

extension [VoiceActivityEvent] {
    /// Where speech was found, in ms; a stretch that has not stopped ends at `.max`.
    var speech: [Range<Int>] {
        reduce(into: []) { found, event in
            switch event {
            case .speechStarted(let start, _): found.append(start..<Int.max)
            case .speechStopped(let end, _): found.append((found.popLast()?.lowerBound ?? 0)..<end)
            }
        }
    }

    /// Audio that had gone in at each event, in ms.
    var detectedAtMS: [Int] {
        map { event in
            switch event {
            case .speechStarted(_, let detected), .speechStopped(_, let detected): detected
            }
        }
    }
}

extension Range<Int> {
    /// Whether both ends lie within `tolerance` of another range's.
    func isAbout(_ other: Range<Int>, tolerance: Int = 60) -> Bool {
        abs(lowerBound - other.lowerBound) <= tolerance && abs(upperBound - other.upperBound) <= tolerance
    }
}
