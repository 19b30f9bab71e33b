// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import ParleyEvents

/// What a relay has to know of an event that it hands on: few of the types that there are.
enum EventKind: Sendable, Equatable {
    /// Any other event, and what is no event.
    case other
    // Of the client.
    case append, commit, clear, sessionUpdate, responseCreate, itemCreate
    // Of the server.
    case audioDelta, sessionCreated, sessionUpdated, itemAdded, itemDone, itemDeleted, itemTruncated, itemRetrieved
    case transcriptionCompleted, transcriptionFailed, outputItemDone, committed, cleared
    case speechStarted, responseCreated, responseDone, error

    // The most frequent first.
    private static let client: [(name: StaticString, kind: EventKind)] = [
        ("input_audio_buffer.append", .append),
        ("input_audio_buffer.commit", .commit),
        ("input_audio_buffer.clear", .clear),
        ("response.create", .responseCreate),
        ("conversation.item.create", .itemCreate),
        ("session.update", .sessionUpdate),
        ("transcription_session.update", .sessionUpdate),
    ]

    private static let server: [(name: StaticString, kind: EventKind)] = [
        ("response.output_audio.delta", .audioDelta),
        ("response.audio.delta", .audioDelta),
        ("response.created", .responseCreated),
        ("response.done", .responseDone),
        ("response.output_item.done", .outputItemDone),
        ("conversation.item.added", .itemAdded),
        ("conversation.item.created", .itemAdded),
        ("conversation.item.done", .itemDone),
        ("conversation.item.deleted", .itemDeleted),
        ("conversation.item.truncated", .itemTruncated),
        ("conversation.item.retrieved", .itemRetrieved),
        ("conversation.item.input_audio_transcription.completed", .transcriptionCompleted),
        ("conversation.item.input_audio_transcription.failed", .transcriptionFailed),
        ("input_audio_buffer.committed", .committed),
        ("input_audio_buffer.cleared", .cleared),
        ("input_audio_buffer.speech_started", .speechStarted),
        ("session.created", .sessionCreated),
        ("session.updated", .sessionUpdated),
        ("transcription_session.created", .sessionCreated),
        ("transcription_session.updated", .sessionUpdated),
        ("error", .error),
    ]

    /// What a client's message is.
    static func ofClient(_ message: ByteBuffer) -> EventKind { find(message, in: client) }

    /// What a server's message is.
    static func ofServer(_ message: ByteBuffer) -> EventKind { find(message, in: server) }

    private static func find(_ message: ByteBuffer, in table: [(name: StaticString, kind: EventKind)]) -> EventKind {
        message.withUnsafeReadableBytes { bytes in
            guard let range = EventTypeScanner.type(in: bytes) else { return .other }
            let type = UnsafeRawBufferPointer(rebasing: bytes[range])
            for (name, kind) in table where name.utf8CodeUnitCount == type.count {
                if type.elementsEqual(UnsafeRawBufferPointer(start: name.utf8Start, count: type.count)) { return kind }
            }
            return .other
        }
    }
}
