// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

public import NIOCore

/// Why a text is not JSON.
public struct JSONError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Byte offset of what does not fit: of the first wrong byte, or of the start of a wrong literal or of a string that
    /// is not UTF-8.
    public let offset: Int
    /// What was expected there.
    public let expected: String

    /// One sentence with both.
    public var description: String { "not valid JSON: expected \(expected) at byte \(offset)" }
}

extension JSON {
    /// How deeply arrays and objects may be nested; deeper input is refused, since reading it takes stack.
    public static let maximumDepth = 128

    /// Reads one JSON text (RFC 8259), with nothing but white space around it.
    ///
    /// Of members with the same name the last counts. An escaped lone surrogate becomes U+FFFD.
    public init(parsing bytes: some Sequence<UInt8>) throws(JSONError) {
        var parser = JSONParser(bytes: Array(bytes))
        self = try parser.document()
    }

    /// Reads one JSON text.
    public init(parsing text: String) throws(JSONError) {
        try self.init(parsing: text.utf8)
    }

    /// Reads the readable bytes of a buffer as one JSON text.
    public init(parsing buffer: ByteBuffer) throws(JSONError) {
        try self.init(parsing: buffer.readableBytesView)
    }
}

/// A recursive-descent reader over a copy of the text.
struct JSONParser {
    private let bytes: [UInt8]
    private var index = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    mutating func document() throws(JSONError) -> JSON {
        skipSpace()
        let value = try value(depth: 0)
        skipSpace()
        guard index == bytes.count else { throw failure("the end of the text") }
        return value
    }

    private func failure(_ expected: String) -> JSONError { JSONError(offset: index, expected: expected) }

    private var current: UInt8? { index < bytes.count ? bytes[index] : nil }

    private mutating func skipSpace() {
        while index < bytes.count {
            switch bytes[index] {
            case 0x20, 0x0A, 0x0D, 0x09: index += 1
            default: return
            }
        }
    }

    private mutating func value(depth: Int) throws(JSONError) -> JSON {
        switch current {
        case UInt8(ascii: "{"): return .object(try object(depth: try deeper(depth)))
        case UInt8(ascii: "["): return .array(try array(depth: try deeper(depth)))
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        case let byte? where byte == UInt8(ascii: "-") || Self.isDigit(byte): return .number(try number())
        default: throw failure("a value")
        }
    }

    private func deeper(_ depth: Int) throws(JSONError) -> Int {
        guard depth < JSON.maximumDepth else { throw failure("at most \(JSON.maximumDepth) levels of nesting") }
        return depth + 1
    }

    private mutating func literal(_ text: StaticString, _ value: JSON) throws(JSONError) -> JSON {
        let matches = text.withUTF8Buffer { bytes[index...].starts(with: $0) }
        guard matches else { throw failure("'\(text)'") }
        index += text.utf8CodeUnitCount
        return value
    }

    private mutating func object(depth: Int) throws(JSONError) -> JSONObject {
        index += 1
        var members: [(name: String, value: JSON)] = []
        skipSpace()
        if current == UInt8(ascii: "}") {
            index += 1
            return JSONObject(distinct: [])
        }
        while true {
            guard current == UInt8(ascii: "\"") else { throw failure("a member name in double quotes") }
            let name = try string()
            skipSpace()
            guard current == UInt8(ascii: ":") else { throw failure("':'") }
            index += 1
            skipSpace()
            members.append((name, try value(depth: depth)))
            skipSpace()
            guard current == UInt8(ascii: ",") else { break }
            index += 1
            skipSpace()
        }
        guard current == UInt8(ascii: "}") else { throw failure("',' or '}'") }
        index += 1
        return Self.withoutDuplicates(members)
    }

    /// The last of several members with one name counts.
    ///
    /// Checked with a table if there are many members, since a hostile object may have very many.
    private static func withoutDuplicates(_ members: [(name: String, value: JSON)]) -> JSONObject {
        let isShort = members.count <= 16
        if isShort, !members.indices.contains(where: { hasDuplicate(of: $0, in: members) }) {
            return JSONObject(distinct: members)
        }
        var places: [JSONObject.Name: Int] = [:]
        places.reserveCapacity(members.count)
        var distinct: [(name: String, value: JSON)] = []
        distinct.reserveCapacity(members.count)
        for member in members {
            if let place = places.updateValue(distinct.count, forKey: JSONObject.Name(member.name)) {
                places[JSONObject.Name(member.name)] = place
                distinct[place].value = member.value
            } else {
                distinct.append(member)
            }
        }
        return JSONObject(distinct: distinct)
    }

