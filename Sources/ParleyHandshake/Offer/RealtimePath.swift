// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// The paths a Realtime endpoint answers on, and the one that a wrong path most likely meant.
package enum RealtimePath {
    /// The path to name when a client asks where to go.
    package static let preferred = "/v1/realtime"

    /// The plain WebSocket echo, where it is enabled.
    package static let echo = "/echo"

    /// The path of the Azure preview service, which marks the beta dialect by its `api-version`.
    package static let azurePreview = "/openai/realtime"

    /// Every Realtime path, without the slash that may follow.
    package static let all = [preferred, "/realtime", azurePreview, "/openai/v1/realtime", "/"]

    /// The Realtime paths beside the preferred one, for a sentence.
    static let others = all.dropFirst().joined(separator: ", ")

    /// Where the path leads; nil for nowhere.
    ///
    /// - Parameters:
    ///   - path: without query and final slash, compared byte for byte.
    ///   - echoEnabled: whether the echo is served.
    /// - Returns: the route.
    package static func route(of path: String, echoEnabled: Bool) -> Route? {
        if all.contains(path) { return .realtime }
        return echoEnabled && path == echo ? .echo : nil
    }

    /// The path that was most likely meant, when the given one is close to it.
    ///
    /// Close is: a beginning of it (a base URL without `/realtime`), something that ends in it or goes on behind
    /// it, or up to three characters of difference.
    package static func suggestion(for path: String) -> String? {
        let named = all.filter { $0 != "/" }
        // A longer path is no slip of the pen, and the comparison below is quadratic.
        guard path.utf8.count <= 64, path != "/" else { return nil }
        if let base = named.first(where: { $0 == path + "/realtime" }) { return base }
        if let extended = named.first(where: { path.hasPrefix($0 + "/") }) { return extended }
        let nearest = named.map { (path: $0, distance: distance(Array(path.utf8), Array($0.utf8))) }
            .min { $0.distance < $1.distance }
        if let nearest, nearest.distance <= 3 { return nearest.path }
        return path.hasSuffix("/realtime") ? preferred : nil
    }

    /// How many insertions, deletions and substitutions of a byte lie between two texts (Levenshtein).
    private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var previous = Array(0...right.count)
        for (row, leftByte) in left.enumerated() {
            var current = [row + 1]
            for (column, rightByte) in right.enumerated() {
                let substitution = previous[column] + (leftByte == rightByte ? 0 : 1)
                current.append(min(substitution, previous[column + 1] + 1, current[column] + 1))
            }
            previous = current
        }
        return previous[right.count]
    }
}
