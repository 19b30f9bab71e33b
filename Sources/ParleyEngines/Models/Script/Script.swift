// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// What a scripted model says: rules as data.
package struct Script: Sendable {
    /// If something like this is heard, say and do that.
    package struct Rule: Sendable {
        /// What to listen for, in the language of ``Pattern``.
        package var hear: [Pattern]
        /// What to say, one of these; `{…}` stands for a ``Variable``.
        package var say: [String]
        /// The client's function to call after that, if the client has it.
        package var call: Call?

        /// A rule.
        ///
        /// - Throws: an error that says which of the patterns in `hear` cannot be read.
        package init(hear: [String], say: [String], call: Call? = nil) throws(Pattern.SyntaxError) {
            var patterns: [Pattern] = []
            for text in hear { patterns.append(try Pattern(text)) }
            self.hear = patterns
            self.say = say
            self.call = call
        }
    }

    /// A call of a client's function.
    package struct Call: Sendable, Equatable {
        /// The function's name.
        package var name: String
        /// Its arguments: JSON text in which `{…}` stands for a ``Variable``.
        package var arguments: String

        /// A call.
        package init(name: String, arguments: String = "{}") {
            self.name = name
            self.arguments = arguments
        }
    }

    /// What `{name}` in a template stands for.
    package enum Variable: String, Sendable, CaseIterable {
        /// `3:04 in the afternoon`
        case time
        /// `Tuesday, the 25th of November 2026`
        case date
        /// `2026`
        case year
        /// The words a `<text>` slot took.
        case text
        /// Those words letter by letter.
        case spelled
        /// What the user said before.
        case before
        /// The first and the second number a `<number>` slot took.
        case first, second
        /// What the two numbers make together.
        case sum, difference, product, quotient
        /// The numbers from the first to the second, or from one to the only one.
        case count
        /// Waits as many seconds as the first number says.
        case seconds
        /// `heads` or `tails`
        case coin
        /// One to six.
        case die
        /// A number between the two.
        case random
        /// The names of the client's functions.
        case tools
    }

    /// The script's name.
    package var name: String
    /// The rules; the first that fits counts.
    package var rules: [Rule]
    /// What to say if nobody has said anything yet.
    package var greeting: String
    /// What to say if nothing was understood in what was heard.
    package var pardon: String
    /// What to say if no rule fits.
    package var fallback: String
    /// Words to be recognised where a pattern takes any: a recogniser for phrases needs some.
    package var samples: [String]

    /// A script.
    package init(
        name: String,
        rules: [Rule],
        greeting: String,
        pardon: String,
        fallback: String,
        samples: [String] = []
    ) {
        self.name = name
        self.rules = rules
        self.greeting = greeting
        self.pardon = pardon
        self.fallback = fallback
        self.samples = samples
    }

    /// What a recogniser for phrases is to understand.
    package var phrases: PhraseGrammar { PhraseGrammar(patterns: rules.flatMap(\.hear), samples: samples) }

    /// The first rule that fits, with what its slots took.
    func rule(for words: [HeardWord]) -> (Rule, Captures)? {
        for rule in rules {
            for pattern in rule.hear {
                if let captures = pattern.match(words) { return (rule, captures) }
            }
        }
        return nil
    }
}
