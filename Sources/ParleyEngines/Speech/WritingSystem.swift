// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// Tells the language of text by its script, where the script belongs to one language mostly.
enum WritingSystem {
    /// ISO 639-1 code of the language, or `nil` for Latin and mixed scripts.
    static func language(of text: String) -> String? {
        var counts: [String: Int] = [:]
        var letters = 0
        for scalar in text.unicodeScalars where scalar.isLetter {
            letters += 1
            if let language = language(of: scalar) { counts[language, default: 0] += 1 }
        }
        // Japanese mixes kana with the ideographs of Chinese.
        if let kana = counts["ja"] { counts["ja"] = kana + (counts.removeValue(forKey: "zh") ?? 0) }
        guard let (language, count) = counts.max(by: { ($0.value, $0.key) < ($1.value, $1.key) }) else { return nil }
        return count * 2 > letters ? language : nil
    }

    private static func language(of scalar: Unicode.Scalar) -> String? {
        switch scalar.value {
        case 0x0370...0x03FF: "el"
        case 0x0400...0x04FF: "ru"
        case 0x0530...0x058F: "hy"
        case 0x0590...0x05FF: "he"
        case 0x0600...0x06FF: "ar"
        case 0x0900...0x097F: "hi"
        case 0x0980...0x09FF: "bn"
        case 0x0B80...0x0BFF: "ta"
        case 0x0C00...0x0C7F: "te"
        case 0x0E00...0x0E7F: "th"
        case 0x10A0...0x10FF: "ka"
        case 0x3040...0x30FF: "ja"
        case 0x4E00...0x9FFF, 0x3400...0x4DBF: "zh"
        case 0xAC00...0xD7FF: "ko"
        default: nil
        }
    }
}
