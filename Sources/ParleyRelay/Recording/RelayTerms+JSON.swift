// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import ParleyEvents
internal import ParleySession
internal import ParleyWebSocket

extension RelayTerms {
    /// The first member of a recording.
    static let format = "parley.relay/1"

    private static let counts: [(name: String, path: any WritableKeyPath<RelaySettings, Int> & Sendable)] = [
        ("first_event_s", \.firstEventSeconds), ("blocked_s", \.blockedSeconds), ("held_bytes", \.heldBytes),
        ("max_message_bytes", \.maxMessageBytes), ("renew_retry_s", \.renewRetrySeconds),
        ("replayed_items", \.replayedItems), ("replayed_bytes", \.replayedBytes),
        ("replayed_audio_bytes", \.replayedAudioBytes),
    ]

    /// All that decides what the machine does: neither an address nor a key is part of it.
    var object: JSONObject {
        var object: JSONObject = [
            "format": .string(Self.format), "dialect": .string(client.rawValue),
            "upstream_dialect": .string(settings.dialect.rawValue), "falls_back": .bool(settings.fallback != nil),
            "drain_ns": JSON(Int(drainDeadline.nanoseconds)), "configuration": .object(configuration),
            "policy": .object(settings.policy.object),
        ]
        var limits = JSONObject(Self.counts.map { ($0.name, JSON(settings[keyPath: $0.path])) })
        limits["renew_s"] = settings.renewSeconds.map { JSON($0) }
        object["limits"] = .object(limits)
        if let model { object["model"] = ["asked": .string(model.asked), "used": .string(model.used)] }
        if let refusal { object["refusal"] = .object(JSONObject(refusal.members)) }
        return object
    }

    /// Reads the first line of a recording.
    ///
    /// - Throws: Which member is missing or wrong.
    init(_ object: JSONObject) throws(RealtimeError) {
        let dialect = { (value: JSON) in value.stringValue.flatMap(Dialect.init) }
        var settings = RelaySettings(upstream: "")
        settings.dialect = try object.required("upstream_dialect", "'ga' or 'beta'", dialect)
        settings.fallback = try object.required("falls_back", "a boolean", \.boolValue) ? .local : nil
        do throws(RelaySettingsError) {
            settings.policy = try SessionPolicy(json: try object.requiredPolicy())
        } catch {
            throw RealtimeError(code: "invalid_value", message: error.description, param: "policy")
        }
        let limits = try object.requiredObject("limits")
        for count in Self.counts where limits[count.name] != nil {
            settings[keyPath: count.path] = try limits.requiredCount(count.name, from: 0)
        }
        settings.renewSeconds = limits["renew_s"] == nil ? nil : try limits.requiredCount("renew_s", from: 1)
        self.init(settings: settings, client: try object.required("dialect", "'ga' or 'beta'", dialect))
        configuration = try object.requiredObject("configuration")
        drainDeadline = .nanoseconds(Int64(try object.requiredInt("drain_ns", from: 0)))
        if let model = object["model"]?.objectValue {
            self.model = (try model.requiredString("asked"), try model.requiredString("used"))
        }
        if let refusal = object["refusal"]?.objectValue { self.refusal = try UpstreamRefusal(refusal) }
    }
}

extension JSONObject {
    /// A number of bytes, items or seconds; of these no more than can be told in nanoseconds.
    fileprivate func requiredCount(_ name: String, from minimum: Int) throws(RealtimeError) -> Int {
        let count = try requiredInt(name, from: minimum)
        guard count <= 1 << 32 else {
            throw .outOfRange(name, kind: "integer", value: "\(count)", minimum: nil, maximum: "\(1 << 32)")
        }
        return count
    }

    fileprivate func requiredPolicy() throws(RelaySettingsError) -> String {
        guard let policy = self["policy"] else { throw RelaySettingsError("'policy' is missing.") }
        return policy.text
    }
}

extension UpstreamRefusal {
    /// As they stand in a line.
    var members: [(String, JSON)] {
        [("code", .string(code)), ("message", .string(message))] + (cause.map { [("cause", .string($0))] } ?? [])
            + [("close_code", JSON(Int(closeCode.rawValue)))]
    }

    init(_ object: JSONObject) throws(RealtimeError) {
        self.init(
            try object.requiredString("code"),
            try object.requiredString("message"),
            cause: object["cause"]?.stringValue,
            closeCode: try object.requiredCloseCode("close_code")
        )
    }
}

extension JSONObject {
    func requiredCloseCode(_ name: String) throws(RealtimeError) -> CloseCode {
        CloseCode(rawValue: try required(name, "a close code") { $0.intValue.flatMap { UInt16(exactly: $0) } })
    }
}
