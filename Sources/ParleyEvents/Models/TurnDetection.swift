// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// How the server decides that the user has finished a turn (protocol reference, section 4.5).
public struct TurnDetection: Sendable, Equatable {
    /// The detector.
    public enum Kind: String, Sendable, Equatable, CaseIterable {
        /// By the level of the sound.
        case server = "server_vad"
        /// By what was said as well.
        case semantic = "semantic_vad"
    }

    /// How long a semantic detector waits at most for the user to go on.
    ///
    /// Servers may know words that this version does not.
    public struct Eagerness: RawRepresentable, Sendable, Hashable, CaseIterable {
        /// The protocol's word.
        public let rawValue: String

        /// The eagerness of that word, whether it is known or not.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// 8 s.
        public static let low = Eagerness(rawValue: "low")
        /// 4 s.
        public static let medium = Eagerness(rawValue: "medium")
        /// 2 s.
        public static let high = Eagerness(rawValue: "high")
        /// As `medium`.
        public static let auto = Eagerness(rawValue: "auto")

        /// Those that clients may send.
        public static let allCases = [low, medium, high, auto]
    }

    /// The detector.
    public var kind: Kind
    /// How loud speech must be, 0 (anything) to 1 (shouting).
    ///
    /// `server_vad` only.
    public var threshold: Double = 0.5
    /// Audio kept from before the detected start, in ms.
    ///
    /// `server_vad` only.
    public var prefixPaddingMS: Int = 300
    /// Silence that ends a turn, in ms.
    ///
    /// `server_vad` only. The documents say 500, every captured session says 200.
    public var silenceDurationMS: Int = 200
    /// Silence after a response that starts another one, in ms; `nil` = never.
    ///
    /// `server_vad` in GA only.
    public var idleTimeoutMS: Int?
    /// How eager to answer.
    ///
    /// `semantic_vad` only.
    public var eagerness: Eagerness = .auto
    /// Whether the end of a turn starts a response.
    public var createResponse = true
    /// Whether the start of a turn cancels the running response.
    public var interruptResponse = true

    /// The default detector of that kind.
    public init(kind: Kind = .server) { self.kind = kind }

    /// Reads the GA object found at `path`; members left out take their defaults.
    public init(_ value: JSON, at path: String) throws(RealtimeError) {
        let fields = try Fields(value, at: path)
        guard let kind = try fields.choice("type", as: Kind.self) else { throw .missing(fields.at("type")) }
        self.init(kind: kind)
        createResponse = try fields.bool("create_response") ?? true
        interruptResponse = try fields.bool("interrupt_response") ?? true
        switch kind {
        case .server:
            threshold = try fields.decimal("threshold", in: 0...1) ?? threshold
            prefixPaddingMS = try fields.integer("prefix_padding_ms", in: 0...10_000) ?? prefixPaddingMS
            silenceDurationMS = try fields.integer("silence_duration_ms", in: 0...10_000) ?? silenceDurationMS
            idleTimeoutMS = try fields.integer("idle_timeout_ms", in: 5_000...30_000)
            try fields.rejectUnknown([
                "type", "threshold", "prefix_padding_ms", "silence_duration_ms", "idle_timeout_ms",
                "create_response", "interrupt_response",
            ])
        case .semantic:
            eagerness = try fields.choice("eagerness") ?? .auto
            try fields.rejectUnknown(["type", "eagerness", "create_response", "interrupt_response"])
        }
    }

    /// The GA object.
    ///
    /// Transcription sessions have no responses, so theirs leaves out what concerns them.
    public func json(forTranscription: Bool) -> JSON {
        var object: JSONObject = ["type": .string(kind.rawValue)]
        switch kind {
        case .server:
            object["threshold"] = JSON(threshold)
            object["prefix_padding_ms"] = JSON(prefixPaddingMS)
            object["silence_duration_ms"] = JSON(silenceDurationMS)
            object["idle_timeout_ms"] = idleTimeoutMS.map { JSON($0) } ?? .null
        case .semantic:
            object["eagerness"] = .string(eagerness.rawValue)
        }
        if !forTranscription {
            object["create_response"] = .bool(createResponse)
            object["interrupt_response"] = .bool(interruptResponse)
        }
        return .object(object)
    }
}
