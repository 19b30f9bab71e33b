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

    /// How far ahead of the loudspeaker sound is handed to it.
    private static let leadMS = 200
    /// What is handed to it at a time.
    private static let chunkMS = 20

    private let sink: Sink
    private var bytesWritten = 0
    private var playback = Playback()
    private var waiting: [(itemID: String, samples: ArraySlice<Int16>)] = []
    private var isWanted: AsyncStream<Void>.Continuation?
    private var idle: [CheckedContinuation<Void, Never>] = []

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
        case (.updated(let id, .audio(let audio)), .loudspeaker):
            let samples = PCM16.samples(fromLittleEndian: audio.readableBytesView)
            playback.enqueue(itemID: id, samples: samples.count)
            waiting.append((id, samples[...]))
            isWanted?.yield()
        default: break
        }
    }

    /// Stops the voice; returns where it was.
    private func stop() -> Playback.Position? {
        waiting = []
        return playback.stop()
    }

    /// Plays what comes until the task is cancelled; where the person speaks in between, the rest is dropped and the
    /// server is told what was heard.
    func run(_ client: RealtimeClient) async -> Bool? {
        guard case .loudspeaker(let program) = sink else { return nil }
        let interruptions = await client.updates()
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                do {
                    for try await update in interruptions {
                        guard case .change(.interrupted) = update, let position = await self.stop() else { continue }
                        try await client.interrupt(position)
                    }
                } catch {
                    // The connection is over.
                }
            }
            group.addTask { try? await program.play { await self.nextChunk() } }
            await group.waitForAll()
        }
        return nil
    }

    /// The next piece for the loudspeaker; silence while there is none, so that it does not run dry.
    private func nextChunk() -> [Int16] {
        let length = TalkInput.sampleRate / 1000 * Self.chunkMS
        var chunk: [Int16] = []
        while chunk.count < length, var first = waiting.first {
            let piece = first.samples.prefix(length - chunk.count)
            chunk += piece
            first.samples = first.samples.dropFirst(piece.count)
            if first.samples.isEmpty { waiting.removeFirst() } else { waiting[0] = first }
        }
        playback.played(samples: chunk.count)
        if waiting.isEmpty {
            for continuation in idle { continuation.resume() }
            idle = []
        }
        return chunk + [Int16](repeating: 0, count: length - chunk.count)
    }

    /// Waits until everything has been handed to the loudspeaker, or completes the file.
    func drained() async {
        switch sink {
        case .loudspeaker:
            guard !waiting.isEmpty else { return }
            await withCheckedContinuation { idle.append($0) }
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
