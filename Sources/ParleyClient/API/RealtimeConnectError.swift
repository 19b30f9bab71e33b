// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import HTTPTypes
internal import ParleyTransport

/// Why a connection was not opened: what happened, where, what to do, and the doctor's name for it.
///
/// No secret is in its description.
public struct RealtimeConnectError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What happened and what to do, in whole sentences.
    public let description: String
    /// The cause as `parley doctor` names it, such as `ver-subproto-none`.
    ///
    /// Its page is `docs/failures/ID.md`. Nil where none fits or only the doctor can tell.
    public let causeID: String?
    /// The status of an answer that was not 101.
    public let status: Int?
    /// The beginning of the body of such an answer, as text; up to 64 KiB.
    public let body: String?
    /// Whether another attempt may go better without a change.
    public let isTemporary: Bool

    init(settings description: String) {
        self.init(description: description, isTemporary: false)
    }

    init(description: String, causeID: String? = nil, isTemporary: Bool) {
        self.description = description
        self.causeID = causeID
        self.isTemporary = isTemporary
        status = nil
        body = nil
    }

    init(_ failure: ConnectFailure, offersSubprotocols: Bool) {
        description = failure.description
        causeID = failure.causeID(offersSubprotocols: offersSubprotocols)
        isTemporary = failure.isTemporary
        switch failure.cause {
        case .status(let code, _, let body):
            status = code
            self.body = String(decoding: body, as: UTF8.self)
        default:
            status = nil
            body = nil
        }
    }
}
