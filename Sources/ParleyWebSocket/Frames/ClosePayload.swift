// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore

/// What a close frame says: nothing, a code, or a code and a reason (RFC 6455 section 5.5.1).
struct ClosePayload: Equatable, Sendable {
    /// Most bytes of UTF-8 in a reason.
    static let maxReasonBytes = FrameHeader.maxControlPayload - 2

    /// `nil` for an empty payload.
    var code: CloseCode?
    var reason: String

    /// What this endpoint is going to say.
    ///
    /// - Parameters:
    ///   - code: `nil` and ``CloseCode/noStatusReceived`` stand for an empty payload; any other code that
    ///     may not be sent becomes ``CloseCode/internalError``, because the mistake is ours.
    ///   - reason: Cut between characters to fit into 123 bytes.
    init(code: CloseCode?, reason: String) {
        guard let code, code != .noStatusReceived else {
            self.code = nil
            self.reason = ""
            return
        }
        self.code = code.isValidOnTheWire ? code : .internalError
        self.reason = String(reason.prefix(bytesOfUTF8: Self.maxReasonBytes))
    }

    /// What the peer said.
    init(parsing payload: ByteBuffer) throws(Violation) {
        var payload = payload
        guard payload.readableBytes > 0 else {
            self.code = nil
            self.reason = ""
            return
        }
        guard let number = payload.readInteger(as: UInt16.self) else { throw .truncatedCloseCode }
        let code = CloseCode(rawValue: number)
        guard code.isValidOnTheWire else { throw .invalidCloseCode }
        guard UTF8Validator.isValid(payload) else { throw .invalidCloseReason }
        self.code = code
        self.reason = String(buffer: payload)
    }

    /// The payload as bytes.
    var bytes: ByteBuffer {
        var buffer = ByteBuffer()
        guard let code else { return buffer }
        buffer.writeInteger(code.rawValue)
        buffer.writeString(reason)
        return buffer
    }
}

extension String {
    /// The longest run of whole characters from the start that takes at most `count` bytes.
    fileprivate func prefix(bytesOfUTF8 count: Int) -> Substring {
        var end = startIndex
        var used = 0
        while end < endIndex {
            used += self[end].utf8.count
            guard used <= count else { break }
            formIndex(after: &end)
        }
        return self[..<end]
    }
}
