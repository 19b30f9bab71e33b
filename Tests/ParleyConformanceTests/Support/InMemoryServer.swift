// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyEvents

@testable import ParleyConformance

/// A small server in memory that answers by rules, and can be made to break one.
struct InMemoryServer: RealtimeWire {
    /// A rule that the server breaks.
    enum Fault: Sendable, Hashable, CaseIterable {
        case saysNothing, refusesHandshake, unreachable, refusesBeta, speaksBinary, speaksNonsense
        case opensWithUpdate, opensTwice, lacksSessionMember, forgetsModel, mixesDialects
        case selectsKey, selectsUnasked, changesOnError, takesUnknownMembers, losesMerge, namesNoParameter
        case echoesNoEventID, echoesEventIDAlways, closesOnError, ignoresBinary, crashesOnClose
        case appendsAtRoot, forgetsDeletion, announcesDoneOnly, partWithoutText, dropsPartDone, itemDoneLate
        case wrongWhole, runsInConversation, losesMetadata, answersItems, sharesItems, mintsPlain
    }

    var faults: Set<Fault> = []
    /// The key that opens the door; `nil` takes everybody.
    var key: String?

    func connect(_ request: WireRequest) async throws(WireFailure) -> any WireConnection {
        if faults.contains(.unreachable) { throw .unreachable("nothing listens there") }
        if faults.contains(.refusesHandshake) { throw .refused(status: 503, detail: "full, \(request.key ?? "")") }
        let connection = InMemoryConnection(request, faults: faults, subprotocol: subprotocol(for: request))
        await connection.open(isWelcome: key == nil || request.key == key || request.key?.hasPrefix("ek_") == true)
        return connection
    }

    private func subprotocol(for request: WireRequest) -> String? {
        if faults.contains(.selectsUnasked) { return "realtime" }
        if faults.contains(.selectsKey) { return request.subprotocols.first { $0.contains("api-key") } }
        return request.subprotocols.contains("realtime") ? "realtime" : nil
    }

    func exchange(_ request: WireHTTPRequest) async throws(WireFailure) -> WireHTTPAnswer {
        if faults.contains(.unreachable) { throw .unreachable("nothing listens there") }
        let refusal = WireHTTPAnswer(
            status: 400,
            body: "{\"error\":{\"type\":\"invalid_request_error\",\"message\":\"no\"}}"
        )
        guard request.method == "POST", let body = (try? JSON(parsing: request.body ?? ""))?.objectValue else {
            return refusal
        }
        if faults.contains(.mintsPlain) { return WireHTTPAnswer(status: 200, body: "{\"value\":\"secret\"}") }
        let dialect: Dialect = request.resource == "/client_secrets" ? .ga : .beta
        var session = InMemorySession(dialect: dialect, model: "double", faults: faults)
        let change = (dialect == .ga ? body["session"]?.objectValue : body) ?? [:]
        do throws(InMemoryRefusal) { try session.update(change.removing(["model"])) } catch { return refusal }
        let answer: JSONObject =
            dialect == .ga
            ? ["value": "ek_0123456789", "expires_at": 1_700_000_000, "session": .object(session.object)]
            : session.object.adding(["client_secret": ["value": "ek_0123456789", "expires_at": 1_700_000_000]])
        return WireHTTPAnswer(status: 200, body: answer.text)
    }
}

/// Why an event has no effect.
struct InMemoryRefusal: Error {
    let code: String
    var parameter: String?
    var message = "No."
}

/// The configuration of a session in memory.
struct InMemorySession {
    private(set) var object: JSONObject
    private let dialect: Dialect
    private let faults: Set<InMemoryServer.Fault>

    init(dialect: Dialect, model: String, faults: Set<InMemoryServer.Fault>) {
        self.dialect = dialect
        self.faults = faults
        let recorded = RecordedSequence.all.first { $0.dialect == dialect && $0.name == "01_connect" }
        object = recorded.flatMap { $0[0]["session"]?.objectValue } ?? [:]
        object["model"] = .string(faults.contains(.forgetsModel) ? "another" : model)
        if faults.contains(.lacksSessionMember) { object["instructions"] = nil }
        if faults.contains(.mixesDialects) { object[dialect == .ga ? "modalities" : "output_modalities"] = ["text"] }
    }

    mutating func update(_ change: JSONObject) throws(InMemoryRefusal) {
        let before = object
        if !faults.contains(.losesMerge) {
            object = merged(object, change)
        } else {
            object = merged(InMemorySession(dialect: dialect, model: "double", faults: []).object, change)
        }
        let allowed = Set(before.names + ["type"])
        guard let unknown = change.names.first(where: { !allowed.contains($0) }), !faults.contains(.takesUnknownMembers)
        else {
            guard change["instructions"].map({ $0.stringValue != nil }) ?? true else {
                object = before
                throw InMemoryRefusal(code: "invalid_type", parameter: parameter("session.instructions"))
            }
            return
        }
        if !faults.contains(.changesOnError) { object = before }
        throw InMemoryRefusal(
            code: "unknown_parameter",
            parameter: parameter("session.\(unknown)"),
            message: "Unknown parameter: 'session.\(unknown)'."
        )
    }

    private func parameter(_ path: String) -> String? { faults.contains(.namesNoParameter) ? nil : path }

    private func merged(_ old: JSONObject, _ change: JSONObject) -> JSONObject {
        var result = old
        for (name, value) in change.members {
            if ["audio", "input", "output"].contains(name), let inner = value.objectValue {
                result[name] = .object(merged(old[name]?.objectValue ?? [:], inner))
            } else {
                result[name] = value
            }
        }
        return result
    }
}
