// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import NIOCore
internal import ParleyAudio
internal import ParleyClient
internal import ParleyEvents

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// Where the voice goes: into a WAV file as it comes, or to the loudspeaker at its pace.
actor TalkOutput {
    private enum Sink {
        case file(Int32)
        case loudspeaker(SoundProgram)
    }

    /// What is handed to it at a time.
    private static let chunkMS = 20

    private let sink: Sink
    private var bytesWritten = 0
    private var playback = Playback()
    private var waiting: [(itemID: String, samples: ArraySlice<Int16>)] = []
    /// An item that was interrupted: what still comes of it is not played.
    private var silenced: String?
    private var isPlaying = false
    /// Whether the program is to end when all has been played.
    private var isFinishing = false
    private var finished: [CheckedContinuation<Void, Never>] = []

    /// Makes the file, or finds the program.
    init(_ name: String) throws {
        guard name != "speaker" else {
            sink = .loudspeaker(try SoundProgram.player())
            return
        }
        let descriptor = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw ValidationError("--output: cannot write '\(name)'.") }
        sink = .file(descriptor)
        writeAll(WAVFormat(.pcm16_24k).header(dataLength: nil), to: descriptor)
    }

    /// Takes what changed in the conversation: the voice to play, or that it is to stop.
    func take(_ change: ConversationChange) {
        switch (change, sink) {
        case (.updated(_, .audio(let audio)), .file(let descriptor)):
            writeAll(Array(audio.readableBytesView), to: descriptor)
            bytesWritten += audio.readableBytes
        case (.updated(let id, .audio(let audio)), .loudspeaker) where id != silenced:
            let samples = PCM16.samples(fromLittleEndian: audio.readableBytesView)
            playback.enqueue(itemID: id, samples: samples.count)
            waiting.append((id, samples[...]))
        default: break
        }
    }

    /// Forgets what was to be played; returns where the voice was.
    @discardableResult
    func silence() -> Playback.Position? {
        silenced = waiting.last?.itemID ?? silenced
        waiting = []
        return playback.stop()
    }

    /// The person speaks: drops the rest of the voice, stops the response, and tells the server what was heard.
    func interrupt(_ client: RealtimeClient) async {
        let position = silence()
        // If the connection is over there is nobody to tell.
        try? await client.interrupt(position)
    }

    /// Plays what comes until ``drained()``, and stops where the person speaks in between.
    ///
    /// - Returns: That the loudspeaker does not work, or nil.
    func run(_ client: RealtimeClient, _ console: Console) async -> TalkConversation.Ending? {
        guard case .loudspeaker(let program) = sink else { return nil }
        isPlaying = true
        let updates = await client.updates()
        let listening = Task {
            do {
                for try await case .change(.interrupted) in updates { await self.interrupt(client) }
            } catch {
                // The one who shows the updates tells it.
            }
        }
        defer { listening.cancel() }
        return await play(program, console)
    }

    private func play(_ program: SoundProgram, _ console: Console) async -> TalkConversation.Ending? {
        var ending: TalkConversation.Ending?
        do {
            try await program.play { self.nextChunk() }
        } catch {
            if !Task.isCancelled {
                console.note("error: --output speaker: \(error)")
                ending = .broken
            }
        }
        isPlaying = false
        waiting = []
        for continuation in finished { continuation.resume() }
        finished = []
        return ending
    }

    /// The next piece for the loudspeaker; silence while there is none, so that it does not run dry.
    private func nextChunk() -> [Int16]? {
        if isFinishing, waiting.isEmpty { return nil }
        let length = TalkInput.sampleRate / 1000 * Self.chunkMS
        var chunk: [Int16] = []
        while chunk.count < length, var first = waiting.first {
            let piece = first.samples.prefix(length - chunk.count)
            chunk += piece
            first.samples = first.samples.dropFirst(piece.count)
            if first.samples.isEmpty { waiting.removeFirst() } else { waiting[0] = first }
        }
        playback.played(samples: chunk.count)
        return chunk + [Int16](repeating: 0, count: length - chunk.count)
    }

    /// Waits until everything has been played, or completes the file.
    func drained() async {
        switch sink {
        case .loudspeaker:
            isFinishing = true
            guard isPlaying else { return }
            await withCheckedContinuation { finished.append($0) }
        case .file(let descriptor):
            // Only now is it known how long the sound is; a pipe stays as it is.
            let header = WAVFormat(.pcm16_24k).header(dataLength: bytesWritten)
            if lseek(descriptor, 0, SEEK_SET) == 0 { writeAll(header, to: descriptor) }
            close(descriptor)
        }
    }
}

private func writeAll(_ bytes: [UInt8], to descriptor: Int32) {
    var rest = bytes[...]
    while !rest.isEmpty {
        let count = rest.withUnsafeBytes { systemWrite(descriptor, $0.baseAddress, $0.count) }
        guard count > 0 else { return }
        rest = rest.dropFirst(count)
    }
}
