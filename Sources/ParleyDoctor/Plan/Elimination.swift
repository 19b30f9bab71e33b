// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyDiagnosis
internal import ParleyTransport
internal import ParleyWebSocket

/// The order of elimination: each step looks only at what the steps before leave open.
struct Elimination: Sendable {
    let prober: Prober
    let environment: [String: String]

    var question: Question { prober.question }
    var address: TargetAddress { prober.address }

    /// Looks at everything that is worth a look.
    func run() async {
        await withTaskGroup(of: Void.self) { side in
            if let page = question.page { side.addTask { await prober.lookAtPage(page) } }
            guard !address.host.isEmpty, (1...65_535).contains(address.port) else { return }
            if let direct = question.directURL { side.addTask { await lookAtDirect(direct) } }
            let proxy = proxy
            if proxy != nil { side.addTask { await lookWithoutProxy() } }
            guard let (route, others) = await reach(proxy, &side) else { return }
            if address.isSecure, await !lookAtTLS(route, &side) { return }
            await lookAtHandshakes(route, others, &side)
        }
    }

    /// The proxy that the client goes through, if any.
    private var proxy: ProxyURL? {
        if let given = question.proxy { return try? ProxyURL(given) }
        let plain = "\(address.isSecure ? "wss" : "ws")://\(address.hostHeader)/"
        guard let url = try? WebSocketURL(plain) else { return nil }
        return (try? ProxyURL.fromEnvironment(for: url, environment: environment)) ?? nil
    }

    // MARK: Name and TCP

    /// Most addresses of a name that are tried.
    private static let maxAddresses = 6

    /// Finds an address that can be connected to; what else can be is told too.
    private func reach(_ proxy: ProxyURL?, _ side: inout TaskGroup<Void>) async -> (Route, [String])? {
        let all = await prober.addresses(of: proxy?.host ?? address.host, isNoted: true)
        let ips = Array(all.prefix(Self.maxAddresses))
        guard !ips.isEmpty else { return nil }
        let (results, source) = AsyncStream<(String, Exchange.TCPOutcome?)>.makeStream()
        for ip in ips {
            var plan = Route(target: address, ip: ip, proxy: proxy).plan(nil, timeoutMS: prober.timeoutMS)
            plan.endpoint.port = proxy?.port ?? address.port
            plan.endpoint.isSecure = false
            plan.proxy = nil
            side.addTask { [plan] in
                let outcome = await prober.exchange(.connect, ip, plan)
                source.yield((ip, outcome?.exchange.tcp))
            }
        }
        var failures: [Exchange.TCPOutcome.Result] = []
        for await (ip, outcome) in results {
            if outcome?.result == .connected {
                return (Route(target: address, ip: ip, proxy: proxy), ips.filter { $0 != ip })
            }
            failures.append(outcome?.result ?? .other)
            if failures.count == ips.count { break }
        }
        guard !Task.isCancelled else { return nil }
        if proxy == nil { await lookElsewhere(failures, tried: ips) }
        return nil
    }

    /// Looks round when no connection can be made: loopback's other address, other ports.
    private func lookElsewhere(_ failures: [Exchange.TCPOutcome.Result], tried: [String]) async {
        await withTaskGroup(of: Void.self) { group in
            for ip in twins where !tried.contains(ip) { group.addTask { await lookAtOtherFamily(ip) } }
            let silent: [Exchange.TCPOutcome.Result] = [.timedOut, .networkUnreachable, .hostUnreachable]
            guard let ip = tried.first, failures.contains(where: silent.contains) else { return }
            for port in [80, 443, 22, 54_321] where port != address.port {
                var plan = Route(target: address, ip: ip, proxy: nil)
                    .plan(nil, timeoutMS: min(2_000, prober.timeoutMS))
                plan.endpoint.port = port
                plan.endpoint.isSecure = false
                group.addTask { [plan] in await prober.exchange(.otherPort, String(port), plan) }
            }
        }
    }

