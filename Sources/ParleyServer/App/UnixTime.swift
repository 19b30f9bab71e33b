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

/// The wall clock.
enum UnixTime {
    /// Seconds since 1970.
    static var now: Int { time(nil) }

    /// Now, as in `Date` (RFC 9110 section 5.6.7).
    static var httpDate: String {
        var seconds = time(nil)
        var moment = tm()
        gmtime_r(&seconds, &moment)
        let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let two = { (number: Int32) in number < 10 ? "0\(number)" : "\(number)" }
        return "\(days[Int(moment.tm_wday)]), \(two(moment.tm_mday)) \(months[Int(moment.tm_mon)]) "
            + "\(1900 + moment.tm_year) \(two(moment.tm_hour)):\(two(moment.tm_min)):\(two(moment.tm_sec)) GMT"
    }
}
