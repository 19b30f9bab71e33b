// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyEvents
import Testing

@testable import ParleyConformance

@Suite("Checks against a server in memory")
struct ChecksOnDoubleTests {
    /// Checks that the small server is made for.
    static let served = [
        "handshake.headers", "handshake.model", "handshake.default-model", "handshake.unknown-query",
        "handshake.no-subprotocol", "handshake.subprotocols", "handshake.unknown-subprotocol", "handshake.null-key",
        "session.created-first", "session.members", "session.echo", "session.full-after-update", "session.merge",
        "session.early-update", "session.null-turn-detection", "session.null-transcription",
        "session.empty-instructions", "session.tools", "session.tool-choice", "session.formats", "session.modalities",
        "session.max-tokens", "session.unknown-member", "session.foreign-member", "items.user", "items.system",
        "items.assistant", "items.client-id", "items.server-id", "items.append", "items.root", "items.after",
        "items.no-response", "items.retrieve", "items.delete", "items.unknown-previous", "items.retrieve-unknown",
        "items.delete-unknown", "text.turn", "text.two-turns", "text.retrieve-answer", "text.session-modalities",
        "text.no-input", "cancel.nothing", "out-of-band.response", "out-of-band.input", "out-of-band.history",
        "overrides.session-untouched", "overrides.metadata", "rest.mint", "rest.use", "rest.use-browser",
        "rest.not-json",
        "rest.unknown-member", "errors.not-json", "errors.not-object", "errors.no-type", "errors.unknown-type",
        "errors.server-event", "errors.binary", "errors.commit-empty", "errors.event-id", "errors.no-event-id",
        "errors.stays-open", "limits.burst", "limits.long-text", "limits.unicode", "limits.event-id-length",
        "close.normal", "isolation.items",
    ]

    @Test("A server that behaves passes", arguments: served, Dialect.allCases)
    func behavingServerPasses(id: String, dialect: Dialect) async throws {
        let result = try await Self.result(of: id, dialect, InMemoryServer())
        #expect(result.outcome == .passed)
        #expect(result.transcript.isEmpty)
    }

    struct Misbehaviour: Sendable, CustomTestStringConvertible {
        let fault: InMemoryServer.Fault
        let check: String
        /// Words of what was expected.
        let expected: String
        var dialects: [Dialect] = [.ga, .beta]
        var testDescription: String { "\(fault): \(check)" }
    }

    static let misbehaviours = [
        Misbehaviour(fault: .saysNothing, check: "handshake.headers", expected: "session.created"),
        Misbehaviour(fault: .refusesHandshake, check: "handshake.headers", expected: "the handshake to succeed"),
        Misbehaviour(fault: .speaksBinary, check: "session.created-first", expected: "text messages only"),
        Misbehaviour(fault: .speaksNonsense, check: "session.created-first", expected: "a JSON object"),
        Misbehaviour(
            fault: .opensWithUpdate,
            check: "session.created-first",
            expected: "session.created as first event"
        ),
        Misbehaviour(fault: .opensTwice, check: "session.created-first", expected: "session.created once"),
        Misbehaviour(fault: .lacksSessionMember, check: "session.members", expected: "member 'session.instructions'"),
        Misbehaviour(fault: .forgetsModel, check: "handshake.model", expected: "session.model to be \"double\""),
        Misbehaviour(fault: .mixesDialects, check: "session.members", expected: "which belongs to the other dialect"),
        Misbehaviour(fault: .selectsKey, check: "handshake.subprotocols", expected: "subprotocol 'realtime'"),
        Misbehaviour(fault: .selectsUnasked, check: "handshake.no-subprotocol", expected: "no subprotocol"),
        Misbehaviour(
            fault: .changesOnError,
            check: "session.unknown-member",
            expected: "session.instructions to be \"Before.\""
        ),
        Misbehaviour(
            fault: .takesUnknownMembers,
            check: "session.unknown-member",
            expected: "error with code unknown_parameter"
        ),
        Misbehaviour(fault: .losesMerge, check: "session.merge", expected: "session.instructions to be"),
        Misbehaviour(fault: .namesNoParameter, check: "session.unknown-member", expected: "param session.nonsense"),
        Misbehaviour(fault: .namesNoParameter, check: "errors.unknown-type", expected: "param type"),
        Misbehaviour(fault: .echoesNoEventID, check: "errors.event-id", expected: "error.event_id 'conform_1'"),
        Misbehaviour(fault: .echoesEventIDAlways, check: "errors.event-id", expected: "an event_id of"),
        Misbehaviour(fault: .closesOnError, check: "errors.not-json", expected: "the connection to stay open"),
        Misbehaviour(fault: .ignoresBinary, check: "errors.binary", expected: "error"),
        Misbehaviour(fault: .crashesOnClose, check: "close.normal", expected: "close 1000"),
        Misbehaviour(fault: .appendsAtRoot, check: "items.root", expected: "previous_item_id null"),
        Misbehaviour(
            fault: .forgetsDeletion,
            check: "items.delete",
            expected: "error with code item_retrieve_invalid_item_id"
        ),
        Misbehaviour(
            fault: .announcesDoneOnly,
            check: "items.user",
            expected: "conversation.item.added of",
            dialects: [.ga]
        ),
        Misbehaviour(fault: .partWithoutText, check: "text.turn", expected: "a new part with text \"\""),
        Misbehaviour(fault: .dropsPartDone, check: "text.turn", expected: "response.content_part.done before"),
        Misbehaviour(fault: .itemDoneLate, check: "text.turn", expected: "conversation.item.done of", dialects: [.ga]),
        Misbehaviour(fault: .wrongWhole, check: "text.turn", expected: "the text that the deltas make up"),
        Misbehaviour(fault: .runsInConversation, check: "out-of-band.response", expected: "conversation_id null"),
        Misbehaviour(fault: .losesMetadata, check: "overrides.metadata", expected: "metadata {"),
        Misbehaviour(
            fault: .answersItems,
            check: "items.no-response",
            expected: "no response after conversation.item.create"
        ),
        Misbehaviour(
            fault: .sharesItems,
            check: "isolation.items",
            expected: "error with code item_retrieve_invalid_item_id"
        ),
        Misbehaviour(fault: .mintsPlain, check: "rest.mint", expected: "a value that begins with ek_"),
    ]

