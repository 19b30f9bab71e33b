// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials
internal import ParleyEngines
internal import ParleyEvents
internal import ParleySettings

/// Reads how a server that fills a slot is asked: `URL[#MODEL]`, `auto`, or a mapping with `url` and what else is set.
///
/// It reads the options `llm`, `stt` and `tts` as well as the members of those names in the table `models`.
enum SlotReader: String, CaseIterable {
    case llm, stt, tts

    /// What is expected of a server.
    static let expected = "the URL of a server, 'auto', or a mapping with 'url'"
    /// From 10 ms to an hour: anything else is a mistake.
    private static let times = 10...3_600_000

    /// Where the key comes from unless `key-env` says otherwise.
    private var variable: String { "PARLEY_\(rawValue.uppercased())_KEY" }

    private var limits: BackendLimits {
        switch self {
        case .llm: .model
        case .stt: .transcriber
        case .tts: .voice
        }
    }

    /// Reads the text of an option, which is a mapping in one line or a URL.
    static func node(ofOption text: String) throws(YAMLError) -> Node {
        // A URL may hold what YAML takes for something else.
        guard text.hasPrefix("{") else { return Node(.string(text), at: Mark(line: 1, column: 1), text: text) }
        return try YAMLParser.parse(text)
    }

    /// Reads a server.
    ///
    /// - Returns: `nil` if something is wrong, which is noted.
    func settings(_ node: Node, at path: String, _ problems: Problems) -> BackendSettings? {
        if let text = node.string { return settings(text, node, path, keyVariable: variable, problems) }
        guard let fields = Fields(node, at: path, expecting: Self.expected, problems) else { return nil }
        let before = problems.found.count
        defer { fields.finish() }
        var variable: String? = variable
        if let given = fields.node("key-env") {
            variable = given.value == .null ? nil : fields.string("key-env", "the name of a variable")
            if let variable, Self.environment[variable] == nil {
                problems.note(given.mark, fields.path("key-env"), "the environment has no variable '\(variable)'")
            }
        }
        // All that is wrong is told, whatever is wrong first.
        var settings = BackendSettings(.automatic, limits: limits)
        if let url = fields.required("url", "the URL of a server, or 'auto'"), let text = fields.string("url"),
            let read = self.settings(text, url, fields.path("url"), keyVariable: variable, problems)
        {
            settings = read
        }
        settings.model = fields.string("model") ?? settings.model
        settings.path = self.path(fields)
        times(fields, &settings.limits)
        settings.trust = trust(fields)
        switch self {
        case .llm: settings.streamsTools = fields.bool("stream-tools") ?? settings.streamsTools
        case .stt:
            settings.streamsTranscripts = fields.bool("stream") ?? settings.streamsTranscripts
            settings.anticipates = fields.bool("anticipate")
        case .tts: voice(fields, &settings)
        }
        settings.extra = extra(fields)
        return problems.found.count == before ? settings : nil
    }

    private func settings(
        _ text: String,
        _ node: Node,
        _ path: String,
        keyVariable: String?,
        _ problems: Problems
    ) -> BackendSettings? {
        do throws(BackendAddress.Invalid) {
            var settings = try BackendSettings(text, limits: limits)
            settings.key = keyVariable.flatMap { Self.environment[$0] }.flatMap(BackendKey.init)
            return settings
        } catch {
            problems.note(node.mark, path, error.description)
            return nil
        }
    }

    private static var environment: [String: String] { ProcessInfo.processInfo.environment }

    private func path(_ fields: Fields) -> String? {
        fields.node("path")
            .flatMap { node in
                fields.read(node, "path", "the endpoint's path, such as '/inference'") { node in
                    let path = node.string ?? ""
                    let isPath = path.hasPrefix("/") && path.utf8.allSatisfy { (0x21..<0x7F).contains($0) }
                    return isPath && !path.contains("#") ? path : nil
                }
            }
    }

    private func trust(_ fields: Fields) -> BackendTrust? {
        guard let node = fields.node("ca"), let file = fields.string("ca", "a PEM file") else { return nil }
        do throws(BackendTrust.Invalid) {
            return try BackendTrust(file: file)
        } catch {
            fields.problems.note(node.mark, fields.path("ca"), error.description)
            return nil
        }
    }

    private func times(_ fields: Fields, _ limits: inout BackendLimits) {
        func time(_ name: String) -> Duration? { fields.milliseconds(name, Self.times).map { .milliseconds($0) } }
        limits.connect = time("connect") ?? limits.connect
        limits.firstByte = time("first-byte") ?? limits.firstByte
        limits.idle = time("idle") ?? limits.idle
        limits.whole = time("total") ?? limits.whole
    }

    private func voice(_ fields: Fields, _ settings: inout BackendSettings) {
        settings.voice = fields.string("voice")
        if let node = fields.node("voices") {
            guard case .mapping(let entries) = node.value else {
                fields.problems.note(
                    node.mark,
                    fields.path("voices"),
                    "expected a mapping of the clients' voices to the server's, got \(node.kind)"
                )
                return
            }
            for entry in entries {
                settings.voices[entry.name] = fields.read(entry.value, "voices.\(entry.name)", "a voice") { $0.string }
            }
        }
        let formats = BackendSettings.SpeechFormat.allCases.map { ($0.rawValue, $0) }
        settings.format = fields.word("format", formats) ?? settings.format
        settings.sampleRate =
            fields.int("sample-rate", 1_000...384_000, "a rate in Hz from 1000 to 384000") ?? settings.sampleRate
        settings.sentenceLetters =
            fields.int("sentence-letters", 1...240, "a number of letters from 1 to 240") ?? settings.sentenceLetters
    }

    private func extra(_ fields: Fields) -> JSONObject {
        guard let node = fields.node("extra") else { return [:] }
        guard case .object(let object) = JSON(node) else {
            let message = "expected a mapping of the request's members to their values, got \(node.kind)"
            fields.problems.note(node.mark, fields.path("extra"), message)
            return [:]
        }
        return object
    }
}

extension JSON {
    /// The value of a node.
    fileprivate init(_ node: Node) {
        switch node.value {
        case .null: self = .null
        case .bool(let value): self = .bool(value)
        case .int(let value): self.init(value)
        case .double(let value): self.init(value)
        case .string(let text): self = .string(text)
        case .sequence(let nodes): self = .array(nodes.map { JSON($0) })
        case .mapping(let entries):
            var object = JSONObject()
            for entry in entries { object[entry.name] = JSON(entry.value) }
            self = .object(object)
        }
    }
}
