// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// How `espeak-ng` is started: everything but the text, so that a program may wait for its text.
struct EspeakCommand: Sendable, Hashable {
    /// As `-v` takes it: language, `+`, variant.
    var voice: String
    /// Words a minute, 80 to 450.
    var rate: Int

    /// The command for a voice of the protocol at a speed (1 = normal) in an ISO 639-1 language.
    init(voice: String, speed: Double, language: String?) {
        let speaker = Self.speakers[voice.lowercased()] ?? Self.alloy
        let language = language.flatMap { Self.languages[String($0.lowercased().prefix { $0.isLetter })] }
        self.voice = (language ?? speaker.english) + speaker.variant
        rate = Int((Self.normalRate * min(max(speed, 0.25), 4)).rounded())
        rate = min(max(rate, 80), 450)
    }

    /// The program's arguments.
    ///
    /// It reads UTF-8 from its input to the end, then writes a WAV file to its output.
    var arguments: [String] {
        // Without `-z` each sentence ends with 0.3 s of silence. `--stdin`, as a text may begin with a hyphen.
        ["-v", voice, "-s", String(rate), "-b", "1", "-z", "--stdin", "--stdout"]
    }

    private static let normalRate = 175.0
    private static let alloy = (english: "en-us", variant: "")
    private static let speakers = [
        "alloy": alloy,
        "ash": (english: "en-us", variant: "+m3"),
        "ballad": (english: "en-gb", variant: "+m2"),
        "cedar": (english: "en-us", variant: "+m7"),
        "coral": (english: "en-us", variant: "+f2"),
        "echo": (english: "en-us", variant: "+m1"),
        "marin": (english: "en-us", variant: "+f3"),
        "sage": (english: "en-gb", variant: "+f3"),
        "shimmer": (english: "en-us", variant: "+f4"),
        "verse": (english: "en-gb", variant: "+m3"),
    ]

    /// What the program calls the languages whose name is not its own; it refuses names it does not know.
    private static let languages: [String: String] = {
        let same = [
            "af", "am", "ar", "az", "be", "bg", "bn", "bs", "ca", "cs", "cy", "da", "de", "el", "eo", "es", "et", "eu",
            "fa", "fi", "ga", "gd", "gu", "he", "hi", "hr", "hu", "hy", "id", "is", "it", "ja", "ka", "kk", "kn", "ko",
            "ku", "ky", "la", "lb", "lt", "lv", "mk", "ml", "mr", "ms", "mt", "my", "nb", "ne", "nl", "pa", "pl", "pt",
            "ro", "ru", "sd", "si", "sk", "sl", "sq", "sr", "sv", "sw", "ta", "te", "th", "tr", "tt", "uk", "ur", "uz",
            "vi",
        ]
        let different = ["fr": "fr-fr", "zh": "cmn", "no": "nb"]
        return Dictionary(uniqueKeysWithValues: same.map { ($0, $0) }).merging(different) { $1 }
    }()

    /// `text` as the program is to get it: `[[` and `]]` would switch to phonemes, controls mean nothing.
    static func input(for text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            let repeats = bytes.last == byte && (byte == UInt8(ascii: "[") || byte == UInt8(ascii: "]"))
            if !repeats { bytes.append(byte < 0x20 || byte == 0x7F ? UInt8(ascii: " ") : byte) }
        }
        return bytes + [UInt8(ascii: "\n")]
    }
}