    @Test("A server that breaks a rule fails that rule's check", arguments: misbehaviours)
    func misbehavingServerFails(misbehaviour: Misbehaviour) async throws {
        for dialect in misbehaviour.dialects {
            let result = try await Self.result(
                of: misbehaviour.check,
                dialect,
                InMemoryServer(faults: [misbehaviour.fault])
            )
            let finding = try #require(result.failure, "\(dialect.rawValue): \(result.outcome)")
            #expect(finding.expected.contains(misbehaviour.expected), "\(finding)")
            #expect(!result.transcript.isEmpty)
        }
    }

    @Test(
        "A wrong key must be refused, and is tried only with a key",
        arguments: ["handshake.wrong-key", "handshake.wrong-key-browser"]
    )
    func wrongKeys(id: String) async throws {
        #expect(try await Self.result(of: id, .ga, InMemoryServer(key: "sk-right"), key: "sk-right").outcome == .passed)
        #expect(try await Self.result(of: id, .ga, InMemoryServer()).skipReason != nil)
        // A server that takes every key.
        let lax = try await Self.result(of: id, .ga, InMemoryServer(), key: "sk-right")
        #expect(lax.failure?.expected.contains("invalid_api_key") == true, "\(lax.outcome)")
    }

    @Test("What cannot be decided is skipped with its reason")
    func undecidableIsSkipped() async throws {
        let call = try await Self.result(of: "functions.call", .ga, InMemoryServer())
        #expect(call.outcome == .skipped("the model did not call the function"))
        let cancel = try await Self.result(of: "cancel.running", .beta, InMemoryServer())
        #expect(cancel.outcome == .skipped("the response was complete before it was cancelled"))
        let bargeIn = try await Self.result(of: "barge-in.cancels", .ga, InMemoryServer())
        #expect(bargeIn.outcome == .skipped("the response was complete before the speech was heard"))
    }

    static func result(of id: String, _ dialect: Dialect, _ server: InMemoryServer, key: String? = nil) async throws
        -> CheckResult
    {
        let check = try #require(Catalogue.checks.first { $0.id == id }, "\(id)")
        let runner = Runner(wire: server, target: ConformanceTarget(model: "double", key: key))
        return await runner.result(of: check, in: dialect)
    }
}

extension CheckResult {
    var skipReason: String? { if case .skipped(let reason) = outcome { reason } else { nil } }
    var failure: Finding? { if case .failed(let finding) = outcome { finding } else { nil } }
}
