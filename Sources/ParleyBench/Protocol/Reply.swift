// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore
internal import ParleyEvents

/// What a message of the server is, as far as a measurement cares.
package enum Reply: Sendable, Equatable {
    /// A piece of audio, in either dialect.
    case audioDelta
    case sessionCreated
    case responseCreated
    case responseDone
    case error
    case other

    /// Reads the type of an event.
    package init(_ message: ByteBuffer) {
        self = message.withUnsafeReadableBytes { bytes in
            guard let type = EventScan.string("type", in: bytes) else { return .other }
            // By length first: every audio message comes here.
            switch type.count {
            case 20 where EventScan.matches("response.audio.delta", bytes, type),
                27 where EventScan.matches("response.output_audio.delta", bytes, type):
                return .audioDelta
            case 15 where EventScan.matches("session.created", bytes, type): return .sessionCreated
            case 16 where EventScan.matches("response.created", bytes, type): return .responseCreated
            case 13 where EventScan.matches("response.done", bytes, type): return .responseDone
            case 5 where EventScan.matches("error", bytes, type): return .error
            default: return .other
            }
        }
    }

    /// A string member of an event.
    package static func string(_ name: StaticString, of message: ByteBuffer) -> String? {
        message.withUnsafeReadableBytes { bytes in
            EventScan.string(name, in: bytes).map { String(decoding: bytes[$0], as: UTF8.self) }
        }
    }

    /// The id of the response that a `response.created` or `response.done` is about, and how it stands.
    package static func response(of message: ByteBuffer) -> (id: String, status: String)? {
        guard let response = (try? JSON(parsing: message))?["response"], let id = response["id"]?.stringValue else {
            return nil
        }
        return (id, response["status"]?.stringValue ?? "")
    }

    /// What an `error` event says: its code, else its message, at most 120 characters.
    package static func errorWords(of message: ByteBuffer) -> String {
        let error = (try? JSON(parsing: message))?["error"]
        let words = error?["code"]?.stringValue ?? error?["message"]?.stringValue ?? "without a code"
        return String(words.prefix(120))
    }
}
