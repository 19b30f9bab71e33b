// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// Reads the message that the user saw.
///
/// Clients word failures differently, and some say more than others: Chromium names the status or the network error,
/// Firefox has one sentence for everything.
package enum ErrorTexts {
    /// What a pasted message says.
    ///
    /// - Parameter message: As copied from a console or log, with whatever stands around it.
    /// - Returns: The candidates; none if the message is not known.
    package static func reading(_ message: String) -> ErrorReading {
        let text = normalized(message)
        let status = number(in: text, after: statusMarks) { (100...599).contains($0) }
        let closeCode = number(in: text, after: closeMarks) { (1000...4999).contains($0) }
        var reading = ErrorReading(status: status, closeCode: closeCode)
        if let phrase = first(of: exactPhrases, in: text) {
            reading.causes = phrase.causes
            reading.leavesOpen = phrase.leavesOpen
        } else if let status, !causes(ofStatus: status).isEmpty {
            reading.causes = causes(ofStatus: status)
            reading.leavesOpen = reading.causes.count > 1 ? behindStatus : nil
        } else if let closeCode, closeCode != 1006, !causes(ofCloseCode: closeCode).isEmpty {
            reading.causes = causes(ofCloseCode: closeCode)
            reading.leavesOpen = reading.causes.count > 1 ? behindCloseCode : nil
        } else if let phrase = first(of: vaguePhrases, in: text) {
            reading.causes = phrase.causes
            reading.leavesOpen = phrase.leavesOpen
        } else if let closeCode {
            reading.causes = causes(ofCloseCode: closeCode)
            reading.leavesOpen = reading.causes.count > 1 ? behindCloseCode : nil
        }
        return reading
    }

    private static let exactPhrases: [ErrorPhrase] =
        realtimePhrases + browserPhrases + negotiationPhrases
        + framePhrases + certificatePhrases + proxyPhrases + networkPhrases

    /// Where clients write the status.
    private static let statusMarks: [String] = [
        "unexpected response code: ", "unexpected server response: ", "rejected websocket connection: http ",
        "rejected connection: http ", "handshake status ", "wsserverhandshakeerror: ",
        "expected http 101 response but was '", "status code '", "http error: ", "notanupgrade(",
        "bad response code from server ", "status code 101 but got ", "response from the server [",
        "response status code: ", "websockets upgrade: ", "unexpected http status ",
    ]

    /// Where clients write the close code.
    private static let closeMarks: [String] = [
        "close event ", "close code ", "close code: ", "closed with code ", "close ", "received ", "sent ", "code: ",
        "code=", "code ", "data=", "closed (", "disconnected (code: ",
    ]

    /// In lower case, with plain quotes and single spaces, and without addresses, whose words are not the client's.
    private static func normalized(_ message: String) -> String {
        var result = ""
        for word in message.lowercased().split(whereSeparator: \.isWhitespace) {
            if !result.isEmpty { result.append(" ") }
            result += withoutAddress(word)
        }
        return result
    }

    private static func withoutAddress(_ word: Substring) -> String {
        var result = ""
        var isAddress = false
        for character in word {
            switch character {
            case "’", "‘", "`": result.append("'")
            case "“", "”": result.append("\"")
            case "'", "\"", "<", ">", ")", "]":
                isAddress = false
                result.append(character)
            default:
                if !isAddress { result.append(character) }
                if result.hasSuffix("://") { isAddress = true }
            }
        }
        return result
    }

    private static func first(of phrases: [ErrorPhrase], in text: String) -> ErrorPhrase? {
        phrases.first { $0.phrases.contains { text.contains($0) } }
    }

    /// The first acceptable number that stands right behind one of the marks.
    private static func number(in text: String, after marks: [String], where isAcceptable: (Int) -> Bool) -> Int? {
        for mark in marks {
            var rest = text[...]
            while let range = rest.firstRange(of: mark) {
                rest = rest[range.upperBound...]
                let digits = rest.prefix { ("0"..."9").contains($0) }
                if let value = Int(digits), isAcceptable(value) { return value }
            }
        }
        return nil
    }

    private static let behindStatus = Text(
        "The status alone does not say which: the answer's body and a comparison of handshakes do.",
        zh: "仅凭状态码无法区分：要看响应正文，并比较不同的握手。"
    )

    private static let behindCloseCode = Text(
        "The code alone does not say which: the event before it, the reason and the time of the end do.",
        zh: "仅凭关闭代码无法区分：要看它之前的事件、关闭原因和断开的时间。"
    )
}
