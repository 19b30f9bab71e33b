// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyEvents

/// What a client has set in its session, so that another session can be set the same.
///
/// Everything is in the words of the upstream.
struct SessionUpdates: Sendable {
    /// More updates without an answer are taken for accepted.
    private static let maximumPending = 32

    private var members: JSONObject = [:]
    private var type: JSON = "session.update"
    private var pending: [(eventID: String?, event: JSONObject)] = []

    /// Whether every update was answered.
    var isSettled: Bool { pending.isEmpty }

    /// An update was sent.
    mutating func sent(_ event: JSONObject) {
        pending.append((event["event_id"]?.stringValue, event))
        if pending.count > Self.maximumPending { accepted() }
    }

    /// The server has shown its session after an update.
    mutating func accepted() {
        guard !pending.isEmpty else { return }
        let event = pending.removeFirst().event
        type = event["type"] ?? type
        if let update = event["session"]?.objectValue { members.merge(session: update) }
    }

    /// The server has sent an error, perhaps about an update.
    mutating func refused(_ event: JSONObject) {
        let error = event["error"]
        if let id = error?["event_id"]?.stringValue {
            if let index = pending.firstIndex(where: { $0.eventID == id }) { pending.remove(at: index) }
            return
        }
        // Without an id it can only be told by what it is about.
        let path = error?["param"]?.stringValue ?? ""
        let isAboutSession =
            path == "session" || path.hasPrefix("session.") || error?["code"] == "cannot_update_voice"
        guard isAboutSession, let index = pending.firstIndex(where: { $0.eventID == nil }) else { return }
        pending.remove(at: index)
    }

    /// The update that sets another session the same; nil if nothing was ever set.
    func replay(eventID: String) -> JSONObject? {
        guard !members.isEmpty else { return nil }
        return ["type": type, "event_id": .string(eventID), "session": .object(members)]
    }
}
