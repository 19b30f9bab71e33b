// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import ParleySession

/// When what happened on the way of one response, and from that where its time went.
///
/// Times are durations since the response was asked for.
package struct LatencyMarks: Sendable, Equatable {
    /// What happens once in a response, in this order.
    package enum Mark: Int, Sendable, CaseIterable {
        /// All that the user said is written down.
        case heard
        /// The model was asked.
        case asked
        /// The model has begun to answer.
        case answered
        /// The first sentence is complete and goes to the voice.
        case sentence
        /// The voice has begun to speak.
        case sound
        /// The first sound has gone to the client.
        case sent
    }

    private var times: [Mark: Duration] = [:]

    /// Nothing has happened.
    package init() {}

    /// When that happened first.
    package subscript(mark: Mark) -> Duration? { times[mark] }

    /// Something has happened; only the first time counts.
    package mutating func mark(_ mark: Mark, at time: Duration) {
        if times[mark] == nil { times[mark] = time }
    }

    /// Where the time went.
    ///
    /// - Parameter silenceMS: How long the user had been silent when the response was asked for, by the position in
    ///   his audio; `nil` = he has not spoken, or ended his turn by hand.
    /// - Returns: figures in ms, as far as they are known.
    package func latency(silenceMS: Int?) -> ResponseLatency {
        var latency = ResponseLatency()
        latency.endOfUtteranceMS = silenceMS
        latency.transcriptionMS = times[.heard].map(Self.milliseconds)
        latency.modelFirstTokenMS = between(.asked, .answered)
        latency.firstSentenceMS = between(.answered, .sentence)
        latency.voiceFirstByteMS = between(.sentence, .sound)
        if let silenceMS, let sent = times[.sent] { latency.voiceToVoiceMS = silenceMS + Self.milliseconds(sent) }
        return latency
    }

    private func between(_ first: Mark, _ second: Mark) -> Int? {
        guard let from = times[first], let to = times[second] else { return nil }
        return Self.milliseconds(max(to - from, .zero))
    }

    private static func milliseconds(_ duration: Duration) -> Int {
        let (seconds, fraction) = duration.components
        return Int(seconds) * 1_000 + Int(fraction / 1_000_000_000_000_000)
    }
}
