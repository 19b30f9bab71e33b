// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyEvents

/// Writes values as JSON for people and programs: members in the order of their declaration, names in snake case,
/// absent values left out.
enum JSONForm {
    /// The JSON form of a value.
    static func json(_ value: some Encodable) throws -> JSON {
        switch value {
        case let value as Bool: return .bool(value)
        case let value as String: return .string(value)
        case let value as any BinaryInteger: return JSON(Int(clamping: value))
        case let value as any BinaryFloatingPoint: return JSON(Double(value))
        default:
            let place = Place(names: value is any NamedByData ? .verbatim : .snakeCase)
            try value.encode(to: FormEncoder(place: place))
            return place.value
        }
    }

    /// How member names are written.
    enum Names {
        case snakeCase, verbatim

        /// `durationMS` as `duration_ms`, `isTLSHello` as `is_tls_hello`.
        func written(_ name: String) -> String {
            guard self == .snakeCase else { return name }
            let letters = Array(name)
            var written = ""
            for (index, letter) in letters.enumerated() {
                let followsSmall = index > 0 && !letters[index - 1].isUppercase
                let precedesSmall = index > 0 && index + 1 < letters.count && letters[index + 1].isLowercase
                if letter.isUppercase, followsSmall || precedesSmall { written += "_" }
                written += letter.lowercased()
            }
            return written
        }
    }
}

/// Dictionaries, whose member names are data and are written as they are.
protocol NamedByData {}

extension Dictionary: NamedByData where Key == String {}

/// Where a value is being put together; what is nested hands itself on to the place above.
private final class Place {
    let names: JSONForm.Names
    private let changed: (JSON) -> Void
    var value = JSON.null {
        didSet { changed(value) }
    }

    init(names: JSONForm.Names = .snakeCase, changed: @escaping (JSON) -> Void = { _ in }) {
        self.names = names
        self.changed = changed
    }

    func set(_ name: String, _ member: JSON) {
        var object = value.objectValue ?? [:]
        object[names.written(name)] = member
        value = .object(object)
    }

    func append(_ element: JSON) { value = .array((value.arrayValue ?? []) + [element]) }

    func begin(_ empty: JSON) {
        if value.isNull { value = empty }
    }
}

private struct FormEncoder: Encoder {
    let place: Place
    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        place.begin([:])
        return KeyedEncodingContainer(Members<Key>(place: place))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        place.begin([])
        return Elements(place: place)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer { Single(place: place) }
}

private struct Members<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let place: Place
    var codingPath: [any CodingKey] { [] }

    func encodeNil(forKey key: Key) { place.set(key.stringValue, .null) }

    func encode<Value: Encodable>(_ value: Value, forKey key: Key) throws {
        place.set(key.stringValue, try JSONForm.json(value))
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type,
        forKey key: Key
    ) -> KeyedEncodingContainer<Nested> {
        encoder(key.stringValue).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        encoder(key.stringValue).unkeyedContainer()
    }

    func superEncoder() -> any Encoder { encoder("super") }
    func superEncoder(forKey key: Key) -> any Encoder { encoder(key.stringValue) }

    private func encoder(_ name: String) -> FormEncoder {
        FormEncoder(place: Place { [place] in place.set(name, $0) })
    }
}

private struct Elements: UnkeyedEncodingContainer {
    let place: Place
    var codingPath: [any CodingKey] { [] }
    var count: Int { place.value.arrayValue?.count ?? 0 }

    func encodeNil() { place.append(.null) }
    func encode<Value: Encodable>(_ value: Value) throws { place.append(try JSONForm.json(value)) }

    func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<Nested> {
        encoder().container(keyedBy: type)
    }

    func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { encoder().unkeyedContainer() }
    func superEncoder() -> any Encoder { encoder() }

    private func encoder() -> FormEncoder {
        let index = count
        place.append(.null)
        return FormEncoder(
            place: Place { [place] element in
                var elements = place.value.arrayValue ?? []
                elements[index] = element
                place.value = .array(elements)
            }
        )
    }
}

private struct Single: SingleValueEncodingContainer {
    let place: Place
    var codingPath: [any CodingKey] { [] }

    func encodeNil() { place.value = .null }
    func encode<Value: Encodable>(_ value: Value) throws { place.value = try JSONForm.json(value) }
}
