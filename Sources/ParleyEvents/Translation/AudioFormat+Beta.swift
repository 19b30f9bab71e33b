// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

extension AudioFormat {
    /// The name in the beta dialect.
    var betaName: String {
        switch self {
        case .pcm: "pcm16"
        case .pcmu: "g711_ulaw"
        case .pcma: "g711_alaw"
        }
    }

    /// The format of that beta name.
    init?(beta: JSON?) {
        guard let format = Self.allCases.first(where: { .string($0.betaName) == beta }) else { return nil }
        self = format
    }

    /// The beta name for a GA object, `nil` if it describes a format the beta dialect does not have; anything that is
    /// not such an object unchanged.
    static func betaName(ga: JSON) -> JSON? {
        guard let type = ga["type"]?.stringValue else { return ga }
        guard let format = allCases.first(where: { $0.name == type }) else { return nil }
        let rate = ga["rate"] ?? .null
        guard rate.isNull || rate.intValue == format.sampleRate else { return nil }
        return .string(format.betaName)
    }
}