    /// The other addresses under which this machine reaches itself.
    var twins: [String] {
        address.hostPort?.isLoopback == true ? ["127.0.0.1", "::1"].filter { $0 != address.host } : []
    }

    func lookAtOtherFamily(_ ip: String) async {
        await prober.exchange(.otherFamily, ip, handshake(Route(target: address, ip: ip, proxy: nil)))
    }

    /// The reference handshake, or another, with its conversation.
    func handshake(
        _ route: Route,
        _ request: Exchange.Request? = nil,
        pace: Pace? = nil,
        timeoutMS: Int? = nil
    ) -> ExchangePlan {
        var plan = route.plan(request ?? Handshake.reference(route.target), timeoutMS: timeoutMS ?? prober.timeoutMS)
        plan.conversation = (pace ?? .first(timeoutMS: prober.timeoutMS)).conversation(question)
        return plan
    }

    // MARK: TLS

    /// Whether TLS can be used.
    private func lookAtTLS(_ route: Route, _ side: inout TaskGroup<Void>) async -> Bool {
        guard let seen = await prober.exchange(.tls, nil, route.plan(nil, timeoutMS: prober.timeoutMS))?.exchange,
            seen.isThroughProxy
        else { return false }
        let isSuspect = !seen.hasTLS || seen.tls?.faults.isEmpty == false
        let variants: [TLSVariant] = seen.hasTLS ? (isSuspect ? [.noSNI, .inventedSNI] : []) : TLSVariant.allCases
        for variant in variants {
            var plan = route.plan(nil, timeoutMS: min(3_000, prober.timeoutMS))
            plan.tls = variant.plan
            side.addTask { [plan] in await prober.exchange(.tlsVariant, variant.rawValue, plan) }
        }
        if !seen.hasTLS {
            side.addTask { await lookAtOtherScheme(route) }
            side.addTask { await listen(route) }
        }
        return seen.hasTLS
    }

    // MARK: Beside the handshake

    func lookAtOtherScheme(_ route: Route) async {
        var plan = handshake(route, timeoutMS: min(2_000, prober.timeoutMS))
        plan.endpoint.isSecure.toggle()
        await prober.exchange(.otherScheme, nil, plan)
    }

    /// Keeps quiet and waits for the peer to speak.
    func listen(_ route: Route) async {
        var plan = route.plan(nil, timeoutMS: min(3_000, prober.timeoutMS))
        plan.listensMS = 1_000
        await prober.exchange(.greeting, nil, plan)
    }

    private func lookAtDirect(_ url: String) async {
        let target = TargetAddress(url)
        guard !target.host.isEmpty else { return }
        let route = Route(target: target, ip: await prober.addresses(of: target.host).first, proxy: nil)
        let asked = Handshake.asAsked(question, target)
        let reference = Handshake.reference(target)
        await prober.exchange(.direct, nil, handshake(route, asked))
        guard !asked.asksTheSame(as: reference) else { return }
        await prober.exchange(.direct, "reference", handshake(route, reference))
    }

    private func lookWithoutProxy() async {
        let route = Route(target: address, ip: await prober.addresses(of: address.host).first, proxy: nil)
        await prober.exchange(.withoutProxy, nil, handshake(route))
    }
}

/// One thing changed about TLS.
enum TLSVariant: String, CaseIterable {
    case noSNI = "no-sni"
    case inventedSNI = "invented-sni"
    case tls12 = "tls1.2"
    case tls11 = "tls1.1"
    case noALPN = "alpn-none"
    case onlyH2 = "alpn-h2"

    var plan: TLSPlan {
        var plan = TLSPlan()
        switch self {
        case .noSNI: plan.serverName = ""
        case .inventedSNI: plan.serverName = "parley-probe.invalid"
        case .tls12: plan.version = .tls12
        case .tls11: plan.version = .tls11
        case .noALPN: plan.protocols = []
        case .onlyH2: plan.protocols = ["h2"]
        }
        return plan
    }
}
