// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import ParleyEvents

/// Asks servers what they are, when Parley starts; nothing but questions for models and voices is sent.
struct BackendFinder: Sendable {
    /// What was found out about a slot.
    enum Finding: Sendable {
        /// A server that answers.
        case found(BackendAddress, BackendOffer, voices: [String])
        /// The server that was named does not answer now; it is used all the same, since it may later.
        case silent(BackendAddress, BackendFailure)
        /// `auto`, and none is there.
        case nothing(asked: [Int])
    }

    /// A server on this machine answers such a question in a few ms, one elsewhere in a second.
    private static let patience = BackendLimits(firstByte: .milliseconds(400), whole: .milliseconds(400))
    private static let remotePatience = BackendLimits(firstByte: .seconds(2), whole: .seconds(3))

    let slot: BackendFailure.Slot
    let settings: BackendSettings

    /// Finds out what fills the slot.
    func find() async -> Finding {
        switch settings.place {
        case .at(let address):
            do {
                let offer = try await offer(of: address)
                return .found(address, offer, voices: await voices(of: address))
            } catch {
                guard let failure = error as? BackendFailure, case .unreachable = failure.reason else {
                    // It listens and may know no such question.
                    return .found(address, BackendOffer(), voices: [])
                }
                return .silent(address, failure)
            }
        case .automatic: return await search()
        }
    }

    private func search() async -> Finding {
        let places = slot.usualPlaces
        let found = await withTaskGroup(of: (Int, BackendAddress, BackendOffer)?.self) { group in
            for (index, place) in places.enumerated() {
                group.addTask {
                    guard let address = try? BackendAddress("http://127.0.0.1:\(place.port)"),
                        let offer = try? await offer(of: address), let software = offer.software,
                        place.software.contains(software), !offer.models.isEmpty
                    else { return nil }
                    return (index, address, offer)
                }
            }
            var best: (Int, BackendAddress, BackendOffer)?
            for await candidate in group {
                guard let candidate, candidate.0 < best?.0 ?? .max else { continue }
                best = candidate
            }
            return best
        }
        guard let found else { return .nothing(asked: places.map(\.port)) }
        return .found(found.1, found.2, voices: await voices(of: found.1))
    }

    private func offer(of address: BackendAddress) async throws -> BackendOffer {
        var offer = BackendOffer(models: try await get(address.models, address), for: slot) ?? BackendOffer()
        // Its list of models names their makers, not the software.
        if offer.software == nil, let version = try? await get("\(address.origin)/api/version", address),
            version["version"]?.stringValue != nil
        {
            offer.software = "Ollama"
        }
        return offer
    }

    private func voices(of address: BackendAddress) async -> [String] {
        guard slot == .voice, let base = address.base else { return [] }
        guard let answer = try? await get("\(base)/audio/voices", address) else { return [] }
        return BackendOffer.voices(answer)
    }

    private func get(_ url: String, _ address: BackendAddress) async throws -> JSON {
        let limits = address.isLoopback ? Self.patience : Self.remotePatience
        let client = BackendClient(slot, settings, limits: limits)
        let answer = try await client.ask(BackendClient.Question(url: url, accepts: "application/json"))
        return try JSON(parsing: answer.bytes)
    }
}
