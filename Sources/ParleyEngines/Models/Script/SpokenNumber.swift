// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// English numbers in words and digits.
enum SpokenNumber {
    /// The number that `words` (lower case) begin with, and how many of them it is made of.
    static func read(_ words: [String]) -> (value: Double, count: Int)? {
        guard let first = words.first else { return nil }
        if let value = Double(first.filter { $0 != "," }), first.first?.isNumber ?? false { return (value, 1) }
        guard let (whole, count) = readWords(words) else { return nil }
        return readFraction(words.dropFirst(count), after: whole, count: count)
    }

    /// `value` as people write it: whole numbers without a fraction, others with at most three digits of it.
    static func written(_ value: Double) -> String {
        guard value.isFinite, abs(value) < 1e15 else { return "more than I can count" }
        let thousandths = (value * 1_000).rounded()
        guard thousandths.truncatingRemainder(dividingBy: 1_000) != 0 else { return String(Int(thousandths / 1_000)) }
        return String(thousandths / 1_000)
    }

    private static func readWords(_ words: [String]) -> (value: Double, count: Int)? {
        var total = 0.0
        var group: Double?
        var count = 0
        for (index, word) in words.enumerated() {
            if let small = units[word] {
                // "twenty five" is one number, "five six" are two.
                guard accepts(small, after: group) else { break }
                group = (group ?? 0) + small
            } else if word == "a", group == nil, index + 1 < words.count, scales[words[index + 1]] != nil {
                group = 1
                continue
            } else if let scale = scales[word], let value = group ?? (index == 0 ? 1 : nil) {
                if scale == 100 {
                    group = value * 100
                } else {
                    total += value * scale
                    group = 0
                }
            } else if word == "and", group != nil, index + 1 < words.count, units[words[index + 1]] != nil,
                index > 0, scales[words[index - 1]] != nil
            {
                continue
            } else {
                break
            }
            count = index + 1
        }
        return count > 0 ? (total + (group ?? 0), count) : nil
    }

    private static func accepts(_ small: Double, after group: Double?) -> Bool {
        guard let group else { return true }
        let tail = group.truncatingRemainder(dividingBy: 100)
        return tail == 0 && (group > 0 || small > 0)
            || (tail >= 20 && tail.truncatingRemainder(dividingBy: 10) == 0 && small < 10 && small > 0)
    }

    private static func readFraction(_ words: ArraySlice<String>, after whole: Double, count: Int) -> (Double, Int) {
        guard words.first == "point" else { return (whole, count) }
        let digits = words.dropFirst().prefix { units[$0].map { $0 < 10 } ?? false }
        guard !digits.isEmpty else { return (whole, count) }
        var scale = 1.0
        var value = whole
        for digit in digits {
            scale /= 10
            value += (units[digit] ?? 0) * scale
        }
        return (value, count + 1 + digits.count)
    }

    /// The words below a hundred.
    static let units: [String: Double] = {
        let small = [
            "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
            "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
        ]
        let tens = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
        let pairs = small.enumerated().map { ($1, Double($0)) } + tens.enumerated().map { ($1, Double($0 * 10 + 20)) }
        return Dictionary(uniqueKeysWithValues: pairs)
    }()

    private static let scales: [String: Double] = ["hundred": 100, "thousand": 1_000, "million": 1_000_000]
}
