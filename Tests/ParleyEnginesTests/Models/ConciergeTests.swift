// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyEngines
import ParleyEvents
import ParleySession
import Testing

/// The built-in script on a Tuesday afternoon, always choosing the first of what there is.
func concierge(sleep: @escaping @Sendable (Duration) async throws -> Void = { _ in }) throws -> ScriptedModel {
    var surroundings = ScriptedModel.Surroundings()
    surroundings.now = { LocalTime(year: 2026, month: 11, day: 3, weekday: 2, hour: 15, minute: 4) }
    surroundings.choose = { _ in 0 }
    surroundings.sleep = sleep
    return ScriptedModel(script: try .concierge(), surroundings: surroundings)
}

/// All events of a model's answer.
func events(of model: some LanguageModel, for request: ResponseRequest) async throws -> [ModelEvent] {
    var events: [ModelEvent] = []
    try await model.respond(to: request) { events.append($0) }
    return events
}

extension [ModelEvent] {
    /// The text of an answer.
    var text: String { compactMap { if case .text(let text) = $0 { text } else { nil } }.joined() }

    /// The arguments of an answer's calls, by name.
    var calls: [String] {
        var calls: [String] = []
        for case .toolCall(_, let progress) in self {
            switch progress {
            case .started(_, let name): calls.append(name)
            case .arguments(let text): calls[calls.count - 1] += " " + text
            case .finished: break
            }
        }
        return calls
    }
}

struct ConciergeCase: Sendable, CustomTestStringConvertible {
    var heard: String
    var said: String
    var testDescription: String { heard }

    init(_ heard: String, _ said: String) {
        self.heard = heard
        self.said = said
    }
}

private let help = "Say help to hear what I can do."

let conciergeCases: [ConciergeCase] = [
    .init("Hello!", "Hello! What can I do for you?"),
    .init("good morning", "Hello! What can I do for you?"),
    .init("How are you today?", "All my rules are in order, thank you. And how are you?"),
    .init("I'm fine, thank you", "I am glad to hear that."),
    .init("Thank you very much.", "You are welcome."),
    .init("Bye bye", "Goodbye! Come back any time."),
    .init("yes", "Good. What next?"),
    .init("No, thank you.", "All right. Anything else?"),
    .init("Never mind", "All right."),
    .init("Can you hear me?", "Yes, I hear you loud and clear."),
    .init("Testing, one, two, three.", "Yes, I hear you loud and clear."),
    .init("What time is it?", "It is 3:04 in the afternoon."),
    .init("um, what's the time, please", "It is 3:04 in the afternoon."),
    .init("Hey Parley, tell me the time now", "It is 3:04 in the afternoon."),
    .init("What day is it today?", "Today is Tuesday, the 3rd of November 2026."),
    .init("what is today's date", "Today is Tuesday, the 3rd of November 2026."),
    .init("Which year is it?", "It is the year 2026."),
    .init("Set a timer for five seconds", "I count 5 seconds from now. The time is up, after 5 seconds."),
    .init("wait 1 second", "I count 1 second from now. The time is up, after 1 second."),
    .init("set a timer for ninety seconds", "I can time up to sixty seconds, and at least one."),
    .init(
        "Set a timer for 10 minutes.",
        "I can time up to sixty seconds. Say for example: set a timer for five seconds."
    ),
    .init("What is twelve plus thirty?", "12 plus 30 is 42."),
    .init("add one hundred and five and 3", "105 plus 3 is 108."),
    .init("12+30", "12 plus 30 is 42."),
    .init("what's 7 - 9?", "7 minus 9 is -2."),
    .init("How much is two point five times four", "2.5 times 4 is 10."),
    .init("multiply six by seven", "6 times 7 is 42."),
    .init("calculate 1,000 / 3", "1000 divided by 3 is 333.333."),
    .init("divide eight by zero", "8 divided by 0 is not defined."),
    .init("Count to five", "1, 2, 3, 4, 5."),
    .init("count from nine to eleven", "9, 10, 11."),
    .init("count to a million", "I count upwards only, and at most a hundred numbers."),
    .init("Repeat after me: Hello, World!", "Hello, World!"),
    .init("Say good night, John-Boy.", "good night, John-Boy."),
    .init("Spell banana", "B, A, N, A, N, A."),
    .init("how do you spell \"Zoë 2\"?", "Z, O, Ë, 2."),
    .init("flip a coin", "It is heads."),
    .init("Roll the dice!", "You rolled a 1."),
    .init("pick a random number between 5 and 10", "I pick 5."),
    .init(
        "Tell me a joke",
        "Why did the packet cross the network? To get to the other side, but it had to be sent twice."
    ),
    .init(
        "who are you",
        "I am the script that is built into the Parley server. I follow rules and I am not a language model."
    ),
    .init(
        "Are you an AI?",
        "No, I am a built-in script. I follow rules and do not think."
    ),
    .init("What is Parley?", "Parley is a server for realtime voice conversations. You are talking to it."),
    .init("What did I say?", "You have not said anything before that."),
    .init("which tools do you have", "Your client has not told me of any functions."),
    .init("", "Sorry, I did not understand that. \(help)"),
    .init("parrot on", "Parrot mode is on. I play back what you say."),
    .init("Parrot mode off!", "Parrot mode is off."),
    .init(
        "What is the meaning of life?",
        "I am the built-in script, not a language model, so I have no answer to that. \(help)"
    ),
]

