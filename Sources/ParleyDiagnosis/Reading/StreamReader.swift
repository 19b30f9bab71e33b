// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import ParleyWebSocket

/// Reads one direction of an open WebSocket, whatever comes.
///
/// It goes on where frames can still be told, notes every broken rule once, and keeps a bounded amount. It serves the
/// probes, the recording proxy and the mirror.
package struct StreamReader: Sendable {
    /// Who sent the bytes.
    package enum Sender: Sendable { case client, server }

    /// Something that came, for whoever answers.
    package enum Arrival: Sendable, Equatable {
        case ping([UInt8])
        case pong([UInt8])
        case close(Conversation.Close)
        /// A message: its bytes, at most ``StreamReader/keptMessageBytes`` of them, decompressed, and how many there were.
        case message(isText: Bool, [UInt8], count: Int)
    }

    /// Most bytes of a message that are put together.
    package static let keptMessageBytes = 512 * 1024

    /// The first frames, masked.
    package private(set) var frames: [Conversation.Frame] = []
    /// How many frames came.
    package private(set) var frameCount = 0
    /// ``ParleyWebSocket/Violation`` codes in order, each once.
    package private(set) var violations: [String] = []
    /// The bytes from which on no frames could be told.
    package private(set) var unreadable: Bytes?
    /// The first close frame.
    package private(set) var close: Conversation.Close?
    /// What the first message says, if it is an event of the Realtime protocol.
    package private(set) var firstEvent: Conversation.FirstEvent?

    private let sender: Sender
    private let isFollowed: Bool
    /// Frames that nobody has taken yet, at most ``Conversation/keptFrames``.
    private var fresh: [Conversation.Frame] = []
    private let masker: Masker
    private let compresses: Bool
    private let forgets: Bool
    private var inflate = Inflate(limit: StreamReader.keptMessageBytes)
    /// A header of which bytes are missing.
    private var held: [UInt8] = []
    private var frame: OpenFrame?
    private var message: OpenMessage?
    private var isFirstMessage = true
    private var lost: [UInt8] = []
    private var lostCount = 0

    private struct OpenFrame {
        var header: LenientHeader
        var atMS: Int
        var received = 0
        /// The first bytes of the payload, unmasked.
        var kept: [UInt8] = []
    }

    private struct OpenMessage {
        var isText: Bool
        var isCompressed: Bool
        var bytes: [UInt8] = []
        var count = 0
        var validator = UTF8Validator()
        var isValid = true
    }

    /// - Parameters:
    ///   - sender: Whose bytes they are.
    ///   - deflate: What was agreed on about compression, if anything.
    ///   - masker: Knows the secrets.
    ///   - isFollowed: Whether somebody takes every frame with ``takeFrames()``.
    package init(
        _ sender: Sender,
        deflate: DeflateParameters? = nil,
        masker: Masker,
        isFollowed: Bool = false
    ) {
        self.sender = sender
        self.isFollowed = isFollowed
        self.masker = masker
        compresses = deflate != nil
        forgets = (sender == .server ? deflate?.serverForgets : deflate?.clientForgets) ?? false
    }

    /// Takes more bytes.
    package mutating func received(_ bytes: some Collection<UInt8>, atMS now: Int) -> [Arrival] {
        var arrivals: [Arrival] = []
        var rest = Array(bytes)[...]
        while !rest.isEmpty {
            if lostCount > 0 {
                lose(rest)
                break
            }
            if frame == nil {
                guard readHeader(&rest, now) else { continue }
            }
            readPayload(&rest, now, &arrivals)
        }
        return arrivals
    }

    /// No more bytes will come: what is incomplete is shown as it is.
    package mutating func ended() {
        guard lostCount == 0 else { return }
        if var open = frame {
            open.header.payloadBytes = open.received
            keep(open)
        } else if !held.isEmpty {
            lose(held[...])
        }
        frame = nil
        held = []
    }

    /// Whether a frame has begun and not ended.
    package var isInsideFrame: Bool { frame != nil || !held.isEmpty }

    private mutating func lose(_ bytes: ArraySlice<UInt8>) {
        lostCount += bytes.count
        lost += bytes.prefix(max(0, Masker.window - lost.count))
        unreadable = masker.bytes(lost, count: lostCount)
    }

    /// Whether a header is complete; takes it from `rest`.
    private mutating func readHeader(_ rest: inout ArraySlice<UInt8>, _ now: Int) -> Bool {
        let before = held.count
        held += rest.prefix(14 - before)
        let header = LenientHeader(
            held[...],
            isFromClient: sender == .client,
            isInsideMessage: message != nil,
            compresses: compresses
        )
        guard let header else {
            rest = rest.dropFirst(held.count - before)
            return false
        }
        for violation in header.violations { note(violation) }
        guard header.isPlausible else {
            rest = held[...] + rest.dropFirst(held.count - before)
            held = []
            lose(rest)
            rest = []
            return false
        }
        rest = rest.dropFirst(header.headerBytes - before)
        held = []
        frame = OpenFrame(header: header, atMS: now)
        if !header.isControl, header.opcode != 0 || message == nil {
            message = OpenMessage(isText: header.opcode == 1, isCompressed: compresses && header.reservedBits & 4 != 0)
        }
        return true
    }

    private mutating func readPayload(_ rest: inout ArraySlice<UInt8>, _ now: Int, _ arrivals: inout [Arrival]) {
        guard var open = frame else { return }
        var piece = Array(rest.prefix(open.header.payloadBytes - open.received))
        rest = rest.dropFirst(piece.count)
        if let key = open.header.maskingKey {
            for index in piece.indices { piece[index] ^= key[(open.received + index) & 3] }
        }
        open.received += piece.count
        open.kept += piece.prefix(max(0, Masker.window - open.kept.count))
        frame = open
        if !open.header.isControl { addToMessage(piece) }
        guard open.received == open.header.payloadBytes else { return }
        frame = nil
        keep(open)
        if open.header.isControl {
            endControl(open, &arrivals)
        } else if open.header.isFinal {
            endMessage(open.atMS, &arrivals)
        }
    }

    private mutating func keep(_ open: OpenFrame) {
        frameCount += 1
        let isKept = frames.count < Conversation.keptFrames
        let isShown = isFollowed && fresh.count < Conversation.keptFrames
        guard isKept || isShown else { return }
        let frame = Conversation.Frame(
            atMS: open.atMS,
            opcode: Int(open.header.opcode),
            isFinal: open.header.isFinal,
            reservedBits: Int(open.header.reservedBits),
            isMasked: open.header.maskingKey != nil,
            payload: masker.bytes(open.kept, count: open.header.payloadBytes)
        )
        if isKept { frames.append(frame) }
        if isShown { fresh.append(frame) }
    }

    /// Gives out the frames that ended since the last time.
    package mutating func takeFrames() -> [Conversation.Frame] {
        defer { fresh = [] }
        return fresh
    }

    private mutating func addToMessage(_ piece: [UInt8]) {
        guard var open = message else { return }
        message = nil
        open.count += piece.count
        open.bytes += piece.prefix(max(0, Self.keptMessageBytes - open.bytes.count))
        if open.isText, !open.isCompressed, open.isValid {
            open.isValid = open.validator.received(last: piece.count, of: ByteBuffer(bytes: piece))
            if !open.isValid { note(.invalidUTF8) }
        }
        message = open
    }

    private mutating func endControl(_ open: OpenFrame, _ arrivals: inout [Arrival]) {
        switch open.header.opcode {
        case Opcode.ping.rawValue: arrivals.append(.ping(open.kept))
        case Opcode.pong.rawValue: arrivals.append(.pong(open.kept))
        case Opcode.close.rawValue:
            let close = readClose(open.kept, open.atMS)
            if self.close == nil { self.close = close }
            arrivals.append(.close(close))
        default: break
        }
    }

    private mutating func readClose(_ payload: [UInt8], _ atMS: Int) -> Conversation.Close {
        guard !payload.isEmpty else { return Conversation.Close(atMS: atMS, code: nil) }
        guard payload.count > 1 else {
            note(.truncatedCloseCode)
            return Conversation.Close(atMS: atMS, code: nil)
        }
        let code = UInt16(payload[0]) << 8 | UInt16(payload[1])
        if !CloseCode(rawValue: code).isValidOnTheWire { note(.invalidCloseCode) }
        let reason = payload.dropFirst(2)
        if String(validating: reason, as: UTF8.self) == nil { note(.invalidCloseReason) }
        return Conversation.Close(atMS: atMS, code: Int(code), reason: masker.bytes(reason).text)
    }

    private mutating func endMessage(_ atMS: Int, _ arrivals: inout [Arrival]) {
        guard var open = message else { return }
        message = nil
        if open.isCompressed {
            decompress(&open)
        } else if open.isText, open.isValid, !open.validator.isBetweenCharacters {
            note(.invalidUTF8)
        }
        arrivals.append(.message(isText: open.isText, open.bytes, count: open.count))
        if isFirstMessage { firstEvent = FirstEventReader.event(in: open.bytes, atMS: atMS, masker) }
        isFirstMessage = false
    }

    private mutating func decompress(_ open: inout OpenMessage) {
        guard open.count <= Self.keptMessageBytes else { return }
        do throws(Inflate.Failure) {
            open.bytes = try inflate.message(open.bytes)
            open.count = open.bytes.count
            if forgets { inflate = Inflate(limit: Self.keptMessageBytes) }
            if open.isText, String(validating: open.bytes, as: UTF8.self) == nil { note(.invalidUTF8) }
        } catch {
            switch error {
            case .tooMuch: inflate = Inflate(limit: Self.keptMessageBytes)
            case .malformed: noteCode(Self.badCompression)
            }
        }
    }

    /// Code for a message that is marked as compressed and is not; no ``ParleyWebSocket/Violation`` says so.
    package static let badCompression = "WS_BAD_COMPRESSION"

    private mutating func note(_ violation: Violation) { noteCode(violation.code) }

    private mutating func noteCode(_ code: String) {
        if !violations.contains(code) { violations.append(code) }
    }
}
