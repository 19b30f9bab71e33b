// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOPosix

/// Standard input, line by line.
enum LineReader {
    /// The next line, without its end; nil behind the last, and when the task is cancelled.
    ///
    /// Reading a terminal blocks its thread and cannot be broken off: it is none of those that tasks run on, and who is
    /// cancelled does not wait for it. There is one reader.
    static func next() async -> String? {
        let (lines, line) = AsyncStream<String>.makeStream()
        NIOThreadPool.singleton.submit { state in
            if case .active = state, let text = readLine() { line.yield(text) }
            line.finish()
        }
        for await text in lines { return text }
        return nil
    }
}