@Suite("The built-in script")
struct ConciergeTests {
    @Test("answers what it hears", arguments: conciergeCases)
    func answers(_ item: ConciergeCase) async throws {
        let events = try await events(of: concierge(), for: request("resp_1", item.heard))
        #expect(events.text == item.said)
        guard case .finished(.completed, let usage) = events.last else {
            Issue.record("the answer has no end")
            return
        }
        #expect(usage?.output == item.said.split(separator: " ").count)
    }

    @Test("greets if nobody has said anything yet")
    func greets() async throws {
        let events = try await events(of: concierge(), for: request(context: []))
        #expect(events.text == "Hello! I am Parley's built-in script. \(help)")
    }

    @Test("knows what was said before")
    func remembers() async throws {
        let context: [ContextItem] = [
            .message(id: "item_1", role: .user, parts: [.text("Tell me a story")]),
            .message(id: "item_2", role: .assistant, parts: [.text("Once upon a time")]),
            .message(id: "item_3", role: .user, parts: [.text("What did I just say?")]),
        ]
        #expect(try await events(of: concierge(), for: request(context: context)).text == "You said: Tell me a story")
    }

    @Test("says that it cannot see")
    func cannotSee() async throws {
        let picture = try #require(Picture(dataURI: "data:image/png;base64,AAEC"))
        let parts: [ContextPart] = [.picture(picture, detail: nil), .text("What is this?")]
        let context: [ContextItem] = [.message(id: "item_1", role: .user, parts: parts)]
        #expect(
            try await events(of: concierge(), for: request(context: context)).text
                == "I cannot see pictures: I am the built-in script, not a vision model."
        )
    }

    @Test("understands transcripts as it does text")
    func understandsTranscripts() async throws {
        let recording = Recording(samples: [], sampleRate: 24_000)
        let parts: [ContextPart] = [.audio(recording, transcript: "flip"), .text("a coin")]
        let context: [ContextItem] = [.message(id: "item_1", role: .user, parts: parts)]
        #expect(try await events(of: concierge(), for: request(context: context)).text == "It is heads.")
    }

    @Test("waits as long as a timer says, after saying so")
    func timerWaits() async throws {
        let waited = Counter()
        let model = try concierge { duration in
            #expect(duration == .seconds(3))
            await waited.increment()
        }
        var before: [String] = []
        try await model.respond(to: request("resp_1", "set a timer for three seconds")) { event in
            if case .text(let text) = event, await waited.value == 0 { before.append(text) }
        }
        #expect(before.joined() == "I count 3 seconds from now.")
        #expect(await waited.value == 1)
    }

    @Test("stops in the middle when it may use no more tokens, which it counts as words")
    func keepsTokenLimit() async throws {
        var limited = request("resp_1", "What time is it?")
        limited.maxOutputTokens = 3
        let limit = try await events(of: concierge(), for: limited)
        #expect(limit.text == "It is 3:04")
        #expect(limit.last == .finished(.maxOutputTokens, usage: TokenUsage(input: 4, output: 3)))
        limited.maxOutputTokens = 6
        let enough = try await events(of: concierge(), for: limited)
        #expect(enough.last == .finished(.completed, usage: TokenUsage(input: 4, output: 6)))
    }

    @Test("chooses what the surroundings choose")
    func usesChance() async throws {
        var surroundings = ScriptedModel.Surroundings()
        surroundings.choose = { $0 - 1 }
        let model = ScriptedModel(script: try .concierge(), surroundings: surroundings)
        #expect(try await events(of: model, for: request("resp_1", "flip a coin")).text == "It is tails.")
        #expect(try await events(of: model, for: request("resp_1", "roll a die")).text == "You rolled a 6.")
        let number = try await events(of: model, for: request("resp_1", "pick a number between 5 and ten"))
        #expect(number.text == "I pick 10.")
    }

    @Test("helps with everything that it lists")
    func hasAbout40Phrases() throws {
        #expect(try Script.concierge().phrases.count >= 40)
        #expect(try Script.concierge().name == "concierge")
    }
}
