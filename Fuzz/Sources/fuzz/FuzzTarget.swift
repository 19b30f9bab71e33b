// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// What can be fuzzed: each takes any bytes, and ends the process when a property does not hold.
enum FuzzTarget: String, CaseIterable {
    case addresses, appends, backends, certificates, deflate, events, frames, handshake, heads, reading, recordings,
        responses, translation

    static let chosen = CommandLine.arguments.dropFirst().first.flatMap(FuzzTarget.init(rawValue:))
    static var names: String { allCases.map(\.rawValue).joined(separator: " ") }

    func run(_ input: Input) {
        switch self {
        case .addresses: fuzzAddresses(input)
        case .appends: fuzzAppends(input)
        case .backends: fuzzBackends(input)
        case .certificates: fuzzCertificates(input)
        case .deflate: fuzzDeflate(input)
        case .events: fuzzEvents(input)
        case .frames: fuzzFrames(input)
        case .handshake: fuzzHandshake(input)
        case .heads: fuzzHeads(input)
        case .reading: fuzzReading(input)
        case .recordings: fuzzRecordings(input)
        case .responses: fuzzResponses(input)
        case .translation: fuzzTranslation(input)
        }
    }
}

/// One input: a first byte of choices, and the bytes that are parsed.
struct Input {
    /// Eight choices; seeds begin with a digit or a letter.
    let choices: UInt8
    let bytes: [UInt8]

    init(_ data: UnsafeBufferPointer<UInt8>) {
        choices = data.first ?? 0
        bytes = Array(data.dropFirst())
    }

    /// The bytes as text, repaired where they are no UTF-8.
    var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Whether that choice, 0 to 7, is made.
    func chooses(_ bit: UInt8) -> Bool { choices & 1 << bit != 0 }

    /// The bytes cut into pieces whose lengths follow from the choices.
    var pieces: [ArraySlice<UInt8>] { Self.pieces(of: bytes, choices: choices) }

    /// Any bytes cut into pieces whose lengths follow from the choices.
    static func pieces(of bytes: [UInt8], choices: UInt8) -> [ArraySlice<UInt8>] {
        var state = UInt64(choices) &* 0x9E37_79B9_7F4A_7C15 | 1
        var rest = bytes[...]
        var pieces: [ArraySlice<UInt8>] = []
        while !rest.isEmpty {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let piece = rest.prefix(1 + Int(state >> 60) * (state >> 32 & 3 == 0 ? 9 : 1))
            pieces.append(piece)
            rest = rest[piece.endIndex...]
        }
        return pieces
    }
}

/// Ends the process if a property does not hold, which libFuzzer reports with the input that shows it.
func check(_ holds: Bool, _ property: @autoclosure () -> String) {
    guard !holds else { return }
    complain("property does not hold: \(property())")
    abort()
}

func complain(_ message: String) { FileHandle.standardError.write(Data("\(message)\n".utf8)) }
