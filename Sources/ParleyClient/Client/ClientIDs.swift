// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// Ids for what a client names: events and items.
public enum ClientIDs {
    private static let digits = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")

    /// `event_…`, 21 random letters and digits behind it.
    public static func event() -> String { "event_" + Self.random() }
    /// `item_…`, 21 random letters and digits behind it; within the 32 characters of the protocol.
    public static func item() -> String { "item_" + Self.random() }

    private static func random() -> String {
        String((0..<21).map { _ in digits[Int.random(in: 0..<digits.count)] })
    }
}
