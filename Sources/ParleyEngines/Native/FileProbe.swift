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

/// Looks for files.
enum FileProbe {
    /// Whether there is a file or directory at `path`.
    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// Where a program of that name lies in the directories of `searchPath` or else of the environment's `PATH`.
    static func program(_ name: String, searchPath: String? = nil) -> String? {
        let path = searchPath ?? getenv("PATH").map { String(cString: $0) } ?? ""
        return path.split(separator: ":").map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 }
    }
}
