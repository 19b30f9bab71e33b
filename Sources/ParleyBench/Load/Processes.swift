// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// The processes of a server, seen from outside (Linux only).
package struct ServerProcesses: Sendable {
    private let pids: [Int]

    /// What they have used.
    struct Use: Sendable {
        /// Nanoseconds of processor time of all their threads since their start.
        var nanoseconds: UInt64 = 0
        /// Bytes of memory that are resident.
        var residentBytes = 0
    }

    package init(pids: [Int]) { self.pids = pids }

    /// The first process that cannot be looked at.
    package var unreadable: Int? { pids.first { Self.read("/proc/\($0)/status") == nil } }

    /// What they have used until now; nil if there are none.
    var use: Use? {
        guard !pids.isEmpty else { return nil }
        var use = Use()
        for pid in pids {
            let threads = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/task")) ?? []
            for thread in threads {
                // The first number is the time on a processor, in ns (Documentation/scheduler/sched-stats of Linux).
                let first = Self.read("/proc/\(pid)/task/\(thread)/schedstat")?.split(separator: " ").first
                use.nanoseconds += first.flatMap { UInt64($0) } ?? 0
            }
            let line = Self.read("/proc/\(pid)/status")?.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
            let kilobytes = line?.split { $0 == " " || $0 == "\t" }.dropFirst().first
            use.residentBytes += (kilobytes.flatMap { Int($0) } ?? 0) * 1_024
        }
        return use
    }

    /// The text of a file of the kernel, which has no length.
    fileprivate static func read(_ path: String) -> String? {
        let descriptor = open(path, O_RDONLY)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 16_384)
        let count = bytes.withUnsafeMutableBytes { systemRead(descriptor, $0.baseAddress, $0.count) }
        return count > 0 ? String(decoding: bytes.prefix(count), as: UTF8.self) : nil
    }
}

private func systemRead(_ descriptor: Int32, _ bytes: UnsafeMutableRawPointer?, _ count: Int) -> Int {
    read(descriptor, bytes, count)
}

/// This process and this machine.
package enum OwnProcess {
    /// Seconds of processor time of all its threads since its start.
    static var seconds: Double {
        var usage = rusage()
        #if canImport(Glibc)
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        #else
        getrusage(RUSAGE_SELF, &usage)
        #endif
        let user = Double(usage.ru_utime.tv_sec) + Double(usage.ru_utime.tv_usec) / 1e6
        return user + Double(usage.ru_stime.tv_sec) + Double(usage.ru_stime.tv_usec) / 1e6
    }

    /// How many processors it may run on.
    package static var processors: Int {
        #if os(Linux)
        let allowed = ServerProcesses.read("/proc/self/status")?
            .split(separator: "\n").first { $0.hasPrefix("Cpus_allowed:") }
        let mask = allowed?.split { $0 == ":" || $0 == "\t" || $0 == " " }.last ?? ""
        let bits = mask.compactMap { $0.hexDigitValue?.nonzeroBitCount }.reduce(0, +)
        if bits > 0 { return min(bits, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }
        #endif
        return max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
    }

    /// The average number of processes that ran or wanted to in the last minute; nil where it cannot be read.
    package static var loadAverage: Double? {
        var averages = [0.0]
        return getloadavg(&averages, 1) == 1 ? averages[0] : nil
    }

    /// Allows this process so many open files, if the system does.
    ///
    /// - Returns: How many it may have open from now on.
    @discardableResult
    package static func allowFiles(_ count: Int) -> Int {
        var limit = rlimit()
        #if canImport(Glibc)
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        #else
        let resource = RLIMIT_NOFILE
        #endif
        guard getrlimit(resource, &limit) == 0 else { return count }
        if limit.rlim_cur < rlim_t(count) {
            limit.rlim_cur = min(rlim_t(count), limit.rlim_max)
            setrlimit(resource, &limit)
            getrlimit(resource, &limit)
        }
        return Int(clamping: limit.rlim_cur)
    }
}
