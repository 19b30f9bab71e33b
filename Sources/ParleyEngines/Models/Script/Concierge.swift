// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

extension Script {
    /// The built-in script, for newcomers who have no language model yet.
    ///
    /// - Throws: nothing as long as its patterns are right, which a test sees to.
    package static func concierge() throws(Pattern.SyntaxError) -> Script {
        Script(
            name: "concierge",
            rules: try talk() + clock() + sums() + words() + chance() + about(),
            greeting: "Hello! I am Parley's built-in script. Say help to hear what I can do.",
            pardon: "Sorry, I did not understand that. Say help to hear what I can do.",
            fallback:
                "I am the built-in script, not a language model, so I have no answer to that. Say help to hear what I"
                + " can do.",
            samples: [
                "hello world", "good morning", "parley", "realtime", "banana", "the quick brown fox", "one two three",
            ]
        )
    }

    private static func talk() throws(Pattern.SyntaxError) -> [Rule] {
        [
            try Rule(
                hear: ["(hello|hi|hey|good morning|good afternoon|good evening) [there|again]", "hello how are you"],
                say: ["Hello! What can I do for you?", "Hi there! Say help to hear what I can do."]
            ),
            try Rule(
                hear: ["how are you [today|doing]", "how is it going"],
                say: ["All my rules are in order, thank you. And how are you?"]
            ),
            try Rule(hear: ["[i am] (fine|good|well|great) [too|thank you|and you]"], say: ["I am glad to hear that."]),
            try Rule(
                hear: ["(thank you|thanks|great|perfect) [very much|a lot]"],
                say: ["You are welcome.", "My pleasure."]
            ),
            try Rule(hear: ["(goodbye|bye|bye bye|see you [later]|good night)"], say: ["Goodbye! Come back any time."]),
            try Rule(hear: ["(yes|yeah|yep|sure|right)"], say: ["Good. What next?"]),
            try Rule(hear: ["(no|nope|no thank you)"], say: ["All right. Anything else?"]),
            try Rule(hear: ["(stop|quiet|be quiet|never mind|cancel|shut up)"], say: ["All right."]),
            try Rule(
                hear: ["can you hear me", "[this is a] (test|testing)", "testing one two three", "are you there"],
                say: ["Yes, I hear you loud and clear."]
            ),
            try Rule(hear: ["what did i [just] say"], say: ["{before}"]),
        ]
    }

    private static func clock() throws(Pattern.SyntaxError) -> [Rule] {
        [
            try Rule(
                hear: [
                    "what time is it", "what is the time", "(tell me|do you know|give me) (the time|what time it is)",
                ],
                say: ["It is {time}."]
            ),
            try Rule(
                hear: [
                    "(what|which) day is it [today]", "what is (the|today's) date [today]", "what date is it [today]",
                    "what day is today", "tell me the date",
                ],
                say: ["Today is {date}."]
            ),
            try Rule(hear: ["(what|which) year is it", "what is the year"], say: ["It is the year {year}."]),
            try Rule(
                hear: ["set a timer for <number> (second|seconds)", "(wait|time) <number> (second|seconds)"],
                say: ["{seconds}"]
            ),
            try Rule(
                hear: ["set a timer for <number> (minute|minutes|hour|hours)", "set a timer"],
                say: ["I can time up to sixty seconds. Say for example: set a timer for five seconds."]
            ),
        ]
    }

    private static func sums() throws(Pattern.SyntaxError) -> [Rule] {
        let ask = "[what is|how much is|calculate|compute]"
        return [
            try Rule(
                hear: ["\(ask) <number> plus <number>", "add <number> and <number>"],
                say: ["{first} plus {second} is {sum}."]
            ),
            try Rule(hear: ["\(ask) <number> minus <number>"], say: ["{first} minus {second} is {difference}."]),
            try Rule(
                hear: ["\(ask) <number> (times|x|multiplied by) <number>", "multiply <number> (by|and|with) <number>"],
                say: ["{first} times {second} is {product}."]
            ),
            try Rule(
                hear: ["\(ask) <number> (divided by|over) <number>", "divide <number> by <number>"],
                say: ["{first} divided by {second} is {quotient}."]
            ),
            try Rule(hear: ["count [up] to <number>", "count from <number> to <number>"], say: ["{count}"]),
        ]
    }

    private static func words() throws(Pattern.SyntaxError) -> [Rule] {
        [
            try Rule(hear: ["(repeat|say) after me <text>", "repeat <text>", "say <text>"], say: ["{text}"]),
            try Rule(hear: ["spell [the word] <text>", "how do you spell <text>"], say: ["{spelled}"]),
            try Rule(
                hear: ["(say|tell me|what is) the alphabet"],
                say: ["A, B, C, D, E, F, G, H, I, J, K, L, M, N, O, P, Q, R, S, T, U, V, W, X, Y, and Z."]
            ),
            try Rule(
                hear: ["tell me a [long] story", "tell me something [long]", "keep talking"],
                say: [
                    "Once upon a time there was a little packet of sound. It lived in a microphone, and it wanted to see the"
                        + " world. One morning it jumped into a socket and began to run. It met a proxy, which wanted to"
                        + " know its name. It met a firewall, which let it pass. Behind the last router it found a server"
                        + " that had waited for it all night. They talked until the connection was closed, and nobody ever"
                        + " timed them out. You may interrupt me at any time, by the way. That is what this story is for."
                ]
            ),
            try Rule(
                hear: ["tell me a joke", "do you know a joke"],
                say: [
                    "Why did the packet cross the network? To get to the other side, but it had to be sent twice.",
                    "I know a joke about silence, but you have to detect it yourself.",
                ]
            ),
        ]
    }

    private static func chance() throws(Pattern.SyntaxError) -> [Rule] {
        [
            try Rule(hear: ["(flip|toss) a coin", "heads or tails"], say: ["It is {coin}."]),
            try Rule(hear: ["(roll|throw) (a|the) (die|dice)"], say: ["You rolled a {die}."]),
            try Rule(
                hear: ["(pick|give me|tell me|say) a [random] number between <number> and <number>"],
                say: ["I pick {random}."]
            ),
        ]
    }

    private static func about() throws(Pattern.SyntaxError) -> [Rule] {
        [
            try Rule(
                hear: ["help [me]", "what can you do", "what can i (say|ask) [you]", "what do you (know|understand)"],
                say: [
                    "You can ask me for the time or the date, for sums like twelve times four, for a timer of some"
                        + " seconds, to count, to flip a coin, to roll a die, to spell or repeat something, for a joke or a"
                        + " story. If your client has functions, ask for what they do and I call them. Type parrot on"
                        + " and I play back what you say."
                ]
            ),
            try Rule(
                hear: ["(who|what) are you", "what is your name", "are you (a robot|a computer|real|human|a person)"],
                say: [
                    "I am the script that is built into the Parley server. I follow rules and I am not a language model."
                ]
            ),
            try Rule(
                hear: ["are you (a language model|an ai|intelligent)", "which model are you"],
                say: [
                    "No, I am a built-in script. I follow rules and do not think."
                ]
            ),
            try Rule(
                hear: ["what is (parley|this)"],
                say: ["Parley is a server for realtime voice conversations. You are talking to it."]
            ),
            try Rule(
                hear: ["(which|what) (tools|functions) (do you have|are there)", "list [the|your] (tools|functions)"],
                say: ["{tools}"]
            ),
        ]
    }
}
