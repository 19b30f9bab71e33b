// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyDiagnosis

extension Prober {
    /// How much of a page is read, in bytes.
    private static let pageBytes = 256 * 1024
    /// Most redirects that are followed.
    private static let maxRedirects = 3

    /// Loads the page whose script opens the socket, for the policies it sets.
    func lookAtPage(_ url: String) async {
        var target = TargetAddress(url)
        guard ["http", "https"].contains(target.scheme), !target.host.isEmpty else { return }
        let place = await log.place()
        progress(ProbeProgress(.page, nil, .started))
        var record = PageRecord(url: masker.target(url))
        for _ in 0...Self.maxRedirects {
            guard let outcome = await load(target) else { return }
            record.status = outcome.exchange.status
            record.headers = outcome.exchange.response?.headers ?? []
            record.metaPolicies = MetaPolicies.all(in: outcome.body).map(masker.text)
            record.detail = record.status == nil ? outcome.exchange.summary : nil
            guard let status = record.status, (300..<400).contains(status),
                let location = outcome.fields.first("Location")
            else { break }
            target = TargetAddress(Redirect.resolve(location, from: target))
        }
        await log.add(.page, nil, .page(record), at: place)
        progress(ProbeProgress(.page, nil, .finished(record.status.map(String.init) ?? record.detail ?? "")))
    }

    private func load(_ target: TargetAddress) async -> Exchanger.Outcome? {
        let route = Route(target: target, ip: await addresses(of: target.host).first, proxy: nil)
        var plan = route.plan(Handshake.get(target), timeoutMS: min(5_000, timeoutMS))
        plan.bodyBytes = Self.pageBytes
        return await gate.pass { [plan] in await exchanger.run(plan) }
    }
}
