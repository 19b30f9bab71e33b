// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyEvents

/// How much was said, for engines that do not count tokens.
struct ContextSize: Sendable {
    var characters = 0
    var audioMS = 0
    var pictureTokens = 0

    init() {}

    init(_ context: [ContextItem]) {
        for item in context {
            switch item {
            case .message(_, _, let parts):
                for part in parts {
                    switch part {
                    case .text(let text): characters += text.utf8.count
                    case .audio(let recording, _): audioMS += recording.durationMS
                    case .picture(_, let detail): pictureTokens += detail == "low" ? 85 : 765
                    }
                }
            case .functionCall(_, let name, let arguments): characters += name.utf8.count + arguments.utf8.count
            case .functionOutput(_, let output): characters += output.utf8.count
            }
        }
    }

    /// Four bytes of text are about one token.
    var textTokens: Int { (characters + 3) / 4 }
}

extension Usage {
    /// Tokens as the model counted them, else by rule of thumb: 4 bytes of text, 100 ms of the user's or 50 ms of the
    /// assistant's audio are a token; a picture is 85 tokens if a glance will do, else 765, as on the hosted service.
    static func estimated(_ input: ContextSize, _ output: ContextSize, counted: TokenUsage?) -> Usage {
        var usage = Usage()
        usage.inputText = counted?.input ?? input.textTokens
        usage.cached = counted?.cachedInput ?? 0
        usage.inputAudio = input.audioMS / 100
        usage.inputImage = counted == nil ? input.pictureTokens : 0
        usage.outputText = counted?.output ?? output.textTokens
        usage.outputAudio = output.audioMS / 50
        return usage
    }
}
