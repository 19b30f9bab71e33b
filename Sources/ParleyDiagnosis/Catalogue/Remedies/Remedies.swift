// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// Fixes that several causes share, the one for everybody first and then per software.
enum Remedies {
    /// Several groups of fixes in one list: those for everybody stand first, otherwise the order stays.
    static func all(_ groups: [Fix]...) -> [Fix] {
        let fixes = groups.flatMap(\.self)
        return fixes.filter { $0.software == nil } + fixes.filter { $0.software != nil }
    }
}
