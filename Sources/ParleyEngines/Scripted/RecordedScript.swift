// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore
internal import ParleyEvents
internal import ParleySession
package import ParleySettings

extension SessionScript {
    /// Most bytes of a recording that is played.
    static let maxRecordingBytes = 64 << 20

    /// The answers of a recorded session, to be given again to a client that asks about the same.
    ///
    /// The n-th answer is given to the n-th question; to one that is worded otherwise, the answer to those words, if the
    /// recording has one.
    ///
    /// - Throws: ``SettingsError`` with the line that cannot be read; that the recording was cut is no error.
    package init(recording: ByteBuffer, file: String) throws(SettingsError) {
        self.init(file: file, name: file)
        isRecorded = true
        var answers = RecordedAnswers()
        var reader = RecordingReader()
        for line in recording.readableBytesView.split(separator: UInt8(ascii: "\n")) {
            do throws(RecordingError) {
                answers.add(try reader.line(ByteBuffer(line)), line: reader.lines)
            } catch {
                throw SettingsError(
                    file: file,
                    problems: [Problem(at: Mark(line: error.line, column: 1), field: "", error.description)]
                )
            }
        }
        transcripts = answers.transcripts
        rules = answers.rules
        if let session = answers.session {
            seed = session.ids.seed
            clock = session.session.expiresAt - Int(session.limits.duration.nanoseconds / 1_000_000_000)
        }
    }
}

/// What a recording tells of answers.
private struct RecordedAnswers {
    private struct Answer {
        let id: String
        let line: Int
        let words: String
        var progress: [ResponseProgress] = []
    }

    private(set) var session: RecordedSession?
    private(set) var transcripts: [String] = []
    private var answers: [Answer] = []

    mutating func add(_ recorded: RecordedLine, line: Int) {
        switch recorded {
        case .session(let session): self.session = session
        case .input(.engine(.response(let id, let progress)), _):
            guard let index = answers.lastIndex(where: { $0.id == id }) else { return }
            answers[index].progress.append(progress)
        case .input(.engine(.transcription(_, .completed(let text, _, _))), _): transcripts.append(text)
        case .output(let text):
            guard let request = (try? JSON(parsing: text))?["respond"], let id = request["response_id"]?.stringValue
            else { return }
            answers.append(Answer(id: id, line: line, words: Self.lastWords(request["context"]?.arrayValue ?? [])))
        default: break
        }
    }

    private static func lastWords(_ context: [JSON]) -> String {
        let parts = context.last { $0["role"] == "user" }?["parts"]?.arrayValue ?? []
        return parts.compactMap { $0["text"]?.stringValue ?? $0["transcript"]?.stringValue }.joined(separator: " ")
    }

    /// By words and place, then by words, then by place.
    var rules: [SessionScript.Rule] {
        var (both, words, places): ([SessionScript.Rule], [SessionScript.Rule], [SessionScript.Rule]) = ([], [], [])
        for (index, answer) in answers.enumerated() {
            let heard = [ScriptPlayer.comparable(answer.words)]
            let steps = answer.progress.map { SessionScript.Step(line: answer.line, kind: .again($0)) }
            both.append(.init(condition: .init(words: heard, turn: index + 1), steps: steps))
            words.append(.init(condition: .init(words: heard), steps: steps))
            places.append(.init(condition: .init(turn: index + 1), steps: steps))
        }
        return both + words + places
    }
}
