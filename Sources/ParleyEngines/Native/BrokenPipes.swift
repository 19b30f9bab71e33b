// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// Makes writing to a child process that has gone an error instead of the end of this process.
let ignoreBrokenPipes: Void = {
    signal(SIGPIPE, SIG_IGN)
}()
