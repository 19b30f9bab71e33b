// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

#if canImport(SwiftUI)
import Observation
import ParleyClient
import SwiftUI

/// What a view shows of a conversation.
@MainActor
@Observable
final class ConversationModel {
    private(set) var entries: [ConversationEntry] = []
    private(set) var failure: String?
    private let client: RealtimeClient

    init(_ client: RealtimeClient) { self.client = client }

    /// Connects and follows the conversation until the view's task is cancelled.
    func run() async {
        let updates = await client.updates()
        do {
            try await client.connect()
            for try await update in updates {
                guard case .change = update else { continue }
                entries = await client.conversation.entries
            }
        } catch {
            failure = "\(error)"
        }
        await client.disconnect()
    }

    func send(_ text: String) async {
        do { try await client.sendMessage(text) } catch { failure = "\(error)" }
    }
}

/// A conversation as a list, with a field to type into.
struct ConversationView: View {
    @State private var model: ConversationModel
    @State private var text = ""

    init(client: RealtimeClient) { _model = State(initialValue: ConversationModel(client)) }

    var body: some View {
        VStack {
            List(model.entries) { entry in
                Text(entry.summary).foregroundStyle(entry.role == .user ? .secondary : .primary)
            }
            if let failure = model.failure { Text(failure).foregroundStyle(.red) }
            TextField("Message", text: $text)
                .onSubmit {
                    let message = text
                    text = ""
                    Task { await model.send(message) }
                }
        }
        .task { await model.run() }
    }
}
#endif
