// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// One line on standard error that is written over, on terminals only.
struct ProgressLine {
    private let console: Console

    init(_ console: Console) { self.console = console }

    /// Shows a text instead of the one before; nothing if standard error is no terminal.
    func show(_ text: String) {
        if console.hasProgress { console.error("\r\(text)\u{1B}[K") }
    }

    /// Leaves the line empty.
    func clear() { show("") }
}
