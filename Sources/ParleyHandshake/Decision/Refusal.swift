// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import HTTPTypes
import ParleyEvents
import ParleyWebSocket

/// Why a client is turned away, in the forms in which it can be told: an HTTP answer, or an `error` event and a close.
package struct Refusal: Sendable, Equatable {
    /// The HTTP status; what it would have been, when the refusal goes in-band.
    package let status: HTTPResponse.Status
    /// `invalid_request_error`, `rate_limit_error` or `server_error`.
    package let type: String
    /// Stable name of the reason.
    package let code: String
    /// What is wrong and what to do.
    package let message: String
    /// The query parameter at fault, where one is.
    package let param: String?
    /// The doctor's id of the cause, where it has one.
    package let cause: String?
    /// 3000 for a key, 1008 for a policy, 1013 for load, else 4000 (protocol reference, section 9).
    package let closeCode: UInt16
    /// Fields of the HTTP answer, `Content-Type` included.
    package let headers: HTTPFields

    /// `TYPE.CODE`, as the hosted service has it; at most 123 bytes.
    package var closeReason: String { "\(type).\(code)" }

    /// The JSON body of the HTTP answer: `{"error":{"type","code","message","param","cause"}}`.
    package var body: String {
        let error: JSONObject = [
            "type": .string(type), "code": .string(code), "message": .string(message), "param": JSON(param),
            "cause": JSON(cause),
        ]
        return JSONObject([("error", .object(error))]).text
    }

    /// The `error` event of an in-band refusal, the same in both dialects (protocol reference, section 8).
    ///
    /// - Parameter eventID: the server's own id for this event.
    /// - Returns: JSON text for one text message.
    package func event(eventID: String) -> String {
        let error = RealtimeError(type: type, code: code, message: message, param: param)
        return ServerEvent.error(error).object(eventID: eventID).text
    }
}
