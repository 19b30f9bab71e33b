// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// Why a handshake was decided as it was, without secrets: for logs, the list of recent handshakes, the doctor.
package struct Explanation: Sendable, Equatable {
    /// Something that was looked at.
    package struct Fact: Sendable, Equatable {
        package let name: String
        package let value: String
    }

    /// What was looked at, in a fixed order; what was absent is left out.
    package let facts: [Fact]
    /// The stable name of the rule that decided: a refusal's code, or the rule that let the client in.
    package let rule: String
    /// The rule in words.
    package let sentence: String
    /// What to do about it; nil when nothing need be done.
    package let advice: String?
    /// `accepted`, or `refused` with the status or the close code.
    package let verdict: String

    /// One line for a log: verdict, rule, facts as `name=value`, and the sentence.
    package var line: String {
        let fields = facts.map { "\($0.name)=\(Self.quoted($0.value))" }
        return ([verdict, "rule=\(rule)"] + fields + ["reason=\(JSONText.string(sentence))"]).joined(separator: " ")
    }

    /// The value as it is when it is one word, else as a JSON string, so that no value can pass for another field.
    private static func quoted(_ value: String) -> String {
        let isWord = !value.isEmpty && value.utf8.allSatisfy { $0 > 0x20 && $0 != UInt8(ascii: "\"") && $0 < 0x7F }
        return isWord ? value : JSONText.string(value)
    }
}