    private static func hasDuplicate(of index: Int, in members: [(name: String, value: JSON)]) -> Bool {
        members[..<index].contains { JSONObject.isSame($0.name, members[index].name) }
    }

    private mutating func array(depth: Int) throws(JSONError) -> [JSON] {
        index += 1
        var elements: [JSON] = []
        skipSpace()
        if current == UInt8(ascii: "]") {
            index += 1
            return []
        }
        while true {
            elements.append(try value(depth: depth))
            skipSpace()
            guard current == UInt8(ascii: ",") else { break }
            index += 1
            skipSpace()
        }
        guard current == UInt8(ascii: "]") else { throw failure("',' or ']'") }
        index += 1
        return elements
    }

    private mutating func number() throws(JSONError) -> JSONNumber {
        let start = index
        if current == UInt8(ascii: "-") { index += 1 }
        if current == UInt8(ascii: "0") {
            index += 1
        } else {
            try digits()
        }
        if current == UInt8(ascii: ".") {
            index += 1
            try digits()
        }
        if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
            index += 1
            if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { index += 1 }
            try digits()
        }
        return JSONNumber(checked: String(decoding: bytes[start..<index], as: UTF8.self))
    }

    private mutating func digits() throws(JSONError) {
        let start = index
        while let byte = current, Self.isDigit(byte) { index += 1 }
        guard index > start else { throw failure("a digit") }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private mutating func string() throws(JSONError) -> String {
        index += 1
        let start = index
        while let byte = current {
            switch byte {
            case UInt8(ascii: "\""):
                let text = try text(from: start, to: index)
                index += 1
                return text
            case UInt8(ascii: "\\"):
                return try escapedString(from: start)
            case 0..<0x20:
                throw failure("control characters to be escaped")
            default:
                index += 1
            }
        }
        throw failure("the closing double quote of a string")
    }

    private func text(from start: Int, to end: Int) throws(JSONError) -> String {
        guard let text = String(validating: bytes[start..<end], as: UTF8.self) else {
            throw JSONError(offset: start, expected: "valid UTF-8 in a string")
        }
        return text
    }

    private mutating func escapedString(from start: Int) throws(JSONError) -> String {
        var unescaped = Array(bytes[start..<index])
        while let byte = current {
            switch byte {
            case UInt8(ascii: "\""):
                guard let text = String(validating: unescaped, as: UTF8.self) else {
                    throw JSONError(offset: start, expected: "valid UTF-8 in a string")
                }
                index += 1
                return text
            case UInt8(ascii: "\\"):
                index += 1
                try escape(into: &unescaped)
            case 0..<0x20:
                throw failure("control characters to be escaped")
            default:
                unescaped.append(byte)
                index += 1
            }
        }
        throw failure("the closing double quote of a string")
    }

    private mutating func escape(into unescaped: inout [UInt8]) throws(JSONError) {
        guard let byte = current else { throw failure("an escaped character") }
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): unescaped.append(byte)
        case UInt8(ascii: "b"): unescaped.append(0x08)
        case UInt8(ascii: "f"): unescaped.append(0x0C)
        case UInt8(ascii: "n"): unescaped.append(0x0A)
        case UInt8(ascii: "r"): unescaped.append(0x0D)
        case UInt8(ascii: "t"): unescaped.append(0x09)
        case UInt8(ascii: "u"):
            index += 1
            unescaped.append(contentsOf: try unicodeEscape().utf8)
            return
        default: throw failure("one of \" \\ / b f n r t u after a backslash")
        }
        index += 1
    }

    private mutating func unicodeEscape() throws(JSONError) -> String {
        let first = try fourHexDigits()
        if let scalar = Unicode.Scalar(UInt32(first)) { return String(Character(scalar)) }
        let isHighSurrogate = (0xD800..<0xDC00).contains(first)
        if isHighSurrogate, bytes[index...].starts(with: [UInt8(ascii: "\\"), UInt8(ascii: "u")]) {
            let afterFirst = index
            index += 2
            let second = try fourHexDigits()
            if (0xDC00..<0xE000).contains(second) {
                let code = 0x10000 + ((UInt32(first) - 0xD800) << 10) + (UInt32(second) - 0xDC00)
                if let scalar = Unicode.Scalar(code) { return String(Character(scalar)) }
            }
            index = afterFirst
        }
        return "\u{FFFD}"
    }

    private mutating func fourHexDigits() throws(JSONError) -> UInt16 {
        var value: UInt16 = 0
        for _ in 0..<4 {
            guard let byte = current, let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else {
                throw failure("four hexadecimal digits")
            }
            value = value << 4 | UInt16(digit)
            index += 1
        }
        return value
    }
}
