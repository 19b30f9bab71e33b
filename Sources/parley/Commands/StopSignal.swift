// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import UnixSignals

/// SIGINT and SIGTERM: the first asks for the end, a second one ends the process at once.
struct StopSignal {
    /// Has one element, the first signal; it is to be waited for in one place only.
    let first: AsyncStream<Void>

    init() async {
        let signals = await UnixSignalsSequence(trapping: [.sigint, .sigterm])
        let (first, source) = AsyncStream<Void>.makeStream()
        self.first = first
        Task {
            var isAsked = false
            for await _ in signals {
                if isAsked { endProcess(130) }
                isAsked = true
                source.yield()
                source.finish()
            }
        }
    }
}
