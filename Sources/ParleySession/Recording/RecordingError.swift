// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import ParleyEvents

/// Why a recording cannot be read.
package struct RecordingError: Error, Sendable, Equatable {
    /// What is wrong.
    package enum Problem: Sendable, Equatable {
        /// A line that is no JSON; the last line of a file that was cut is one, too.
        case notJSON(JSONError)
        /// A line that is JSON of another kind.
        case notAnObject(String)
        /// A kind of line that this version does not know, or a member that is missing or wrong.
        case malformed(String)
        /// Nothing may follow the line that tells the end.
        case linesAfterTheEnd
        /// The line that tells the end is missing.
        case truncated
    }

    /// The line's number, from 1; of a file that ends too early its last.
    package let line: Int
    /// What is wrong.
    package let problem: Problem

    package init(line: Int, problem: Problem) {
        self.line = line
        self.problem = problem
    }
}

extension RecordingError: CustomStringConvertible {
    /// One sentence with the line, what is wrong and what to do.
    package var description: String {
        let words =
            switch problem {
            case .notJSON(let error): "\(error)."
            case .notAnObject(let kind): "expected a JSON object, but got \(kind)."
            case .malformed(let message): message
            case .linesAfterTheEnd: "nothing may follow the line \"in\":\"closed\"; keep each session in its own file."
            case .truncated:
                "the recording ends here, without the line \"in\":\"closed\". Its server was killed, or the file was "
                    + "cut; what there is can be replayed."
            }
        return "Line \(line): \(words)"
    }
}
