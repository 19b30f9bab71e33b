// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore

/// What one session may take.
///
/// Every limit has an answer: an `error` event, or the oldest goes.
package struct SessionLimits: Sendable, Equatable {
    /// How long a session may last.
    ///
    /// Default 60 minutes, as the hosted service.
    package var duration: TimeAmount = .minutes(60)
    /// Most audio waiting for a commit, in ms; more is refused with an `error`.
    ///
    /// Default 10 minutes.
    package var inputBufferMS = 600_000
    /// Least audio of a commit by the client, in ms; less is refused with an `error`.
    ///
    /// Default 100, as the hosted service.
    package var minimumCommitMS = 100
    /// With turn detection on and nobody speaking, only this much of the latest audio is kept, in ms.
    ///
    /// Default 10 s.
    package var silenceBufferMS = 10_000
    /// A turn that goes on for longer is committed as it stands, in ms.
    ///
    /// Default 2 minutes.
    package var turnMS = 120_000
    /// Silence in a turn after which an engine may begin to transcribe, in case the turn is over, in ms.
    ///
    /// Default `nil` = it waits for the end of the turn.
    package var anticipationMS: Int?
    /// Most items in the conversation; beyond it the oldest is deleted, and the client told so.
    ///
    /// Default 2 000.
    package var items = 2_000
    /// Most bytes of text in the conversation; beyond it the oldest items are deleted, and the client told so.
    ///
    /// Default 16 MiB.
    package var storedTextBytes = 16 << 20
    /// Most bytes of audio kept for `retrieve` and for the model; beyond it the oldest recordings lose their bytes.
    ///
    /// Default 64 MiB.
    package var storedAudioBytes = 64 << 20
    /// Most responses at the same time, out-of-band ones included.
    ///
    /// Default 8.
    package var responses = 8
    /// Most transcriptions at the same time; further ones fail at once.
    ///
    /// Default 16.
    package var transcriptions = 16
    /// Most tokens of instructions, tools and conversation that a model is given; beyond it `truncation` applies.
    ///
    /// Estimated as for the usage: 4 bytes of text or 100 ms of audio are a token. Default 28 672.
    package var contextTokens = 28_672
    /// Most responses begun per minute; more fail with `rate_limit_exceeded`.
    ///
    /// Default `nil` = no limit, and no `rate_limits.updated`: there is nothing true to tell.
    package var requestsPerMinute: Int?
    /// Most tokens of responses per minute; while they are used up, responses fail with `rate_limit_exceeded`.
    ///
    /// Default `nil` = no limit.
    package var tokensPerMinute: Int?
    /// Most bytes of audio in one delta before base64.
    ///
    /// Default 9 600 (200 ms of PCM), which stays below 15 KiB.
    package var deltaBytes = 9_600
    /// Most bytes of JSON of a session or an item, its audio included where that is sent.
    ///
    /// Default 1 040 000, which keeps every message of ours below 1 MiB: common clients take no larger one.
    package var messageBytes = 1_040_000

    /// The defaults.
    package init() {}
}
