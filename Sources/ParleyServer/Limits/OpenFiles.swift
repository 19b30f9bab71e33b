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

/// The limit of the system on what this process may have open: files, sockets, pipes.
public enum OpenFiles {
    /// Nobody needs more, and some systems say "unlimited" by numbers that are slow to count to.
    private static let most = 1 << 20

    /// How many may be open now (the soft limit).
    public static var limit: Int { limits().map { clamped($0.rlim_cur) } ?? 256 }

    /// Takes as many as the system allows (the hard limit), 1,048,576 at most.
    ///
    /// The limit is one of the process and is passed on to its child processes; programs call this once, at start.
    ///
    /// - Returns: The limit before and now.
    public static func raiseLimit() -> (before: Int, now: Int) {
        let before = limit
        guard var raised = limits() else { return (before, before) }
        #if canImport(Darwin)
        // More is refused there, although "unlimited" is said.
        let allowed = min(clamped(raised.rlim_max), Int(OPEN_MAX))
        #else
        let allowed = clamped(raised.rlim_max)
        #endif
        guard allowed > before else { return (before, before) }
        raised.rlim_cur = rlim_t(allowed)
        _ = setrlimit(resource, &raised)
        return (before, limit)
    }

    /// How many connections fit: what is left of a limit for the process itself and for the engines' child processes.
    static func connections(within limit: Int) -> Int {
        let left = limit - 32 - limit / 8
        return max(left - left / 9, 1)
    }

    /// How many connections may be accepted before it is seen whether they may stay.
    static func burst(within limit: Int) -> Int { min(max(limit / 16, 1), 64) }

    private static func limits() -> rlimit? {
        var limits = rlimit()
        return getrlimit(resource, &limits) == 0 ? limits : nil
    }

    private static func clamped(_ limit: rlim_t) -> Int { Int(min(limit, rlim_t(most))) }

    #if canImport(Glibc)
    private static let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    #else
    private static let resource = RLIMIT_NOFILE
    #endif
}
