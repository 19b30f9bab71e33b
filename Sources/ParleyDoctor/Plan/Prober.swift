// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials
internal import NIOCore
internal import ParleyDiagnosis
internal import ParleyTransport

/// Runs single probes, bounded in number, and notes what they saw.
struct Prober: Sendable {
    let question: Question
    let address: TargetAddress
    let masker: Masker
    let exchanger: Exchanger
    let resolver: NameResolver
    let gate: Gate
    let log: EvidenceLog
    let progress: @Sendable (ProbeProgress) -> Void

    var timeoutMS: Int { Int(max(0.1, min(question.timeoutSeconds, 600)) * 1000) }

    /// Makes one connection and notes it.
    ///
    /// - Returns: Nil when the task was cancelled.
    @discardableResult
    func exchange(_ probe: Probe, _ variant: String? = nil, _ plan: ExchangePlan) async -> Exchanger.Outcome? {
        let place = await log.place()
        return await gate.pass {
            guard !Task.isCancelled else { return nil }
            progress(ProbeProgress(probe, variant, .started))
            guard let outcome = await exchanger.run(plan) else { return nil }
            await log.add(probe, variant, .exchange(outcome.exchange), at: place)
            progress(ProbeProgress(probe, variant, .finished(outcome.exchange.summary)))
            return outcome
        }
    }

    /// Notes under another name what was seen already.
    func repeated(_ probe: Probe, _ variant: String?, _ exchange: Exchange) async {
        await log.add(probe, variant, .exchange(exchange), at: await log.place())
    }

    /// The addresses of a host, those of IPv6 first.
    ///
    /// - Parameters:
    ///   - host: A name or an address.
    ///   - isNoted: Whether it is evidence; only what the client itself would look up is.
    /// - Returns: None when the name has none.
    func addresses(of host: String, isNoted: Bool = false) async -> [String] {
        if let literal = HostAddress.canonical(host) { return [literal] }
        let given = question.resolve.first { $0.key.lowercased() == host }?.value
        if let given, let literal = HostAddress.canonical(given.filter { $0 != "[" && $0 != "]" }) { return [literal] }
        let place = await log.place()
        if isNoted { progress(ProbeProgress(.name, nil, .started)) }
        let lookup = await resolver.lookUp(given ?? host, timeoutMS: timeoutMS)
        if isNoted, !Task.isCancelled {
            await log.add(.name, nil, .name(lookup), at: place)
            progress(ProbeProgress(.name, nil, .finished(lookup.summary)))
        }
        return lookup.addresses
    }
}

/// A way to a server.
struct Route: Sendable {
    /// What is asked for.
    let target: TargetAddress
    /// The address to connect to: the server's or the proxy's; nil if there is none.
    let ip: String?
    let proxy: ProxyURL?

    /// A connection on this way.
    func plan(_ request: Exchange.Request?, timeoutMS: Int) -> ExchangePlan {
        let proxyName = proxy.map { $0.host.contains(":") ? "[\($0.host)]:\($0.port)" : "\($0.host):\($0.port)" }
        var plan = ExchangePlan(
            endpoint: Exchange.Endpoint(
                host: target.host,
                port: target.port,
                address: ip,
                isSecure: target.isSecure,
                proxy: proxyName
            )
        )
        plan.proxy = proxy
        plan.request = request
        plan.timeoutMS = timeoutMS
        return plan
    }
}
