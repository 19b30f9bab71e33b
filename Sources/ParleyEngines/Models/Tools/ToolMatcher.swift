// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyEvents
internal import ParleySession

/// Finds the function a user asks for, by the words of its name and description.
struct ToolMatcher {
    let tools: [ToolDefinition]
    let choice: ToolChoice

    /// The call that answers `text`, if one does.
    func call(for text: String) -> ScriptStep? {
        guard let tool = tool(for: text) else { return nil }
        let arguments = ArgumentFinder(text: text).arguments(for: tool.parameters)
        return .call(name: tool.name, arguments: arguments.text)
    }

    private func tool(for text: String) -> ToolDefinition? {
        switch choice {
        case .none, .mcp: return nil
        case .function(let name): return tools.first { $0.name == name }
        case .auto: return best(for: text)
        case .required: return best(for: text) ?? tools.first
        }
    }

    private func best(for text: String) -> ToolDefinition? {
        let words = Set(Self.words(of: text))
        var best: (tool: ToolDefinition, score: Int)?
        for tool in tools {
            let score = Self.score(tool, text: text, words: words)
            if score > (best?.score ?? 0) { best = (tool, score) }
        }
        return best?.tool
    }

    /// How well a function fits; 0 if it does not.
    private static func score(_ tool: ToolDefinition, text: String, words: Set<String>) -> Int {
        if text.lowercased().contains(tool.name.lowercased()) { return 1_000 }
        let name = Self.words(of: tool.name.spokenName)
        let telling = name.filter { !generalWords.contains($0) }
        let sought = Set(telling.isEmpty ? name : telling)
        let shared = words.intersection(Self.words(of: tool.description ?? "").filter { $0.count > 3 })
            .subtracting(generalWords)
        if !sought.isEmpty, sought.isSubset(of: words) { return 100 * sought.count + shared.count }
        return shared.count >= 2 ? shared.count : 0
    }

    /// Words in a form in which singular and plural are the same.
    private static func words(of text: String) -> [String] {
        HeardWord.words(of: text)
            .map { word in
                word.key.count > 3 && word.key.hasSuffix("s") && !word.key.hasSuffix("ss")
                    ? String(word.key.dropLast()) : word.key
            }
    }

    /// Words that say nothing about what a function is for, in the form of ``words(of:)``.
    private static let generalWords: Set<String> = [
        "get", "set", "fetch", "find", "search", "look", "lookup", "show", "list", "read", "make", "do", "call", "run",
        "use", "the", "a", "an", "of", "to", "for", "in", "on", "by", "current", "give", "given", "return", "function",
        "tool", "with", "from", "this", "that", "user", "what", "your", "about", "some", "data", "info", "information",
        "value", "when", "which", "please", "tell", "want", "need", "have", "will",
    ]
}

extension String {
    /// The words of a function's name: `getWeather` and `get_weather` become `get weather`.
    var spokenName: String {
        var words = ""
        for character in self {
            if character.isUppercase, let last = words.last, last.isLowercase { words += " " }
            words += character.isLetter || character.isNumber ? character.lowercased() : " "
        }
        return words.split(separator: " ").joined(separator: " ")
    }
}
