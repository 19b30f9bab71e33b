// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore
internal import NIOPosix
package import ParleyDiagnosis

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// Asks the system's resolver, each family apart.
package struct NameResolver: Sendable {
    private let loop: any EventLoop

    package init(on loop: any EventLoop) { self.loop = loop }

    /// Looks a name up.
    ///
    /// - Parameters:
    ///   - host: A name; it is not checked.
    ///   - timeoutMS: Longest time for both families, in ms; the resolver's own work may go on behind it.
    /// - Returns: What each family has.
    package func lookUp(_ host: String, timeoutMS: Int) async -> NameLookup {
        let started = NIODeadline.now()
        async let ipv4 = ask(host, AF_INET, timeoutMS)
        async let ipv6 = ask(host, AF_INET6, timeoutMS)
        let answers = await (ipv4, ipv6)
        let elapsed = Int((NIODeadline.now() - started).nanoseconds / 1_000_000)
        return NameLookup(host: host, ipv4: answers.0, ipv6: answers.1, durationMS: elapsed)
    }

    private func ask(_ host: String, _ family: Int32, _ timeoutMS: Int) async -> NameLookup.Answer {
        let promise = loop.makePromise(of: NameLookup.Answer.self)
        // Waiting in the system's resolver cannot be broken off, so that it is done on a thread for such things.
        NIOThreadPool.singleton.submit { state in
            promise.succeed(state == .active ? Self.resolve(host, family) : .failed("no thread to ask on"))
        }
        let timer = loop.scheduleTask(in: .milliseconds(Int64(timeoutMS))) { promise.succeed(.timedOut) }
        defer { timer.cancel() }
        return await withTaskCancellationHandler {
            (try? await promise.futureResult.get()) ?? .timedOut
        } onCancel: {
            promise.succeed(.timedOut)
        }
    }

    private static func resolve(_ host: String, _ family: Int32) -> NameLookup.Answer {
        var hints = addrinfo()
        hints.ai_family = family
        #if canImport(Glibc)
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        #else
        hints.ai_socktype = SOCK_STREAM
        #endif
        var list: UnsafeMutablePointer<addrinfo>?
        let status = getaddrinfo(host, nil, &hints, &list)
        defer { if let list { freeaddrinfo(list) } }
        guard status == 0 else { return answer(for: status) }
        var addresses: [String] = []
        var entry = list
        while let current = entry, addresses.count < 16 {
            if let text = text(of: current.pointee), !addresses.contains(text) { addresses.append(text) }
            entry = current.pointee.ai_next
        }
        return addresses.isEmpty ? .noAddress : .addresses(addresses)
    }

    private static func text(of info: addrinfo) -> String? {
        var buffer = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        let status = getnameinfo(
            info.ai_addr,
            info.ai_addrlen,
            &buffer,
            socklen_t(buffer.count),
            nil,
            0,
            NI_NUMERICHOST
        )
        guard status == 0 else { return nil }
        return String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    private static func answer(for status: Int32) -> NameLookup.Answer {
        // Their values are the same on every glibc; other libraries have no such code and say EAI_NONAME.
        let noData: Int32 = -5
        let noFamily: Int32 = -9
        switch status {
        case EAI_NONAME: return .noSuchName
        case noData, noFamily: return .noAddress
        default: return .failed(String(cString: gai_strerror(status)))
        }
    }
}
