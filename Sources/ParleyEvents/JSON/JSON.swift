// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// A JSON value that loses nothing: members keep their order and numbers their text.
///
/// A gateway must hand on what it does not know exactly as it came, which general decoders do not promise.
public enum JSON: Sendable, Hashable {
    /// `null`
    case null
    /// `true` or `false`
    case bool(Bool)
    /// A number, as text.
    case number(JSONNumber)
    /// A string, unescaped.
    case string(String)
    /// An array.
    case array([JSON])
    /// An object.
    case object(JSONObject)

    /// The string, if this is one.
    public var stringValue: String? {
        guard case .string(let value) = self else { return nil }
        return value
    }

    /// The number as an integer, if this is a number without a fractional part that fits.
    public var intValue: Int? {
        guard case .number(let value) = self else { return nil }
        return value.int
    }

    /// The number as a double, if this is a number.
    public var doubleValue: Double? {
        guard case .number(let value) = self else { return nil }
        return value.double
    }

    /// The truth value, if this is one.
    public var boolValue: Bool? {
        guard case .bool(let value) = self else { return nil }
        return value
    }

    /// The elements, if this is an array.
    public var arrayValue: [JSON]? {
        guard case .array(let value) = self else { return nil }
        return value
    }

    /// The object, if this is one.
    public var objectValue: JSONObject? {
        guard case .object(let value) = self else { return nil }
        return value
    }

    /// The member of that name, if this is an object that has it.
    public subscript(name: String) -> JSON? { objectValue?[name] }

    /// Whether this is `null`.
    public var isNull: Bool { self == .null }

    /// What kind of value this is, as an error message names it: `an object`, `a string` and so on.
    public var kindDescription: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .number(let number): number.int == nil ? "a decimal" : "an integer"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }
}

extension JSON: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByStringLiteral,
    ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral, ExpressibleByArrayLiteral,
    ExpressibleByDictionaryLiteral
{
    /// Makes `null`.
    public init(nilLiteral: ()) { self = .null }
    /// A truth value.
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    /// A string.
    public init(stringLiteral value: String) { self = .string(value) }
    /// An integer.
    public init(integerLiteral value: Int) { self = .number(JSONNumber(value)) }
    /// A decimal.
    public init(floatLiteral value: Double) { self = .number(JSONNumber(value)) }
    /// An array.
    public init(arrayLiteral elements: JSON...) { self = .array(elements) }
    /// An object whose members keep the order in which they are written.
    public init(dictionaryLiteral elements: (String, JSON)...) { self = .object(JSONObject(elements)) }

    /// A string, or `null` for `nil`.
    public init(_ value: String?) { self = value.map { .string($0) } ?? .null }
    /// An integer.
    public init(_ value: Int) { self = .number(JSONNumber(value)) }
    /// A decimal.
    public init(_ value: Double) { self = .number(JSONNumber(value)) }
}

/// A JSON number as it was written, so that it is handed on digit for digit.
public struct JSONNumber: Sendable, Hashable {
    /// The number's text, valid by the JSON grammar.
    public let text: String

    /// A number whose text the parser has checked.
    init(checked text: String) { self.text = text }

    /// An integer.
    public init(_ value: Int) { text = String(value) }

    /// A decimal; values that JSON cannot express (not a number, infinite) become 0.
    ///
    /// Whole values are written without a fraction.
    public init(_ value: Double) {
        guard value.isFinite else {
            text = "0"
            return
        }
        text = Int(exactly: value).map(String.init) ?? "\(value)"
    }

    /// The value as an integer; `1.0` and `1e2` count as integers.
    ///
    /// `nil` if it has a fraction or does not fit.
    public var int: Int? { Int(text) ?? exactInt }

