// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

extension Fields {
    /// A time with its unit (`500ms`, `10s`, `2min`, `1h`), in milliseconds; what is given with other units than
    /// milliseconds only, if the range begins with a second.
    ///
    /// A number alone is refused: seconds and milliseconds are too easily taken for each other.
    package func milliseconds(_ name: String, _ range: ClosedRange<Int>) -> Int? {
        let isWhole = range.lowerBound >= 1_000
        let expected =
            "a time with its unit such as \(isWhole ? "" : "500ms or ")10s, from \(Self.time(range.lowerBound)) to "
            + Self.time(range.upperBound)
        return node(name)
            .flatMap { node in
                read(node, name, expected) { node in
                    let text = node.string ?? ""
                    let digits = text.prefix { $0.isASCII && $0.isNumber }
                    // No more digits than can be multiplied.
                    guard digits.count <= 9, let count = Int(digits),
                        let unit = Self.units[String(text.dropFirst(digits.count))]
                    else { return nil }
                    let value = count * unit
                    return range.contains(value) && (!isWhole || value % 1_000 == 0) ? value : nil
                }
            }
    }

    /// A time with its unit, from a second on, in seconds.
    package func seconds(_ name: String, _ range: ClosedRange<Int>) -> Int? {
        milliseconds(name, range.lowerBound * 1_000...range.upperBound * 1_000).map { $0 / 1_000 }
    }

    private static let units = ["ms": 1, "s": 1_000, "min": 60_000, "h": 3_600_000]

    private static func time(_ milliseconds: Int) -> String {
        let unit = units.filter { milliseconds % $0.value == 0 }.max { $0.value < $1.value }
        return unit.map { "\(milliseconds / $0.value)\($0.key)" } ?? "\(milliseconds)ms"
    }
}
