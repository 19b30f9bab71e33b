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

/// Random numbers of the system, many at a time: Swift's own generator calls the system for each.
enum SystemRandom {
    /// Takes unpredictable numbers.
    ///
    /// - Parameter count: How many, at most 64.
    /// - Returns: The numbers; none if the system has none.
    static func words(_ count: Int) -> [UInt32] {
        var words = [UInt32](repeating: 0, count: count)
        let isFilled = words.withUnsafeMutableBytes { bytes in
            #if canImport(Darwin)
            arc4random_buf(bytes.baseAddress, bytes.count)
            return true
            #else
            guard let base = bytes.baseAddress else { return false }
            return getentropy(base, bytes.count) == 0
            #endif
        }
        return isFilled ? words : []
    }
}
