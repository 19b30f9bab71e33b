// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// Rewrites the paths in `error` events, so that they point into what the client sent (translation table, section 8).
struct ParameterPaths: Sendable {
    private var pairs: [(from: String, to: String)]

    private init(_ pair: (_ beta: String, _ ga: String) -> (from: String, to: String)) {
        pairs = [ObjectShape.realtimeSession, .responseRequest]
            .flatMap { shape in
                // A member with two beta names cannot be told to the client by one of them.
                shape.places.filter { $0.betaAlias == nil && $0.ga != [$0.beta] }
                    .map { place in
                        pair("\(shape.root).\(place.beta)", "\(shape.root).\(place.ga.joined(separator: "."))")
                    }
            }
    }

    /// For a beta client.
    static let toBeta = ParameterPaths { (from: $1, to: $0) }
    /// For a GA client.
    static let toGA = ParameterPaths { (from: $0, to: $1) }

    /// The same paths, and one that depends on what the client has sent.
    func adding(_ client: String, for server: String) -> ParameterPaths {
        var paths = self
        paths.pairs.append((from: server, to: client))
        return paths
    }

    /// The client's path, or the same path if both dialects share it.
    func path(_ path: String) -> String {
        for pair in pairs where path.hasPrefix(pair.from) {
            let rest = path.dropFirst(pair.from.count)
            if rest.isEmpty || rest.first == "." || rest.first == "[" { return pair.to + rest }
        }
        return path
    }

    /// The `error` event with its `param`, and paths in quotes in its message, rewritten.
    func event(_ event: consuming JSONObject) -> JSONObject {
        guard case .object(var error)? = event["error"] else { return event }
        if let param = error["param"]?.stringValue { error["param"] = .string(path(param)) }
        if let message = error["message"]?.stringValue { error["message"] = .string(quoted(in: message)) }
        event["error"] = .object(error)
        return event
    }

    /// What stands between two quotes is a path, or is left alone.
    private func quoted(in message: String) -> String {
        var pieces = message.split(separator: "'", omittingEmptySubsequences: false).map(String.init)
        guard pieces.count > 2 else { return message }
        for index in 1..<(pieces.count - 1) { pieces[index] = path(pieces[index]) }
        return pieces.joined(separator: "'")
    }
}
