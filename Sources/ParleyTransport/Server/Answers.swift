// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import HTTPTypes
internal import NIOCore
internal import ParleyHandshake

extension Accepted {
    /// The 101 as it goes over the wire.
    var answer: ByteBuffer {
        var answer = ByteBuffer()
        answer.reserveCapacity(256)
        answer.writeStaticString("HTTP/1.1 101 Switching Protocols\r\n")
        answer.write(responseHeaders)
        return answer
    }
}

extension Refusal {
    /// The fields of the HTTP answer, those about its body and the connection included.
    var answerFields: HTTPFields {
        var fields = headers
        fields[.contentLength] = String(body.utf8.count)
        if status != .upgradeRequired { fields[.connection] = "close" }
        return fields
    }

    /// The HTTP answer as it goes over the wire.
    var answer: ByteBuffer {
        var answer = ByteBuffer(string: "HTTP/1.1 \(status.code) \(status.reasonPhrase)\r\n")
        answer.write(answerFields)
        answer.writeString(body)
        return answer
    }
}

extension ByteBuffer {
    /// Field lines and the empty line behind them.
    fileprivate mutating func write(_ fields: HTTPFields) {
        for field in fields {
            writeString(field.name.rawName)
            writeStaticString(": ")
            writeString(field.value)
            writeStaticString("\r\n")
        }
        writeStaticString("\r\n")
    }
}
