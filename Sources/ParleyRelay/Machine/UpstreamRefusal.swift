// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyEvents
internal import ParleyWebSocket

/// Why there is no session with the upstream, as the client is told: in an `error` event and a close.
struct UpstreamRefusal: Sendable, Equatable {
    /// Stable name of the reason.
    let code: String
    /// What the upstream said and what to do.
    let message: String
    /// The doctor's id of the cause, where it has one.
    let cause: String?
    /// 1013 if it is worth another try, 1011 for a mistake in the relay's settings, else 1014.
    let closeCode: CloseCode

    init(_ code: String, _ message: String, cause: String? = nil, closeCode: CloseCode = .badGateway) {
        self.code = code
        self.message = message
        self.cause = cause
        self.closeCode = closeCode
    }

    /// Beside the close code.
    var closeReason: String { "server_error.\(code)" }

    var error: RealtimeError {
        RealtimeError(
            type: "server_error",
            code: code,
            message: cause.map { "\(message) (cause: \($0))" } ?? message
        )
    }

    /// The hosted service takes no beta clients any more (protocol reference, section 1).
    static let betaRefused = UpstreamRefusal(
        "upstream_refused_beta",
        "The upstream refuses the beta dialect (beta_api_shape_disabled). Start the relay with "
            + "--upstream-dialect ga; clients of both dialects are translated.",
        cause: "ver-realtime-beta-rejected",
        closeCode: .internalError
    )

    static func silent(seconds: Int) -> UpstreamRefusal {
        UpstreamRefusal(
            "upstream_timeout",
            "The upstream opened the WebSocket and sent nothing for \(seconds) s. Check that its path serves Realtime "
                + "sessions."
        )
    }

    static func closed(_ summary: CloseSummary) -> UpstreamRefusal {
        let code = summary.code.map { "code \($0)" } ?? "no code"
        let reason = summary.reason.isEmpty ? "" : ", '\(summary.reason)'"
        return UpstreamRefusal(
            "upstream_refused",
            "The upstream closed the connection before its first event (\(code)\(reason)). Look into its log."
        )
    }
}
