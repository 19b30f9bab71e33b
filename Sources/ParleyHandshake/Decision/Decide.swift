// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import ParleyWebSocket

/// Decides a handshake: which route, subprotocol, dialect, credential, model and intent, or why not and how to say so.
///
/// Pure: the same head, policy and load give the same decision, in the server, the doctor and the tests alike.
/// A request that does not ask for a WebSocket is decided by `explainPlainRequest`, unless its `Host` is wrong.
///
/// - Parameters:
///   - request: the head as received. Nothing in it can make this fail.
///   - policy: who may connect, from where, to what.
///   - capacity: whether there is room.
///   - now: Unix seconds; without them every short-lived key counts as over.
/// - Returns: the decision with its explanation.
package func decide(
    _ request: HandshakeRequest,
    policy: HandshakePolicy,
    capacity: Capacity,
    at now: Int = .max
) -> Decision {
    let upgrade = request.upgrade
    if let fault = upgrade.plainFault { return Examination(request, policy: policy).refused(.fault(fault)) }
    guard upgrade.isAttempt else { return explainPlainRequest(request, policy: policy) }
    let examination = Examination(request, upgrade, policy: policy, now: now)
    let acceptValue: String
    do {
        acceptValue = try upgrade.acceptValue()
    } catch {
        return examination.refused(.fault(error))
    }
    do {
        return examination.accepted(try examination.admit(capacity: capacity), acceptValue: acceptValue)
    } catch {
        return policy.refusesInBand && examination.offer.isBlindToHTTP
            ? examination.failing(error, acceptValue: acceptValue) : examination.refused(error)
    }
}

/// Explains to a request that asked for no WebSocket what it should have done.
///
/// On a Realtime path that is 426 for GET and HEAD, 405 for other methods; elsewhere 404 with the right path. Routes
/// of its own that a server has there are to be tried first.
///
/// - Parameters:
///   - request: the head as received.
///   - policy: only whether the echo is served counts.
/// - Returns: always a refusal with an HTTP status.
package func explainPlainRequest(_ request: HandshakeRequest, policy: HandshakePolicy) -> Decision {
    let examination = Examination(request, policy: policy)
    if let objection = examination.pathObjection { return examination.refused(objection) }
    guard request.method == .get || request.method == .head else {
        let isSessionDescription = request.headers[.contentType]?.hasPrefix("application/sdp") == true
        return examination.refused(.plainMethod(isSessionDescription: isSessionDescription))
    }
    let address = examination.offer.host.map { (request.isSecure ? "wss://" : "ws://") + $0.text } ?? ""
    let path = examination.offer.target.comparablePath
    let url = address + (path == "/" ? RealtimePath.preferred : path)
    return examination.refused(.plainRequest(url: examination.shown(url)))
}

/// Decides whether a plain HTTP request for something that needs a key may be answered.
///
/// - Parameters:
///   - request: the head as received.
///   - policy: who may in, from where. Short-lived keys do not count: they open sessions and nothing else.
///   - capacity: whether this client may ask now.
/// - Returns: the refusal to answer with; nil when the request may be answered.
package func authorizePlainRequest(
    _ request: HandshakeRequest,
    policy: HandshakePolicy,
    capacity: Capacity = .available
) -> Refusal? {
    Examination(request, policy: policy).plainObjection(capacity: capacity)?.refusal(isInBand: false)
}

extension Examination {
    fileprivate func accepted(_ entry: Entry, acceptValue: String) -> Decision {
        let route = route ?? .realtime
        let accepted = terms(
            subprotocol: subprotocol(route == .echo ? .lenient : policy.subprotocols),
            entry: entry,
            compression: compression,
            acceptValue: acceptValue
        )
        return Decision(admission: .accept(accepted), offer: offer) { explanation(of: accepted) }
    }

    private func explanation(of accepted: Accepted) -> Explanation {
        let (rule, sentence) =
            if route == .echo {
                ("echo", "The echo takes any client whose host and origin pass.")
            } else if accepted.secret != nil {
                ("client_secret", "The ephemeral key is one of the server's and in force.")
            } else if policy.access.demandsKey {
                ("key_accepted", "The key is one of the server's.")
            } else {
                ("open_access", "The server has no keys and takes any client whose host and origin pass.")
            }
        return Explanation(
            facts: facts(
                subprotocol: accepted.subprotocol,
                model: accepted.model,
                compression: accepted.compression
            ),
            rule: rule,
            sentence: sentence,
            advice: nil,
            verdict: "accepted"
        )
    }

    fileprivate func failing(_ objection: Objection, acceptValue: String) -> Decision {
        let refusal = objection.refusal(isInBand: true)
        let accepted = terms(subprotocol: subprotocol(.lenient), entry: Entry(), acceptValue: acceptValue)
        return Decision(admission: .acceptThenFail(accepted, refusal), offer: offer) {
            explanation(of: objection, subprotocol: accepted.subprotocol, how: "in-band \(refusal.closeCode)")
        }
    }

    fileprivate func refused(_ objection: Objection) -> Decision {
        let refusal = objection.refusal(isInBand: false)
        return Decision(admission: .refuse(refusal), offer: offer) {
            explanation(of: objection, subprotocol: nil, how: String(refusal.status.code))
        }
    }

    private var compression: DeflateAgreement? {
        policy.compression.flatMap {
            DeflateAgreement(offers: request.headers[values: .secWebSocketExtensions], settings: $0)
        }
    }

    private func terms(
        subprotocol: String?,
        entry: Entry,
        compression: DeflateAgreement? = nil,
        acceptValue: String
    ) -> Accepted {
        Accepted(
            route: route ?? .realtime,
            subprotocol: subprotocol,
            dialect: offer.dialect,
            credential: entry.credential,
            secret: entry.secret,
            model: offer.model ?? entry.secret?.model ?? model,
            intent: entry.secret?.intent ?? offer.intent,
            compression: compression,
            responseHeaders: UpgradeResponse.fields(
                acceptValue: acceptValue,
                subprotocol: subprotocol,
                extensions: compression?.answer.text
            )
        )
    }

    private func explanation(of objection: Objection, subprotocol: String?, how: String) -> Explanation {
        Explanation(
            facts: facts(subprotocol: subprotocol, model: model),
            rule: objection.code,
            sentence: objection.sentence,
            advice: objection.advice,
            verdict: "refused \(how)"
        )
    }
}
