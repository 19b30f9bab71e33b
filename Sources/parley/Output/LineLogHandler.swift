// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials
internal import Logging
internal import ParleyEvents
internal import Synchronization

/// Writes each log entry as one line on standard error: words, or a JSON object.
struct LineLogHandler: LogHandler {
    enum Format: String, CaseIterable, Sendable {
        case text, json
    }

    let format: Format
    /// The least level of the process, which can change while it runs.
    static let level = ProcessLogLevel()
    private var ownLevel: Logger.Level?
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?
    private let console = Console()

    init(format: Format) { self.format = format }

    /// That of the process, unless a logger has its own.
    var logLevel: Logger.Level {
        get { ownLevel ?? Self.level.get() }
        set { ownLevel = newValue }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var all = metadata
        if let provided = metadataProvider?.get() { all.merge(provided) { _, new in new } }
        if let own = event.metadata { all.merge(own) { _, new in new } }
        let time = Date.now.formatted(.iso8601)
        let pairs = all.sorted { $0.key < $1.key }.map { ($0.key, "\($0.value)") }
        switch format {
        case .text:
            let fields = pairs.map { " \($0.0)=\(Self.quoted($0.1))" }.joined()
            console.note("\(time) \(event.level) \(Self.onOneLine("\(event.message)"))\(fields)")
        case .json:
            let members = [("time", time), ("level", "\(event.level)"), ("message", "\(event.message)")] + pairs
            console.note(JSONObject(members.map { ($0.0, .string($0.1)) }).text)
        }
    }

    private static func quoted(_ value: String) -> String {
        value.contains(where: \.isWhitespace) ? "\"\(onOneLine(value))\"" : value
    }

    /// What clients send may get into a message; it must not be able to forge a second line.
    private static func onOneLine(_ text: String) -> String {
        guard text.contains(where: \.isNewline) else { return text }
        return text.split(whereSeparator: \.isNewline).joined(separator: " ")
    }
}

/// A log level that all loggers share.
final class ProcessLogLevel: Sendable {
    private let index = Atomic(Logger.Level.info.index)

    func get() -> Logger.Level { Logger.Level.allCases[index.load(ordering: .relaxed)] }
    func set(_ level: Logger.Level) { index.store(level.index, ordering: .relaxed) }
}

extension Logger.Level {
    fileprivate var index: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
