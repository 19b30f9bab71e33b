// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyEvents

/// Responses that somebody may wait for: those to come, and the last that have ended.
///
/// An end is kept until it is asked for, so that nobody who asks late can miss it.
struct PendingResponses: Sendable {
    typealias Outcome = Result<Response, RealtimeClientError>

    /// Most ends that are kept for those who did not ask yet; beyond it the oldest is forgotten.
    static let limit = 64

    /// An end that has come.
    struct Ended: Sendable {
        let handle: Int
        let outcome: Outcome
    }

    private var last = 0
    /// Handles by the ids of the events that asked.
    private var byRequest: [String: Int] = [:]
    /// Handles that take whichever response of the conversation ends next.
    private var open: [Int] = []
    /// Handles of what comes behind a response that calls functions, by that response's id.
    private var followUps: [(response: String, handle: Int)] = []
    private var outcomes: [Int: Outcome] = [:]
    /// Handles with an end, the oldest first.
    private var ended: [Int] = []

    /// A handle for the response to a request.
    mutating func expect(request: String) -> Int {
        let handle = makeHandle()
        byRequest[request] = handle
        return handle
    }

    /// A handle for whichever response ends next.
    ///
    /// - Returns: The handle, and one that was given up for it since too many wait.
    mutating func expectAny() -> (handle: Int, givenUp: Ended?) {
        let handle = makeHandle()
        open.append(handle)
        guard open.count > Self.limit else { return (handle, nil) }
        return (handle, end(open.removeFirst(), .failure(.fellBehind(limit: Self.limit))))
    }

    /// The response will be followed by another, which tells the results of the functions that it calls.
    mutating func expectFollowUp(of response: String) {
        followUps.append((response, makeHandle()))
        if followUps.count > Self.limit { followUps.removeFirst() }
    }

    /// The handle of what follows a response; nil if nothing does.
    func followUp(of response: String) -> Int? { followUps.last { $0.response == response }?.handle }

    /// The follow-up of a response has been asked for.
    mutating func asked(_ request: String, following response: String) {
        byRequest[request] = followUp(of: response) ?? makeHandle()
    }

    /// A response has ended, whoever asked for it.
    mutating func ended(_ response: Response) -> [Ended] {
        defer { open = [] }
        return open.map { end($0, .success(response)) }
    }

    /// A request is over.
    mutating func settle(_ request: String, _ outcome: Outcome) -> Ended? {
        byRequest.removeValue(forKey: request).map { end($0, outcome) }
    }

    /// The connection is lost: what no request stands for will not come any more.
    mutating func lost(_ error: RealtimeClientError) -> [Ended] {
        let unasked = followUps.map(\.handle)
            .filter { outcomes[$0] == nil && !byRequest.values.contains($0) }
        defer { open = [] }
        return (open + unasked).map { end($0, .failure(error)) }
    }

    /// Nothing more will come.
    mutating func failAll(_ error: RealtimeClientError) -> [Ended] {
        let all = Set(open + byRequest.values + followUps.map(\.handle)).filter { outcomes[$0] == nil }
        open = []
        byRequest = [:]
        followUps = []
        return all.sorted().map { end($0, .failure(error)) }
    }

    /// The end of a handle if it has come; nil if it is still to come.
    func outcome(of handle: Int) -> Outcome? {
        if let outcome = outcomes[handle] { return outcome }
        let isExpected =
            open.contains(handle) || byRequest.values.contains(handle) || followUps.contains { $0.handle == handle }
        return isExpected ? nil : .failure(.fellBehind(limit: Self.limit))
    }

    private mutating func end(_ handle: Int, _ outcome: Outcome) -> Ended {
        outcomes[handle] = outcome
        ended.append(handle)
        if ended.count > Self.limit { outcomes[ended.removeFirst()] = nil }
        return Ended(handle: handle, outcome: outcome)
    }

    private mutating func makeHandle() -> Int {
        last += 1
        return last
    }
}
