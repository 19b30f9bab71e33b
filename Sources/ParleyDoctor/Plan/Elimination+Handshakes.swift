// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyDiagnosis

/// The steps behind TCP and TLS.
extension Elimination {
    /// Reference, as asked, clients; then, where something is wrong or different, one change at a time.
    func lookAtHandshakes(_ route: Route, _ others: [String], _ side: inout TaskGroup<Void>) async {
        let reference = Handshake.reference(address)
        let asked = Handshake.asAsked(question, address)
        async let plain = prober.exchange(.reference, nil, handshake(route, reference))
        async let own = asked.asksTheSame(as: reference) ? nil : prober.exchange(.asAsked, nil, handshake(route, asked))
        guard let first = await plain else { return }
        let second = await own
        if second == nil { await prober.repeated(.asAsked, nil, first.exchange) }
        let seen = [first.exchange, (second ?? first).exchange]
        guard seen[0].isThroughProxy else { return }

        let pace = Pace.first(timeoutMS: prober.timeoutMS).after(seen)
        let isAnswered = seen.contains(where: \.isAnswered)
        if let best = seen.last(where: \.isUpgraded) {
            holdOpen(route, best == seen[1] ? asked : reference, &side)
        }
        var clients: [Exchange] = []
        if isAnswered { clients = await lookAtClients(route, pace, known: [(reference, seen[0]), (asked, seen[1])]) }
        let all = seen + clients
        let isGood = all.allSatisfy { $0.isGood(question) }
        async let round: Void = isGood ? () : lookRound(route, others, first, all, isAnswered)
        // A server that works and takes its time is not asked again and again.
        let isSlow = (seen[0].response?.atMS ?? 0) > Self.impatientMS
        if !isGood || !isSlow {
            await vary(route, pace, Self.variations(seen[0], all, isGood: isGood), isAnswered: isAnswered)
        }
        await round
        await searchSize(route, seen[1].isUpgraded ? asked : reference, pace, all)
    }

    // MARK: Clients

    /// One exchange for every distinct request that the clients in question make.
    private func lookAtClients(
        _ route: Route,
        _ pace: Pace,
        known: [(request: Exchange.Request, exchange: Exchange)]
    ) async -> [Exchange] {
        let requests = ClientProfile.selected(question)
            .map { ($0.id, $0.request(question, to: address, key: Handshake.key())) }
            .filter { !$0.1.headers.isEmpty }
        var distinct: [(request: Exchange.Request, ids: [String])] = []
        for (id, request) in requests {
            if let index = distinct.firstIndex(where: { $0.request.asksTheSame(as: request) }) {
                distinct[index].ids.append(id)
            } else {
                distinct.append((request, [id]))
            }
        }
        return await withTaskGroup(of: Exchange?.self) { group in
            for (request, ids) in distinct {
                let before = known.first { $0.request.asksTheSame(as: request) }?.exchange
                group.addTask {
                    var exchange = before
                    if let before {
                        await prober.repeated(.profile, ids[0], before)
                    } else {
                        exchange = await prober.exchange(.profile, ids[0], handshake(route, request, pace: pace))?
                            .exchange
                    }
                    guard let exchange else { return nil }
                    for id in ids.dropFirst() { await prober.repeated(.profile, id, exchange) }
                    return exchange
                }
            }
            return await group.reduce(into: []) { all, exchange in if let exchange { all.append(exchange) } }
        }
    }

    // MARK: One change at a time

    /// Longest time for a variation of a handshake that was not answered, in ms.
    private static let impatientMS = 3_000

    /// What is worth changing, by what was seen so far.
    private static func variations(_ plain: Exchange, _ all: [Exchange], isGood: Bool) -> [Variation] {
        if isGood { return [.foreignOrigin, .subprotocols, .compression, .fragments] }
        guard all.contains(where: \.isAnswered) else {
            return [
                .subprotocols, .browserAgent, .headers, .sameOrigin, .lowerCaseNames, .withoutQuery, .finalSlash, .path,
            ]
        }
        // Where the plainest handshake succeeds, it is neither the place nor the host.
        guard plain.isUpgraded else { return Variation.allCases }
        let places: [Variation] = [.path, .finalSlash, .otherHost, .localHost, .version8]
        let spellings: [Variation] = [
            .lowerCaseNames, .lowerCaseConnection, .connectionList, .browserAgent, .scriptAgent, .sameOrigin,
            .nullOrigin,
        ]
        let isRefused = all.contains { !$0.isUpgraded }
        return Variation.allCases.filter { !places.contains($0) && (isRefused || !spellings.contains($0)) }
    }

