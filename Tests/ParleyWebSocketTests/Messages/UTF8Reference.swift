// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// UTF-8 by way of the standard library's own scalars and validation.
enum UTF8Reference {
    /// Every proper prefix of the encoding of a character.
    private static let prefixes: Set<[UInt8]> = {
        var prefixes: Set<[UInt8]> = [[]]
        // The 64 scalars of a step differ in their last byte only.
        for value in stride(from: UInt32(0x80), through: 0x10FFFF, by: 64) {
            guard let bytes = Unicode.Scalar(value).map({ Array(String($0).utf8) }) else { continue }
            for count in 1..<bytes.count { prefixes.insert(Array(bytes.prefix(count))) }
        }
        return prefixes
    }()

    static func isValid(_ bytes: [UInt8]) -> Bool {
        String(validating: bytes, as: UTF8.self) != nil
    }

    /// Whether some text begins with these bytes.
    static func canBegin(_ bytes: [UInt8]) -> Bool {
        (0...min(3, bytes.count))
            .contains { cut in
                prefixes.contains(Array(bytes.suffix(cut))) && isValid(Array(bytes.dropLast(cut)))
            }
    }
}
