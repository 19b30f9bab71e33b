// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// Why a text is no YAML, or none of the part of YAML that settings are written in.
package struct YAMLError: Error, Sendable, Equatable {
    /// Where.
    package let mark: Mark
    /// What is wrong and what to write.
    package let message: String
}
