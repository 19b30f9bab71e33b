// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore

/// One pass over the frames that are complete in a read, taking off their masks.
///
/// It has to cover all of them before the first is handed out: a slice in somebody's hands shares the
/// memory, and unmasking the next frame would then copy everything.
struct WholeFrames: Equatable {
    /// Bytes of the complete, lawful frames at the front; what follows is untouched.
    var bytes = 0
    /// Bit n tells that the payload of frame n is ASCII; frames after the 64th have no bit.
    var asciiNotes: UInt64 = 0

    /// Takes the masks off, from `source` to `destination`, which is the same memory or apart from it.
    ///
    /// Headers stay as they are. It stops at the first frame that is incomplete or unlawful; finding out
    /// what is wrong with it is left to the reader, who gets there after the frames before it.
    private init(
        unmasking source: UnsafeRawBufferPointer,
        to destination: UnsafeMutableRawPointer,
        rules: HeaderRules,
        insideMessage: Bool
    ) {
        guard let start = source.baseAddress else { return }
        let isInPlace = start == UnsafeRawPointer(destination)
        var insideMessage = insideMessage
        var note: UInt64 = 1
        while bytes < source.count {
            let rest = UnsafeRawBufferPointer(start: start + bytes, count: source.count - bytes)
            guard
                let header = try? FrameHeader.parse(rest, rules: rules, insideMessage: insideMessage),
                header.frameBytes <= rest.count
            else { return }
            if !isInPlace {
                (destination + bytes).copyMemory(from: start + bytes, byteCount: header.headerBytes)
            }
            let payload = bytes + header.headerBytes
            if Masking.apply(
                header.maskingKey,
                from: start + payload,
                to: destination + payload,
                count: header.payloadBytes
            ) {
                asciiNotes |= note
            }
            note <<= 1
            if !header.opcode.isControl { insideMessage = !header.isFinal }
            bytes += header.frameBytes
        }
    }

    /// Takes the masks off inside `buffer`.
    ///
    /// - Returns: `nil`, with nothing done, if the bytes also belong to somebody else.
    static func unmask(inside buffer: inout ByteBuffer, rules: HeaderRules, insideMessage: Bool) -> WholeFrames? {
        buffer.modifyIfUniquelyOwned { buffer in
            buffer.withUnsafeMutableReadableBytes { bytes in
                guard let base = bytes.baseAddress else { return WholeFrames() }
                return WholeFrames(
                    unmasking: UnsafeRawBufferPointer(bytes),
                    to: base,
                    rules: rules,
                    insideMessage: insideMessage
                )
            }
        }
    }

    /// Takes the masks off on the way from `source` into `scratch`, which holds just the whole frames afterwards.
    static func unmask(
        _ source: UnsafeRawBufferPointer,
        into scratch: inout ByteBuffer,
        rules: HeaderRules,
        insideMessage: Bool
    ) -> WholeFrames {
        if let whole = overwrite(&scratch, from: source, rules: rules, insideMessage: insideMessage) { return whole }
        scratch = ByteBuffer()
        scratch.reserveCapacity(source.count)
        return overwrite(&scratch, from: source, rules: rules, insideMessage: insideMessage) ?? WholeFrames()
    }

    /// - Returns: `nil`, with nothing done, if `scratch` is too small or also belongs to somebody else.
    private static func overwrite(
        _ scratch: inout ByteBuffer,
        from source: UnsafeRawBufferPointer,
        rules: HeaderRules,
        insideMessage: Bool
    ) -> WholeFrames? {
        let whole = scratch.modifyIfUniquelyOwned { scratch -> WholeFrames? in
            let whole = scratch.withVeryUnsafeMutableBytes { destination -> WholeFrames? in
                guard destination.count >= source.count else { return nil }
                guard let base = destination.baseAddress else { return WholeFrames() }
                return WholeFrames(unmasking: source, to: base, rules: rules, insideMessage: insideMessage)
            }
            scratch.moveReaderIndex(to: 0)
            scratch.moveWriterIndex(to: whole?.bytes ?? 0)
            return whole
        }
        return whole ?? nil
    }
}

extension WholeFrames {
    private init() {}
}
