// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// The C library pocketsphinx, loaded at run time.
struct PocketsphinxLibrary: Sendable {
    typealias Pointer = UnsafeMutableRawPointer
    private typealias Arguments = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>

    /// The library, or why there is none.
    static let shared = Result { () throws(DynamicLibrary.Failure) in try PocketsphinxLibrary() }

    private let argumentDefinitions: @convention(c) @Sendable () -> Pointer?
    private let parse: @convention(c) @Sendable (Pointer?, Pointer, CInt, Arguments, CInt) -> Pointer?
    private let freeArguments: @convention(c) @Sendable (Pointer) -> CInt
    private let newDecoder: @convention(c) @Sendable (Pointer) -> Pointer?
    private let lookUp: @convention(c) @Sendable (Pointer, UnsafePointer<CChar>) -> Pointer?
    private let free: @convention(c) @Sendable (Pointer) -> Void
    private let hypothesis: @convention(c) @Sendable (Pointer, UnsafeMutablePointer<CInt>?) -> UnsafePointer<CChar>?
    /// Frees a decoder.
    let freeDecoder: @convention(c) @Sendable (Pointer) -> CInt
    /// Gives a decoder a search by the name and the grammar, in this order.
    let setGrammar: @convention(c) @Sendable (Pointer, UnsafePointer<CChar>, UnsafePointer<CChar>) -> CInt
    /// Makes a decoder use the search of that name.
    let useSearch: @convention(c) @Sendable (Pointer, UnsafePointer<CChar>) -> CInt
    /// Begins an utterance.
    let start: @convention(c) @Sendable (Pointer) -> CInt
    /// Hears samples: decoder, samples, their number, 1 to put off the search, 1 if these are all samples.
    let process: @convention(c) @Sendable (Pointer, UnsafePointer<Int16>, Int, CInt, CInt) -> CInt
    /// Ends an utterance.
    let end: @convention(c) @Sendable (Pointer) -> CInt

    /// Loads the library and keeps it from writing to this process's error output.
    private init() throws(DynamicLibrary.Failure) {
        let base = try DynamicLibrary("libsphinxbase.so.3")
        let library = try DynamicLibrary("libpocketsphinx.so.3")
        argumentDefinitions = try library.function("ps_args")
        parse = try base.function("cmd_ln_parse_r")
        freeArguments = try base.function("cmd_ln_free_r")
        newDecoder = try library.function("ps_init")
        lookUp = try library.function("ps_lookup_word")
        free = try base.function("ckd_free")
        hypothesis = try library.function("ps_get_hyp")
        freeDecoder = try library.function("ps_free")
        setGrammar = try library.function("ps_set_jsgf_string")
        useSearch = try library.function("ps_set_search")
        start = try library.function("ps_start_utt")
        process = try library.function("ps_process_raw")
        end = try library.function("ps_end_utt")
        let setLog: @convention(c) @Sendable (Pointer?) -> Void = try base.function("err_set_logfp")
        setLog(nil)
    }

    /// Makes a decoder with these command-line arguments; `nil` if they or the files they name are no good.
    func makeDecoder(_ arguments: [String]) -> Pointer? {
        guard let definitions = argumentDefinitions() else { return nil }
        var strings: [UnsafeMutablePointer<CChar>?] = (["parley"] + arguments)
            .map { text in
                let copy = UnsafeMutablePointer<CChar>.allocate(capacity: text.utf8.count + 1)
                copy.initialize(from: text, count: text.utf8.count + 1)
                return copy
            }
        defer { for string in strings { string?.deallocate() } }
        let settings = strings.withUnsafeMutableBufferPointer { strings -> Pointer? in
            guard let start = strings.baseAddress else { return nil }
            return parse(nil, definitions, CInt(strings.count), start, 0)
        }
        guard let settings else { return nil }
        // The decoder keeps its own reference.
        defer { _ = freeArguments(settings) }
        return newDecoder(settings)
    }

    /// What a decoder has understood so far; empty if nothing.
    func understood(by decoder: Pointer) -> String { hypothesis(decoder, nil).map { String(cString: $0) } ?? "" }

    /// Whether a decoder's dictionary has the word.
    func knows(_ word: String, in decoder: Pointer) -> Bool {
        guard let pronunciation = lookUp(decoder, word) else { return false }
        free(pronunciation)
        return true
    }
}
