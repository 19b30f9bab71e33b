// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// Something that has a JSON form in the protocol, and through it works with any coder.
///
/// Reading is meant for what a server sent: members that nobody knows are no error, and absent members take their
/// defaults. Only what is there and cannot be understood is refused.
public protocol JSONRepresentable: Codable, Sendable {
    /// Reads the JSON form (GA, where the dialects differ).
    ///
    /// - Parameters:
    ///   - value: What was received.
    ///   - path: Where it stands in the event, for the error.
    /// - Throws: What is there and cannot be understood.
    init(received value: JSON, at path: String) throws(RealtimeError)

    /// The JSON form, which reads back as the same value.
    var jsonForm: JSON { get }
}

extension JSONRepresentable {
    /// Reads the JSON form from any coder.
    public init(from decoder: any Decoder) throws {
        let value = try JSON(from: decoder)
        do throws(RealtimeError) {
            try self.init(received: value, at: "")
        } catch {
            throw DecodingError.dataCorrupted(
                DecodingError.Context(
                    codingPath: decoder.codingPath,
                    debugDescription: error.message,
                    underlyingError: error
                )
            )
        }
    }

    /// Writes the JSON form to any coder.
    public func encode(to encoder: any Encoder) throws { try jsonForm.encode(to: encoder) }
}
