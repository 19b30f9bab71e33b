// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyEvents
internal import ParleySession

/// Puts the fragments of function calls together, by whatever the server tells them apart with.
///
/// A fragment belongs to the call with its `index`; without one, to the call with its id; with neither, to the last
/// call unless it names a function. Another id at a known index is another call.
struct ToolCallAssembler: Sendable {
    private struct Call: Sendable {
        var index: Int?
        var id: String?
        var name: String?
        /// Arguments as far as they came.
        var arguments = ""
        var isStarted = false
    }

    /// Calls of one answer; more than this is a model that runs wild.
    static let mostCalls = 128
    /// Bytes of the arguments of all calls together.
    static let mostBytes = 4 << 20

    private var calls: [Call] = []
    private var bytes = 0

    mutating func push(_ fragments: [JSON]) throws(AnswerError) -> [ModelEvent] {
        var events: [ModelEvent] = []
        for fragment in fragments where fragment.objectValue != nil {
            let function = fragment["function"]
            let id = fragment["id"]?.stringValue.flatMap { $0.isEmpty ? nil : $0 }
            let name = function?["name"]?.stringValue.flatMap { $0.isEmpty ? nil : $0 }
            let place = place(index: fragment["index"]?.intValue, id: id, name: name)
            guard place < Self.mostCalls else { throw .unreadable("more than \(Self.mostCalls) function calls") }
            if place == calls.count { calls.append(Call(index: fragment["index"]?.intValue)) }
            calls[place].id = calls[place].id ?? id
            calls[place].name = calls[place].name ?? name
            let more = Self.text(function?["arguments"])
            bytes += more.utf8.count
            guard bytes <= Self.mostBytes else { throw .unreadable("arguments of more than \(Self.mostBytes) bytes") }
            calls[place].arguments += more
            tell(place, more, into: &events)
        }
        return events
    }

    /// The answer is over; `isCut` if it was before its end, so that calls may be incomplete.
    mutating func finish(isCut: Bool) throws(AnswerError) -> [ModelEvent] {
        var events: [ModelEvent] = []
        for (place, call) in calls.enumerated() {
            guard call.isStarted, let name = call.name else {
                // The name may be what was cut off.
                if isCut { continue }
                throw .unreadable("a function call without the function's name")
            }
            // Some send nothing where a function takes no arguments.
            let isEmpty = call.arguments.allSatisfy(\.isWhitespace)
            if isEmpty, !isCut { events.append(.toolCall(index: place, .arguments("{}"))) }
            let isWhole = isEmpty ? !isCut : (try? JSON(parsing: call.arguments))?.objectValue != nil
            guard isWhole else {
                // Left open, the session reports it as incomplete.
                if isCut { continue }
                throw .unreadable("the arguments of the function call \(name) are no JSON object")
            }
            events.append(.toolCall(index: place, .finished))
        }
        return events
    }

    private func place(index: Int?, id: String?, name: String?) -> Int {
        if let index, let place = calls.lastIndex(where: { $0.index == index }) {
            let isOther = id != nil && calls[place].id != nil && calls[place].id != id && name != nil
            return isOther ? calls.count : place
        }
        if index == nil, let id, let place = calls.firstIndex(where: { $0.id == id }) { return place }
        if index == nil, id == nil, name == nil, !calls.isEmpty { return calls.count - 1 }
        return calls.count
    }

    private mutating func tell(_ place: Int, _ more: String, into events: inout [ModelEvent]) {
        guard let name = calls[place].name else { return }
        guard calls[place].isStarted else {
            calls[place].isStarted = true
            events.append(.toolCall(index: place, .started(callID: calls[place].id, name: name)))
            let arguments = calls[place].arguments
            if !arguments.isEmpty { events.append(.toolCall(index: place, .arguments(arguments))) }
            return
        }
        if !more.isEmpty { events.append(.toolCall(index: place, .arguments(more))) }
    }

    /// Arguments are JSON text; some send the object itself.
    private static func text(_ arguments: JSON?) -> String {
        switch arguments {
        case .string(let text): text
        case .object(let object): object.text
        default: ""
        }
    }
}
