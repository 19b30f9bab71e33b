// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import ParleyEvents

/// How much of something a session may still use: fills up again by the minute's share of every moment.
struct RateAllowance: Sendable {
    /// `requests` or `tokens`, as `rate_limits.updated` names it.
    let name: String
    /// Most per minute, and most at once.
    let limit: Int
    private var remaining: Double
    private var since: NIODeadline?

    init?(_ name: String, perMinute limit: Int?) {
        guard let limit, limit > 0 else { return nil }
        (self.name, self.limit) = (name, limit)
        remaining = Double(limit)
    }

    /// Seconds until one may be used again; `nil` if one may be now.
    mutating func wait(at now: NIODeadline) -> Double? {
        refill(at: now)
        return remaining >= 1 ? nil : (1 - remaining) * 60 / Double(limit)
    }

    /// Uses up some, be there as many or not.
    mutating func use(_ count: Int, at now: NIODeadline) {
        refill(at: now)
        remaining -= Double(count)
    }

    private mutating func refill(at now: NIODeadline) {
        if let since {
            let seconds = Double((now - since).nanoseconds) / 1e9
            remaining = min(Double(limit), remaining + seconds * Double(limit) / 60)
        }
        since = now
    }

    /// What a client is told.
    var state: RateLimit {
        RateLimit(
            name: name,
            limit: limit,
            remaining: max(0, Int(remaining)),
            resetSeconds: ((Double(limit) - remaining) * 60 / Double(limit) * 1000).rounded() / 1000
        )
    }
}

/// The allowances of a session; none unless its limits set them.
struct RateAllowances: Sendable {
    private var requests: RateAllowance?
    private var tokens: RateAllowance?

    init(_ limits: SessionLimits) {
        requests = RateAllowance("requests", perMinute: limits.requestsPerMinute)
        tokens = RateAllowance("tokens", perMinute: limits.tokensPerMinute)
    }

    /// A response begins; gives why it must fail, if it must.
    mutating func begin(at now: NIODeadline) -> Response.Status? {
        let waits = [(requests?.wait(at: now), requests), (tokens?.wait(at: now), tokens)]
        for case (let seconds?, let allowance?) in waits {
            return .failed(
                type: "invalid_request_error",
                code: "rate_limit_exceeded",
                message: "Rate limit reached: \(allowance.limit) \(allowance.name) per minute. Try again in "
                    + "\(Int(seconds.rounded(.up)))s."
            )
        }
        requests?.use(1, at: now)
        return nil
    }

    /// A response has ended and took that many tokens.
    mutating func end(tokens count: Int, at now: NIODeadline) { tokens?.use(count, at: now) }

    /// What `rate_limits.updated` tells; empty if nothing is limited.
    var state: [RateLimit] { [requests, tokens].compactMap { $0?.state } }
}