    private func vary(_ route: Route, _ pace: Pace, _ variations: [Variation], isAnswered: Bool) async {
        let timeoutMS = isAnswered ? prober.timeoutMS : min(Self.impatientMS, prober.timeoutMS)
        await withTaskGroup(of: Void.self) { group in
            for (variant, request) in variations.flatMap({ $0.requests(question, address) }) {
                var plan = handshake(route, request, pace: pace, timeoutMS: timeoutMS)
                plan.conversation?.isFragmented = variant == Variation.fragments.rawValue
                let varied = plan
                group.addTask { await prober.exchange(.variation, variant, varied) }
            }
        }
    }

    /// Looks at what is round a handshake that fails.
    private func lookRound(
        _ route: Route,
        _ others: [String],
        _ first: Exchanger.Outcome,
        _ all: [Exchange],
        _ isAnswered: Bool
    ) async {
        await withTaskGroup(of: Void.self) { group in
            guard all.contains(where: { !$0.isUpgraded }) else { return }
            let patience = min(isAnswered ? 5_000 : Self.impatientMS, prober.timeoutMS)
            group.addTask { await lookAtOtherScheme(route) }
            if !isAnswered { group.addTask { await listen(route) } }
            let invented = "/parley-probe-7f3a"
            let gets: [(Probe, String?, Exchange.Request)] = [
                (.plainGet, nil, Handshake.get(address)),
                (.inventedPath, "get", Handshake.get(address, target: invented)),
            ]
            for (probe, variant, request) in gets {
                group.addTask { await prober.exchange(probe, variant, route.plan(request, timeoutMS: patience)) }
            }
            var upgrade = Handshake.reference(address)
            upgrade.target = invented
            let plan = handshake(route, upgrade, timeoutMS: patience)
            group.addTask { await prober.exchange(.inventedPath, "upgrade", plan) }
            if route.proxy == nil, let ip = others.first ?? twins.first(where: { $0 != route.ip }) {
                group.addTask { await lookAtOtherFamily(ip) }
            }
            if let status = first.exchange.status, (300..<400).contains(status),
                let location = first.fields.first("Location")
            {
                group.addTask { await follow(location, route) }
            }
        }
    }

    /// The handshake at the address a redirect names.
    private func follow(_ location: String, _ route: Route) async {
        let target = TargetAddress(Redirect.resolve(location, from: route.target))
        guard !target.host.isEmpty else { return }
        let isSame = target.host == route.target.host || route.proxy != nil
        let ip = isSame ? route.ip : await prober.addresses(of: target.host).first
        let next = Route(target: target, ip: ip, proxy: route.proxy)
        await prober.exchange(.redirect, nil, handshake(next, timeoutMS: min(5_000, prober.timeoutMS)))
    }

    // MARK: Quiet and size

    /// Keeps connections open as long as the user wants, one in silence and one with pings.
    private func holdOpen(_ route: Route, _ request: Exchange.Request, _ side: inout TaskGroup<Void>) {
        guard let seconds = question.holdSeconds, seconds > 0 else { return }
        let holdMS = Int(min(seconds, 3_600) * 1000)
        for (probe, pingEveryMS) in [(Probe.hold, 0), (.holdWithPings, max(500, min(20_000, holdMS / 5)))] {
            var plan = handshake(route, request)
            plan.conversation?.awaitsEventMS = 0
            plan.conversation?.text = nil
            plan.conversation?.pings = false
            plan.conversation?.settlesMS = 0
            plan.conversation?.holdMS = holdMS
            plan.conversation?.pingEveryMS = pingEveryMS
            side.addTask { [plan] in await prober.exchange(probe, nil, plan) }
        }
    }

    /// Most messages that are sent to find a limit.
    private static let sizeSteps = 12

    /// Finds the size above which messages do not get through.
    private func searchSize(_ route: Route, _ request: Exchange.Request, _ pace: Pace, _ seen: [Exchange]) async {
        guard seen.contains(where: \.isUpgraded) else { return }
        let isTooBig = seen.contains { $0.conversation?.close?.code == 1009 }
        guard let largest = question.sendBytes ?? (isTooBig ? 1 << 20 : nil), largest > 0 else { return }
        if await getsThrough(min(largest, 1 << 24), route, request, pace) { return }
        var (good, bad) = (0, min(largest, 1 << 24))
        for _ in 0..<Self.sizeSteps where bad - good > max(16, good / 50) && !Task.isCancelled {
            let middle = (good + bad) / 2
            if await getsThrough(middle, route, request, pace) { good = middle } else { bad = middle }
        }
    }

    private func getsThrough(_ bytes: Int, _ route: Route, _ request: Exchange.Request, _ pace: Pace) async -> Bool {
        var plan = handshake(route, request, pace: pace)
        plan.conversation?.text = String(repeating: "p", count: bytes)
        guard let seen = await prober.exchange(.size, String(bytes), plan)?.exchange else { return false }
        guard seen.end?.kind == .enough, seen.conversation?.pingAnswered == true else { return false }
        return question.expectation != .echo || seen.conversation?.echoed == true
    }
}
