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

/// A date and time of day where the server is.
package struct LocalTime: Sendable, Equatable {
    /// Full year.
    package var year: Int
    /// 1 to 12.
    package var month: Int
    /// 1 to 31.
    package var day: Int
    /// 0 = Sunday.
    package var weekday: Int
    /// 0 to 23.
    package var hour: Int
    /// 0 to 59.
    package var minute: Int

    /// A time.
    package init(year: Int, month: Int, day: Int, weekday: Int, hour: Int, minute: Int) {
        self.year = year
        self.month = month
        self.day = day
        self.weekday = weekday
        self.hour = hour
        self.minute = minute
    }

    /// Now.
    package static func now() -> LocalTime {
        var seconds = time(nil)
        var parts = tm()
        localtime_r(&seconds, &parts)
        return LocalTime(
            year: Int(parts.tm_year) + 1900,
            month: Int(parts.tm_mon) + 1,
            day: Int(parts.tm_mday),
            weekday: Int(parts.tm_wday),
            hour: Int(parts.tm_hour),
            minute: Int(parts.tm_min)
        )
    }

    /// The time of day, as in `3:04 in the afternoon`.
    var spokenTime: String {
        let part =
            switch hour {
            case 0..<5, 22...: "at night"
            case 5..<12: "in the morning"
            case 12..<18: "in the afternoon"
            default: "in the evening"
            }
        let twelve = hour % 12 == 0 ? 12 : hour % 12
        let clock = minute == 0 ? "\(twelve) o'clock" : "\(twelve):\(minute < 10 ? "0" : "")\(minute)"
        return "\(clock) \(part)"
    }

    /// The date, as in `Tuesday, the 25th of November 2026`.
    var spokenDate: String {
        let weekdays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]
        let months = [
            "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
            "November", "December",
        ]
        let ending =
            switch day {
            case 1, 21, 31: "st"
            case 2, 22: "nd"
            case 3, 23: "rd"
            default: "th"
            }
        return "\(weekdays[weekday % 7]), the \(day)\(ending) of \(months[(month + 11) % 12]) \(year)"
    }
}