    /// The integer that a fraction and an exponent leave, digit by digit: a double has too few of them.
    private var exactInt: Int? {
        let parts = text.split(whereSeparator: { $0 == "e" || $0 == "E" })
        guard let mantissa = parts.first else { return nil }
        let pieces = mantissa.split(separator: ".", omittingEmptySubsequences: false)
        let fraction = pieces.count > 1 ? pieces[1] : ""
        var digits = pieces[0].drop { $0 == "-" } + fraction
        guard digits.contains(where: { $0 != "0" }) else { return 0 }
        // An exponent that is no Int is further away than any text has digits.
        guard var exponent = parts.count > 1 ? Int(parts[1]) : 0 else { return nil }
        exponent -= fraction.utf8.count
        while exponent < 0, digits.last == "0" {
            digits.removeLast()
            exponent += 1
        }
        digits = digits.drop { $0 == "0" }
        guard (0...19).contains(exponent), digits.utf8.count + exponent <= 19 else { return nil }
        return Int((text.hasPrefix("-") ? "-" : "") + digits + String(repeating: "0", count: exponent))
    }

    /// The value as a double.
    public var double: Double { Double(text) ?? 0 }
}

/// The members of a JSON object in the order in which they came.
///
/// Two objects are equal if they have the same members, whatever their order.
public struct JSONObject: Sendable {
    /// The members in order; no name occurs twice.
    public private(set) var members: [(name: String, value: JSON)]

    /// An object with these members; of members with the same name the last value counts.
    public init(_ members: some Sequence<(String, JSON)> = EmptyCollection()) {
        self.members = []
        for (name, value) in members { self[name] = value }
    }

    /// An object whose names are known to be distinct.
    init(distinct members: [(name: String, value: JSON)]) { self.members = members }

    /// The value of a member.
    ///
    /// Setting replaces the value in place, or appends the member; setting `nil` removes it.
    public subscript(name: String) -> JSON? {
        get {
            for member in members where Self.isSame(member.name, name) { return member.value }
            return nil
        }
        set {
            let index = members.firstIndex { Self.isSame($0.name, name) }
            switch (index, newValue) {
            case (let index?, let value?): members[index].value = value
            case (let index?, nil): members.remove(at: index)
            case (nil, let value?): members.append((name, value))
            case (nil, nil): break
            }
        }
    }

    /// The names in order.
    public var names: [String] { members.map(\.name) }

    /// Whether there are no members.
    public var isEmpty: Bool { members.isEmpty }

    /// Gives the member another name and value, keeping its place; does nothing if there is no such member.
    public mutating func rename(_ name: String, to newName: String, _ value: (JSON) -> JSON = { $0 }) {
        guard let index = members.firstIndex(where: { Self.isSame($0.name, name) }) else { return }
        let replacement = (name: newName, value: value(members[index].value))
        members[index] = replacement
        if !Self.isSame(newName, name) {
            members = members.enumerated()
                .filter { $0.offset == index || !Self.isSame($0.element.name, newName) }
                .map(\.element)
        }
    }
}

extension JSONObject {
    /// Whether two member names are the same, code unit by code unit (RFC 8259, section 8.3).
    ///
    /// Strings compare by what they look like, which would merge members whose names differ in their Unicode form only.
    static func isSame(_ left: String, _ right: String) -> Bool {
        left == right && left.utf8.elementsEqual(right.utf8)
    }

    /// A member name as the key of a table.
    struct Name: Hashable {
        private let text: String

        init(_ text: String) { self.text = text }

        static func == (left: Name, right: Name) -> Bool { isSame(left.text, right.text) }

        /// Of the bytes: any number of different names may look the same.
        func hash(into hasher: inout Hasher) {
            for byte in text.utf8 { hasher.combine(byte) }
        }
    }
}

extension JSONObject: Hashable {
    /// Same members, in any order.
    public static func == (left: JSONObject, right: JSONObject) -> Bool {
        left.members.count == right.members.count && left.members.allSatisfy { right[$0.name] == $0.value }
    }

    /// Hashes the members independently of their order.
    public func hash(into hasher: inout Hasher) {
        var sum = 0
        for member in members {
            var each = Hasher()
            each.combine(member.name)
            each.combine(member.value)
            sum ^= each.finalize()
        }
        hasher.combine(sum)
    }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    /// An object whose members keep the order in which they are written.
    public init(dictionaryLiteral elements: (String, JSON)...) { self.init(elements) }
}
