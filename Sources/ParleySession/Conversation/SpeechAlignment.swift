// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// Which words of an answer are spoken when, so that an interrupted answer can be cut to what was heard.
package struct SpeechAlignment: Sendable, Equatable {
    private struct Segment: Sendable, Equatable {
        var text: String
        let startMS: Int
    }

    private var segments: [Segment] = []

    package init() {}

    /// Words whose audio begins at `startMS` of the item.
    package mutating func add(_ text: String, atMS startMS: Int) {
        if let last = segments.last, last.startMS == startMS {
            segments[segments.count - 1].text += text
        } else {
            segments.append(Segment(text: text, startMS: startMS))
        }
    }

    /// The words heard by `endMS`, if the whole audio lasts `durationMS`.
    ///
    /// Whole segments that ended before; of the one that was cut, the words that its share of the time covers.
    package func heard(byMS endMS: Int, ofMS durationMS: Int) -> String {
        var heard = ""
        for (index, segment) in segments.enumerated() where segment.startMS < endMS {
            let segmentEnd = index + 1 < segments.count ? segments[index + 1].startMS : durationMS
            if segmentEnd <= endMS {
                heard += segment.text
            } else {
                heard += Self.words(segment.text, share: endMS - segment.startMS, of: segmentEnd - segment.startMS)
            }
        }
        return heard
    }

    /// The leading words that end within `share` parts of `whole`; words take time by their length.
    private static func words(_ text: String, share: Int, of whole: Int) -> String {
        let characters = Array(text)
        let allowed = whole > 0 ? characters.count * share / whole : characters.count
        guard allowed < characters.count else { return text }
        let cutsWord = !characters[allowed].isWhitespace
        var end = allowed
        if cutsWord {
            while end > 0, !characters[end - 1].isWhitespace { end -= 1 }
        }
        while end > 0, characters[end - 1].isWhitespace { end -= 1 }
        return String(characters[..<end])
    }
}
