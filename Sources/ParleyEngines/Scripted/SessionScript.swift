// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import ParleyEvents
package import ParleySession
internal import ParleySettings

/// What a mock of the Realtime API does in a session: rules, read from a file (see docs/scripted.md).
package struct SessionScript: Sendable, Equatable {
    /// How something is spoken.
    package enum Voice: String, Sendable, CaseIterable {
        /// In tones: the same samples on every machine.
        case tones
        /// By the voice of this machine.
        case local
        /// Not at all: the client gets words only.
        case none
    }

    /// When a rule counts: all that is given must fit.
    package struct Condition: Sendable, Equatable {
        /// The user's last words, one of these, whatever their case and punctuation.
        var words: [String]?
        /// The user's last words, as a pattern.
        var match: ScriptPattern?
        /// The n-th answer of the session, from 1.
        var turn: Int?
        /// The instructions of the session, as a pattern.
        var instructions: ScriptPattern?
    }

    /// If this fits, do that.
    package struct Rule: Sendable, Equatable {
        var condition: Condition
        var steps: [Step]
    }

    /// One thing to do, with its line in the file.
    package struct Step: Sendable, Equatable {
        var line: Int
        var kind: Kind
    }

    /// What can be done.
    package enum Kind: Sendable, Equatable {
        /// Say something; `pace` is the time between its pieces, `percent` how much of its sound is to be heard.
        case say(ScriptTemplate, voice: Voice?, pace: Duration, percent: Int)
        /// Let time pass.
        case wait(Duration)
        /// Call a function of the client; texts inside of the arguments are templates.
        case call(name: String, arguments: JSON)
        /// The result of a call must look like that.
        case expect(tool: String?, ScriptPattern)
        /// Set a variable.
        case set(String, ScriptTemplate)
        /// Let the response fail.
        case fail(type: String, code: String?, ScriptTemplate)
        /// Send an `error` event.
        case error(type: String, code: String?, ScriptTemplate)
        /// End the connection.
        case disconnect(SessionFault)
        /// What an engine did in a recorded session.
        case again(ResponseProgress)
    }

    /// The file's name.
    package var file: String
    /// What the script calls itself.
    package var name: String
    /// Whether it was made of a recording: each answer then stands for itself, also the one to a function's result.
    var isRecorded = false
    /// What ids follow from; `nil` = from chance.
    package var seed: UInt64?
    /// What the clock shows if there is a seed, Unix seconds.
    package var clock = 1_767_225_600
    /// How answers are spoken.
    package var voice = Voice.tones
    /// What variables begin with.
    package var variables: [String: String] = [:]
    /// Takes variables out of the instructions.
    package var instructions: ScriptPattern?
    /// What the user's recordings say, in their order.
    package var transcripts: [String] = []
    /// What is done when a session has begun.
    package var start: [Step] = []
    /// How long a client waits for `session.created`.
    package var openingDelay = Duration.zero
    /// The rules; the first that fits counts.
    package var rules: [Rule] = []

    /// A script without rules.
    init(file: String, name: String) { (self.file, self.name) = (file, name) }

    /// What a recogniser is to understand: the words of the rules.
    package var phrases: [String] { rules.flatMap { $0.condition.words ?? [] } }

    /// Whether something is spoken by the voice of the machine.
    package var usesLocalVoice: Bool {
        voice == .local
            || rules.flatMap(\.steps)
                .contains { step in
                    if case .say(_, .local?, _, _) = step.kind { true } else { false }
                }
    }
}
