// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

extension Dialect {
    /// What this dialect calls a member of a session or a response.
    ///
    /// - Parameter path: Where it stands in GA, with its root: `session.audio.output.voice`.
    /// - Returns: Where it stands in this dialect: `session.voice`.
    public func path(ofMember path: String) -> String {
        self == .ga ? path : ParameterPaths.toBeta.path(path)
    }
}
