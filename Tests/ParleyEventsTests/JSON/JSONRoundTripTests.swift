// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import ParleyEvents
import Testing

@Suite("JSON round trips")
struct JSONRoundTripTests {
    static let compact = [
        #"{"z":1.0,"a":{"y":[1e5,-0,0.10],"b":null},"m":[{},[],"",false]}"#,
        #"[{"delta":"AAA/+//=="},"\u001b\"\\",123456789012345678901234567890]"#,
        #"{"type":"x","π":"é😀","":""}"#,
    ]

    @Test("compact text comes back byte for byte", arguments: compact)
    func compactTextSurvives(text: String) throws {
        #expect(try JSON(parsing: text).text == text)
    }

    @Test("every event of the sample sequences comes back with its members in order and its numbers untouched")
    func sampleEventsSurvive() throws {
        for event in try Fixtures.allEvents() {
            let text = event.text
            let again = try JSON(parsing: text)
            #expect(again == .object(event))
            #expect(again.text == text)
        }
    }

    @Test("agrees with Foundation on generated values", arguments: 0..<20)
    func agreesWithFoundation(seed: UInt64) throws {
        var generator = JSONGenerator(seed: seed)
        for _ in 0..<100 {
            let value = generator.value(depth: 4)
            let text = value.text
            let theirs = try JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed)
            #expect(isSame(value, theirs), "\(text)")
            let written = try JSONSerialization.data(withJSONObject: theirs, options: .fragmentsAllowed)
            #expect(isSame(try JSON(parsing: written), theirs), "\(text)")
            #expect(try JSON(parsing: text) == value)
        }
    }

    private func isSame(_ ours: JSON, _ theirs: Any) -> Bool {
        switch (ours, theirs) {
        case (.null, is NSNull): true
        case (.bool(let ours), let theirs as Bool): ours == theirs
        // Foundation reads decimals exactly, and is inexact only where it makes a double of them.
        case (.number, let theirs as NSNumber): ours.doubleValue == Double(theirs.description)
        case (.string(let ours), let theirs as String): ours.utf8.elementsEqual(theirs.utf8)
        case (.array(let ours), let theirs as [Any]):
            ours.count == theirs.count && zip(ours, theirs).allSatisfy { isSame($0, $1) }
        case (.object(let ours), let theirs as [String: Any]):
            ours.members.count == theirs.count
                && ours.members.allSatisfy { member in theirs[member.name].map { isSame(member.value, $0) } ?? false }
        default: false
        }
    }

    @Test(
        "a text with changed bytes is read or refused, and what is read can be written and read again",
        arguments: 0..<8
    )
    func survivesMutation(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let texts = try Fixtures.allEvents().map { Array($0.text.utf8) }
        var refusals = 0
        for _ in 0..<400 {
            var bytes = texts[Int.random(in: texts.indices, using: &random)]
            for _ in 0..<Int.random(in: 1...3, using: &random) { mutate(&bytes, &random) }
            do {
                let value = try JSON(parsing: bytes)
                #expect(try JSON(parsing: value.text) == value)
            } catch {
                refusals += 1
                #expect((0...bytes.count).contains(error.offset))
            }
        }
        #expect(refusals > 0)
    }

    private func mutate(_ bytes: inout [UInt8], _ random: inout SeededRandom) {
        guard !bytes.isEmpty else { return }
        let index = Int.random(in: bytes.indices, using: &random)
        switch Int.random(in: 0..<5, using: &random) {
        case 0: bytes[index] = UInt8.random(in: .min ... .max, using: &random)
        case 1: bytes.remove(at: index)
        case 2: bytes.insert(Array("{}[]\",:\\u0-eE.tfn".utf8).randomElement(using: &random) ?? 0, at: index)
        case 3: bytes.removeLast(bytes.count - index)
        default: bytes.insert(contentsOf: bytes[..<index], at: index)
        }
    }
}
