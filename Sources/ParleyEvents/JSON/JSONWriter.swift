// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

public import NIOCore

extension JSON {
    /// The value as compact JSON text.
    ///
    /// Slashes are not escaped: audio is full of them.
    public var text: String {
        var buffer = ByteBuffer()
        write(into: &buffer)
        return String(buffer: buffer)
    }

    /// Appends the value as compact JSON text.
    public func write(into buffer: inout ByteBuffer) {
        switch self {
        case .null: buffer.writeStaticString("null")
        case .bool(true): buffer.writeStaticString("true")
        case .bool(false): buffer.writeStaticString("false")
        case .number(let number): buffer.writeString(number.text)
        case .string(let string): Self.write(string, into: &buffer)
        case .array(let elements):
            buffer.writeInteger(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { buffer.writeInteger(UInt8(ascii: ",")) }
                element.write(into: &buffer)
            }
            buffer.writeInteger(UInt8(ascii: "]"))
        case .object(let object): object.write(into: &buffer)
        }
    }

    /// Appends a string in double quotes, with what JSON requires escaped and nothing else.
    public static func write(_ string: String, into buffer: inout ByteBuffer) {
        buffer.writeInteger(UInt8(ascii: "\""))
        if string.utf8.contains(where: needsEscape) {
            for byte in string.utf8 { writeEscaped(byte, into: &buffer) }
        } else {
            buffer.writeString(string)
        }
        buffer.writeInteger(UInt8(ascii: "\""))
    }

    private static func needsEscape(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }

    private static func writeEscaped(_ byte: UInt8, into buffer: inout ByteBuffer) {
        switch byte {
        case UInt8(ascii: "\""): buffer.writeStaticString("\\\"")
        case UInt8(ascii: "\\"): buffer.writeStaticString("\\\\")
        case 0x08: buffer.writeStaticString("\\b")
        case 0x0C: buffer.writeStaticString("\\f")
        case 0x0A: buffer.writeStaticString("\\n")
        case 0x0D: buffer.writeStaticString("\\r")
        case 0x09: buffer.writeStaticString("\\t")
        case 0..<0x20:
            let digits = String(byte, radix: 16)
            buffer.writeString("\\u" + String(repeating: "0", count: 4 - digits.count) + digits)
        default: buffer.writeInteger(byte)
        }
    }
}

extension JSONObject {
    /// The object as compact JSON text.
    public var text: String { JSON.object(self).text }

    /// Appends the object as compact JSON text.
    public func write(into buffer: inout ByteBuffer) {
        buffer.writeInteger(UInt8(ascii: "{"))
        for (index, member) in members.enumerated() {
            if index > 0 { buffer.writeInteger(UInt8(ascii: ",")) }
            JSON.write(member.name, into: &buffer)
            buffer.writeInteger(UInt8(ascii: ":"))
            member.value.write(into: &buffer)
        }
        buffer.writeInteger(UInt8(ascii: "}"))
    }
}
