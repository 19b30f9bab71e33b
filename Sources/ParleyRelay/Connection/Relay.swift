// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import Logging
package import NIOCore
package import ParleyHandshake
package import ParleyTransport
internal import ParleyWebSocket

/// Makes the connections of a server whose sessions an upstream answers.
package struct Relay: Sendable {
    /// The upstream's address as it may be shown.
    package var shownURL: String { upstream.shownURL }

    private let settings: RelaySettings
    private let upstream: Upstream
    private let drainDeadline: TimeAmount

    /// A relay that is ready.
    ///
    /// - Parameters:
    ///   - settings: What was asked for.
    ///   - environment: The variables of the process, which may name a proxy.
    ///   - drainDeadline: How long a response may still take when the server stops.
    /// - Throws: Which setting cannot be used.
    package init(
        _ settings: RelaySettings,
        environment: [String: String],
        drainDeadline: TimeAmount
    ) throws(RelaySettingsError) {
        self.settings = settings
        self.drainDeadline = drainDeadline
        upstream = try Upstream(settings, environment: environment)
    }

    /// Serves one client.
    ///
    /// - Parameters:
    ///   - accepted: What the handshake has settled.
    ///   - eventLoop: The client's, and the upstream's.
    ///   - memories: The memory of the event loops.
    ///   - logger: Carries the session's id.
    ///   - record: Takes the lines of a recording of the session; `nil` to make none.
    ///   - fallback: Makes who serves the client if the upstream cannot and the settings want it.
    ///   - onClose: Called once, when this relay has no more to do with the client.
    /// - Returns: The client's delegate.
    package func connection(
        for accepted: Accepted,
        on eventLoop: any EventLoop,
        memories: LoopMemories,
        logger: Logger,
        record: (@Sendable (ByteBuffer) -> Void)?,
        fallback: @escaping @Sendable () -> any WebSocketDelegate,
        onClose: @escaping @Sendable () -> Void
    ) -> any WebSocketDelegate {
        var terms = RelayTerms(settings: settings, client: accepted.dialect)
        terms.drainDeadline = drainDeadline
        terms.configuration = settings.policy.fixedSession
        if let secret = accepted.secret {
            terms.configuration = secret.session
            terms.configuration.merge(session: settings.policy.fixedSession)
        }
        let asked = accepted.intent == .transcription ? nil : accepted.model ?? settings.defaultModel
        let used = asked.map(upstream.model(for:))
        if let asked, let used {
            terms.model = (asked, used)
            if !settings.policy.allows(model: used) { terms.refusal = .modelNotAllowed(used) }
        }
        let url = upstream.url(model: used, intent: accepted.intent)
        if url == nil { terms.refusal = .modelNotAllowed(used ?? "") }
        let options = upstream.options
        return RelayConnection(
            terms,
            eventLoop: eventLoop,
            logger: logger,
            record: record,
            makeConnector: { delegate in
                Connector(
                    url ?? upstream.bareURL,
                    options: options,
                    delegate: delegate,
                    eventLoop: eventLoop,
                    memories: memories,
                    logger: logger
                )
            },
            makeFallback: fallback,
            onClose: onClose
        )
    }
}

extension UpstreamRefusal {
    fileprivate static func modelNotAllowed(_ model: String) -> UpstreamRefusal {
        UpstreamRefusal(
            "model_not_allowed",
            "The model '\(model)' may not be used on this server.",
            closeCode: .policyViolation
        )
    }
}
