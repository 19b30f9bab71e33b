// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyDoctor
import Testing

@Suite("A command in words")
struct CommandWordsTests {
    @Test(
        "is taken apart as a shell does it",
        arguments: [
            ("node client.js", ["node", "client.js"]),
            ("  node\t client.js  ", ["node", "client.js"]),
            ("say 'a b' \"c d\" e\\ f", ["say", "a b", "c d", "e f"]),
            ("say a'b'\"c\"d", ["say", "abcd"]),
            (#"say "a\"b\\c\n""#, ["say", #"a"b\c\n"#]),
            (#"say '\n'"#, ["say", #"\n"#]),
            ("say '' \"\"", ["say", "", ""]),
            ("say $HOME *.js a|b", ["say", "$HOME", "*.js", "a|b"]),
        ] as [(String, [String])]
    )
    func words(command: String, words: [String]) throws {
        #expect(try CommandWords.split(command) == words)
    }

    @Test("has its places filled with what is not taken apart itself")
    func filling() throws {
        let words = try CommandWords.split("say {url} x={url}{url} '{url}'", filling: ["url": "ws://h/a b&c='d"])
        let url = "ws://h/a b&c='d"
        #expect(words == ["say", url, "x=\(url)\(url)", url])
    }

    @Test(
        "is refused when it is not complete",
        arguments: [
            ("", .empty), ("  ", .empty), ("''", .empty), ("say 'x", .openQuote("'")), ("say \"x", .openQuote("\"")),
            ("say \\", .finalBackslash),
        ] as [(String, CommandWords.Failure)]
    )
    func refused(command: String, failure: CommandWords.Failure) {
        #expect(throws: failure) { try CommandWords.split(command) }
    }
}
