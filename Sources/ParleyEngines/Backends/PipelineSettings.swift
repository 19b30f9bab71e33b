// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

public import ParleyEvents

/// What fills the slots of a pipeline; a slot without settings gets the built-in part.
public struct PipelineSettings: Sendable, Equatable {
    /// Decides: a server of chat completions.
    public var model: BackendSettings?
    /// Listens: a server of transcriptions.
    public var transcriber: BackendSettings?
    /// Speaks: a server of speech.
    public var voice: BackendSettings?

    /// Built-in parts only.
    public init() {}

    /// Whether any slot is filled by a server.
    public var isEmpty: Bool { model == nil && transcriber == nil && voice == nil }
}

/// How a server that fills a slot is asked.
public struct BackendSettings: Sendable, Equatable {
    /// Where it is.
    public enum Place: Sendable, Equatable {
        /// Looked for on this machine when the server starts.
        case automatic
        /// There.
        case at(BackendAddress)
    }

    /// How speech is to come.
    public enum SpeechFormat: String, Sendable, CaseIterable {
        /// Raw samples, 16-bit little-endian mono.
        case pcm
        /// A WAV file, which says its rate.
        case wav
    }

    /// Where it is.
    public var place: Place
    /// The server's name of the model; `nil` = the first it offers.
    public var model: String?
    /// The endpoint's path with its `/`; `nil` = what follows from the address.
    public var path: String?
    /// Goes into `Authorization: Bearer …`.
    public var key: BackendKey?
    /// Authorities that may vouch for it, beside the system's.
    public var trust: BackendTrust?
    /// How long things may take.
    public var limits: BackendLimits
    /// Members of the request (fields of the form, for a transcriber) beside those that Parley knows; `null` takes one
    /// of its own away.
    public var extra: JSONObject = [:]
    /// Model: whether answers stream although tools were given, which some servers get wrong.
    public var streamsTools = true
    /// Transcriber: whether the transcript is asked for piece by piece.
    public var streamsTranscripts = false
    /// Transcriber: whether speech is sent as soon as the user pauses, at the risk that he goes on and it was in vain;
    /// `nil` = only to a server on this machine.
    public var anticipates: Bool?
    /// Voice: the server's names of the voices that clients ask for.
    public var voices: [String: String] = [:]
    /// Voice: the server's name of the voice for all others; `nil` = the client's.
    public var voice: String?
    /// Voice: how speech is to come.
    public var format = SpeechFormat.pcm
    /// Voice: rate of raw samples in Hz.
    public var sampleRate = 24_000
    /// Voice: least letters that are spoken in one request, after the first.
    public var sentenceLetters = SentenceChunker.Limits().following

    /// Settings with the defaults of a slot.
    public init(_ place: Place, limits: BackendLimits = .model) {
        self.place = place
        self.limits = limits
        if case .at(let address) = place { model = address.model }
    }

    /// Reads `auto` or `URL[#MODEL]`.
    public init(_ text: String, limits: BackendLimits) throws(BackendAddress.Invalid) {
        self.init(text == "auto" ? .automatic : .at(try BackendAddress(text)), limits: limits)
    }
}

/// A secret that does not show itself.
public struct BackendKey: Sendable, Equatable, CustomStringConvertible, CustomReflectable {
    /// The secret.
    let secret: String

    /// A key; `nil` for an empty text.
    public init?(_ secret: String) {
        guard !secret.isEmpty else { return nil }
        self.secret = secret
    }

    /// Not the secret.
    public var description: String { "***" }
    /// Nothing.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// How long a server may take.
public struct BackendLimits: Sendable, Equatable {
    /// To take the connection, name resolution and TLS included.
    public var connect: Duration
    /// From the request to the first byte of the answer's body; a server that is busy with others sends nothing at all.
    public var firstByte: Duration
    /// Between pieces of the answer.
    public var idle: Duration = .seconds(10)
    /// For everything.
    public var whole: Duration

    /// Limits with the usual time between pieces.
    public init(connect: Duration = .seconds(2), firstByte: Duration, whole: Duration) {
        self.connect = connect
        self.firstByte = firstByte
        self.whole = whole
    }

    /// The defaults of a model.
    public static let model = BackendLimits(firstByte: .seconds(15), whole: .seconds(300))
    /// The defaults of a transcriber.
    public static let transcriber = BackendLimits(firstByte: .seconds(15), whole: .seconds(15))
    /// The defaults of a voice.
    public static let voice = BackendLimits(firstByte: .seconds(8), whole: .seconds(60))
}
