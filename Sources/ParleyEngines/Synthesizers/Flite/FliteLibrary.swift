// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// The C library flite with its English voices, loaded at run time.
///
/// Sound of one text is made by one call, 12 ms of processor time for a second of speech. Calls may run at the same time:
/// all that they change belongs to their own utterance.
struct FliteLibrary: Sendable {
    /// A voice of the library.
    struct Voice: Sendable {
        // Only read once the library has made it, for as long as the process lives.
        fileprivate nonisolated(unsafe) let pointer: UnsafeMutableRawPointer
    }

    /// Samples as the library made them.
    struct Wave: Sendable {
        var samples: [Int16]
        var sampleRate: Int
    }

    private typealias NewUtterance = @convention(c) @Sendable () -> UnsafeMutableRawPointer?
    private typealias SetText = @convention(c) @Sendable (UnsafeMutableRawPointer, UnsafePointer<CChar>) -> CInt
    private typealias Prepare =
        @convention(c) @Sendable (UnsafeMutableRawPointer, UnsafeMutableRawPointer) -> UnsafeMutableRawPointer?
    private typealias SetFeature =
        @convention(c) @Sendable (UnsafeMutableRawPointer, UnsafePointer<CChar>, CFloat) -> Void
    private typealias Synthesize = @convention(c) @Sendable (UnsafeMutableRawPointer) -> UnsafeMutableRawPointer?
    private typealias Delete = @convention(c) @Sendable (UnsafeMutableRawPointer) -> Void
    private typealias Register = @convention(c) @Sendable (UnsafePointer<CChar>?) -> UnsafeMutableRawPointer?

    /// The library with the voices that ``FliteSynthesizer`` uses, or why there is none.
    ///
    /// Loaded once, as loading it again would change tables under those who are speaking.
    static let shared = Result { () throws(DynamicLibrary.Failure) in try FliteLibrary(voices: ["slt", "rms", "awb"]) }

    /// The voices that are installed, by the library's names for them (`slt`).
    let voices: [String: Voice]
    private let newUtterance: NewUtterance
    private let setText: SetText
    private let prepare: Prepare
    private let setFeature: SetFeature
    private let synthesize: Synthesize
    private let wave: Synthesize
    private let delete: Delete

    /// Loads the library and those of its voices `names` that are there.
    private init(voices names: [String]) throws(DynamicLibrary.Failure) {
        let library = try DynamicLibrary("libflite.so.1")
        newUtterance = try library.function("new_utterance")
        setText = try library.function("utt_set_input_text")
        prepare = try library.function("utt_init")
        setFeature = try library.function("feat_set_float")
        synthesize = try library.function("utt_synth")
        wave = try library.function("utt_wave")
        delete = try library.function("delete_utterance")
        let start: @convention(c) @Sendable () -> CInt = try library.function("flite_init")
        _ = start()
        var voices: [String: Voice] = [:]
        for name in names {
            guard let voice = try? DynamicLibrary("libflite_cmu_us_\(name).so.1"),
                let register: Register = try? voice.function("register_cmu_us_\(name)"),
                let pointer = register(nil)
            else { continue }
            voices[name] = Voice(pointer: pointer)
        }
        guard !voices.isEmpty else {
            throw DynamicLibrary.Failure(description: "flite is installed without any of the voices \(names)")
        }
        self.voices = voices
    }

    /// Says `text`, which is English in ASCII, at a speed of 1 = normal; `nil` if the library cannot.
    func speak(_ text: String, with voice: Voice, speed: Double) -> Wave? {
        guard let utterance = newUtterance() else { return nil }
        defer { delete(utterance) }
        _ = setText(utterance, text)
        guard prepare(utterance, voice.pointer) != nil else { return nil }
        // An utterance begins with its features.
        if speed != 1, let features = utterance.load(as: UnsafeMutableRawPointer?.self) {
            setFeature(features, "duration_stretch", CFloat(1 / speed))
        }
        guard synthesize(utterance) != nil, let wave = wave(utterance) else { return nil }
        return Wave(at: wave)
    }
}

extension FliteLibrary.Wave {
    /// Copies a `cst_wave`: type, rate, number of samples, number of channels, samples.
    fileprivate init?(at pointer: UnsafeMutableRawPointer) {
        let numbers = MemoryLayout<UnsafeRawPointer?>.size
        let size = MemoryLayout<CInt>.size
        sampleRate = Int(pointer.load(fromByteOffset: numbers, as: CInt.self))
        let count = Int(pointer.load(fromByteOffset: numbers + size, as: CInt.self))
        let channels = pointer.load(fromByteOffset: numbers + 2 * size, as: CInt.self)
        let alignment = MemoryLayout<UnsafeRawPointer?>.alignment
        let offset = (numbers + 3 * size + alignment - 1) / alignment * alignment
        guard channels == 1, count >= 0,
            let start = pointer.load(fromByteOffset: offset, as: UnsafePointer<Int16>?.self)
        else { return nil }
        samples = Array(UnsafeBufferPointer(start: start, count: count))
    }
}
