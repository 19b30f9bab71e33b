// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyEvents

/// The events of one response, from `response.created` to `response.done` (protocol reference, sections 7.3 to 7.9).
struct ResponseOrder {
    /// Whether the response writes to the default conversation.
    let isInConversation: Bool
    /// Whether `response.done` has come.
    private(set) var isDone = false

    private let id: String
    private let dialect: Dialect
    private var output: [OutputItemOrder] = []

    init(created response: JSONObject, dialect: Dialect) throws(RuleViolation) {
        id = response.string("id") ?? ""
        self.dialect = dialect
        // Early servers leave the member out: then nothing tells that the response is out of band.
        isInConversation = response["conversation_id"].map { !$0.isNull } ?? true
        guard response.string("status") == "in_progress" else {
            throw wrong("response.created with status in_progress", response.string("status") ?? "none")
        }
        guard response["output"]?.arrayValue?.isEmpty ?? true else {
            throw wrong("response.created with an empty output", "items in it")
        }
    }

    mutating func received(_ name: String, _ event: JSONObject, items: inout ItemOrder) throws(RuleViolation) {
        if name.hasPrefix("response.mcp_call.") { return }
        guard !isDone else { throw wrong("nothing of \(id) after its response.done", name) }
        switch name {
        case "response.done": try done(event["response"]?.objectValue ?? [:])
        case "response.output_item.added": try added(event, items: &items)
        default:
            let index = event["output_index"]?.intValue ?? 0
            guard output.indices.contains(index) else {
                throw wrong("response.output_item.added with output_index \(index) before \(name)", "none")
            }
            try output[index].received(name, event, isInConversation: isInConversation, items: items)
        }
    }

    func finished() throws(RuleViolation) {
        guard isDone else { throw wrong("response.done of \(id)", "nothing", "6 Response") }
    }

    private mutating func added(_ event: JSONObject, items: inout ItemOrder) throws(RuleViolation) {
        let index = event["output_index"]?.intValue ?? 0
        guard index == output.count else { throw wrong("output_index \(output.count)", "\(index)") }
        let item = event["item"]?.objectValue ?? [:]
        let order = try OutputItemOrder(added: item, dialect: dialect)
        guard !items.isAnnounced(order.id) else {
            throw wrong("response.output_item.added of \(order.id) before the item is announced", "after it")
        }
        if !isInConversation { items.keepSilent(order.id) }
        output.append(order)
    }

    private mutating func done(_ response: JSONObject) throws(RuleViolation) {
        isDone = true
        if let open = output.first(where: { !$0.isDone }) {
            throw wrong("response.output_item.done of \(open.id) before response.done", "none", "6 Response")
        }
        let status = response.string("status") ?? ""
        guard status != "in_progress" else { throw wrong("a final status in response.done", status, "4.10 Response") }
        let ids = response["output"]?.arrayValue?.compactMap { $0["id"]?.stringValue } ?? []
        guard ids == output.map(\.id) else {
            throw wrong("response.done with output \(output.map(\.id))", "\(ids)", "4.10 Response")
        }
        try details(response["status_details"]?.objectValue, of: status)
    }

    private func details(_ details: JSONObject?, of status: String) throws(RuleViolation) {
        let reasons: [String: Set<String>] = [
            "cancelled": ["turn_detected", "client_cancelled"], "incomplete": ["max_output_tokens", "content_filter"],
        ]
        guard let allowed = reasons[status] else { return }
        let reason = details?.string("reason") ?? ""
        guard allowed.contains(reason) else {
            throw wrong(
                "status_details.reason of \(status) to be \(allowed.sorted().joined(separator: " or "))",
                reason.isEmpty ? "none" : reason,
                "4.10 Response"
            )
        }
    }

    private func wrong(_ expected: String, _ came: String, _ source: String = "7.3 Text turn") -> RuleViolation {
        RuleViolation(expected: expected, came: came, source: source)
    }
}
