// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyWebSocket

extension Question {
    /// The question with what a client was seen to send in the place of what the user left out: the path, subprotocols,
    /// the origin, and the fields that decide whether a server lets a client in.
    ///
    /// - Parameter request: As sent, secrets included.
    /// - Returns: What to ask, secrets included.
    package func asked(by request: Exchange.Request) -> Question {
        var question = self
        let address = TargetAddress(url)
        if request.target.hasPrefix("/"), request.target != address.target, let hostPort = address.hostPort {
            question.url = "\(address.scheme)://\(hostPort.text)\(request.target)"
        }
        if subprotocols == nil, !request.subprotocols.isEmpty { question.subprotocols = request.subprotocols }
        if origin == nil { question.origin = request.headers.first("Origin") }
        if headers.isEmpty {
            let telling = ["authorization", "api-key", "x-api-key", "cookie", "openai-beta"]
            question.headers = request.headers.filter { telling.contains(HeaderText.lowercased($0.name)) }
        }
        return question
    }
}
