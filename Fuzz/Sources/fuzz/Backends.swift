// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import ParleyEngines
import ParleyEvents
import ParleySession

/// The readers of what servers of the HTTP API answer: the same however it is cut.
///
/// Bits 0 and 1: a chat completion, speech, a transcript, any error. Bit 2: other rates; bit 3: speech as events.
func fuzzBackends(_ input: Input) {
    let whole = outcome([input.bytes[...]], input)
    let cut = outcome(input.pieces, input)
    check(whole == cut, "independent of cuts:\n\(whole)\n\(cut)")
}

private enum Outcome: Equatable {
    case events([ModelEvent])
    case samples([Int16])
    case text(String)
    /// Which words depends on how much had come.
    case failed(String)
}

private func outcome(_ pieces: [ArraySlice<UInt8>], _ input: Input) -> Outcome {
    do throws(AnswerError) {
        switch (input.chooses(0), input.chooses(1)) {
        case (false, false): return .events(try chat(pieces))
        case (true, false): return .samples(try speech(pieces, input))
        case (false, true): return .text(try transcript(pieces))
        case (true, true):
            let bytes = pieces.flatMap { $0 }
            let text = try? TranscriptionReader.transcript(bytes, isText: true)
            return .text(BackendMessage(body: bytes).shown + (text ?? ""))
        }
    } catch {
        switch error {
        case .reported: return .failed("reported")
        case .cutShort: return .failed("cut short")
        case .unreadable: return .failed("unreadable")
        }
    }
}

private func events(_ pieces: [ArraySlice<UInt8>]) throws(AnswerError) -> [EventStreamParser.Event] {
    var parser = EventStreamParser()
    var events: [EventStreamParser.Event] = []
    for piece in pieces { events += try parser.push(piece) }
    return events + parser.finish()
}

private func chat(_ pieces: [ArraySlice<UInt8>]) throws(AnswerError) -> [ModelEvent] {
    var reader = ChatAnswerReader()
    var made: [ModelEvent] = []
    for event in try events(pieces) { made += try reader.push(event.data) }
    made += try reader.finish()
    var open: Set<Int> = []
    for event in made {
        guard case .toolCall(let index, let progress) = event else { continue }
        switch progress {
        case .started: check(open.insert(index).inserted, "a call begins once")
        case .arguments: check(open.contains(index), "arguments of a call that has begun")
        case .finished: check(open.remove(index) != nil, "a call that has begun ends once")
        }
    }
    return made
}

private func transcript(_ pieces: [ArraySlice<UInt8>]) throws(AnswerError) -> String {
    var reader = TranscriptionReader()
    for event in try events(pieces) { _ = try reader.push(event.data) }
    return try reader.finish()
}

private func speech(_ pieces: [ArraySlice<UInt8>], _ input: Input) throws(AnswerError) -> [Int16] {
    var reader = SpeechReader(rawRate: input.chooses(2) ? 22_050 : 24_000)
    var samples: [Int16] = []
    if input.chooses(3) {
        for event in try events(pieces) { samples += try reader.push(try SpeechEvent.audio(event.data)) }
    } else {
        for piece in pieces { samples += try reader.push(piece) }
    }
    return samples + (try reader.finish())
}
