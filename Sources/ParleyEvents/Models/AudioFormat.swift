// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// The three audio formats of the protocol, all mono (protocol reference, section 4.4).
public enum AudioFormat: Sendable, Equatable, Hashable, CaseIterable {
    /// Signed 16-bit little-endian PCM at 24 000 Hz; beta name `pcm16`.
    case pcm
    /// G.711 µ-law at 8 000 Hz; beta name `g711_ulaw`.
    case pcmu
    /// G.711 A-law at 8 000 Hz; beta name `g711_alaw`.
    case pcma

    /// The GA name, `audio/pcm` and so on.
    public var name: String {
        switch self {
        case .pcm: "audio/pcm"
        case .pcmu: "audio/pcmu"
        case .pcma: "audio/pcma"
        }
    }

    /// Samples per second.
    public var sampleRate: Int { self == .pcm ? 24_000 : 8_000 }

    /// Bytes of one sample.
    public var bytesPerSample: Int { self == .pcm ? 2 : 1 }

    /// Bytes of one millisecond: 48 for PCM, 8 for G.711.
    public var bytesPerMillisecond: Int { sampleRate / 1000 * bytesPerSample }

    /// As an error message names it.
    public var description: String {
        switch self {
        case .pcm: "mono PCM16 at 24kHz"
        case .pcmu: "mono G.711 µ-law at 8kHz"
        case .pcma: "mono G.711 A-law at 8kHz"
        }
    }

    /// The GA object, such as `{"type":"audio/pcm","rate":24000}`.
    public var json: JSON {
        self == .pcm ? ["type": "audio/pcm", "rate": 24000] : ["type": .string(name)]
    }

    /// Reads the GA object found at `path`.
    public init(_ value: JSON, at path: String) throws(RealtimeError) {
        let fields = try Fields(value, at: path)
        let type = try fields.requiredString("type")
        guard let format = Self.allCases.first(where: { $0.name == type }) else {
            throw .invalidValue(fields.at("type"), type, supported: Self.allCases.map(\.name))
        }
        if let rate = fields.value("rate"), rate.intValue != format.sampleRate {
            throw .invalidValue(fields.at("rate"), rate.text, supported: [String(format.sampleRate)])
        }
        try fields.rejectUnknown(["type", "rate"])
        self = format
    }
}
