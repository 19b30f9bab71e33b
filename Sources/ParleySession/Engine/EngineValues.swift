// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore
internal import ParleyAudio
package import ParleyEvents

/// Everything an engine needs to produce one response: a snapshot, so that it needs nothing else of the session.
package struct ResponseRequest: Sendable, Equatable {
    /// The response's id (`resp_…`).
    package var id: String
    /// The model the client asked for.
    package var model: String
    /// System instructions, possibly empty.
    package var instructions: String
    /// What was said so far, oldest first; only what the user really heard of interrupted answers.
    package var context: [ContextItem]
    /// Function tools the model may call.
    package var tools: [ToolDefinition]
    /// How the model is to choose among `tools`.
    package var toolChoice: ToolChoice
    /// `true`: speech plus transcript, `false`: text.
    package var wantsAudio: Bool
    /// The voice's name as the client wrote it (`alloy`, `verse`, …).
    package var voice: String
    /// Speaking rate, 0.25 to 1.5, 1 = normal.
    package var speed: Double
    /// Most tokens the model may produce, tool calls included; `nil` = no limit.
    package var maxOutputTokens: Int?
    /// How freely the model chooses, 0.6 to 1.2; `nil` = as it likes.
    package var temperature: Double?
    /// How hard a reasoning model is to think (`minimal` … `xhigh`); `nil` = as it likes.
    package var reasoningEffort: String?
    /// Whether the model may call several tools at once; `nil` = as it likes.
    package var allowsParallelCalls: Bool?
    /// How long the user had been silent when turn detection ended his turn, in ms of his audio; `nil` = nobody has
    /// measured.
    package var silenceMS: Int?
    /// Whether the client wants to know where the time goes (``ResponseProgress/latency(_:)``).
    package var reportsLatency = false

    /// Makes a request.
    package init(
        id: String,
        model: String,
        instructions: String = "",
        context: [ContextItem],
        tools: [ToolDefinition] = [],
        toolChoice: ToolChoice = .auto,
        wantsAudio: Bool = true,
        voice: String = "alloy",
        speed: Double = 1,
        maxOutputTokens: Int? = nil,
        temperature: Double? = nil,
        reasoningEffort: String? = nil,
        allowsParallelCalls: Bool? = nil
    ) {
        self.id = id
        self.model = model
        self.instructions = instructions
        self.context = context
        self.tools = tools
        self.toolChoice = toolChoice
        self.wantsAudio = wantsAudio
        self.voice = voice
        self.speed = speed
        self.maxOutputTokens = maxOutputTokens
        self.temperature = temperature
        self.reasoningEffort = reasoningEffort
        self.allowsParallelCalls = allowsParallelCalls
    }
}

/// One entry of the conversation as a model sees it.
package enum ContextItem: Sendable, Equatable {
    /// Something said or written; `id` is the item's id (`item_…`).
    case message(id: String, role: Item.Role, parts: [ContextPart])
    /// A function the model called; `arguments` is JSON text.
    case functionCall(callID: String, name: String, arguments: String)
    /// What the client's function returned, free text.
    case functionOutput(callID: String, output: String)
}

/// A part of a message as a model sees it.
package enum ContextPart: Sendable, Equatable {
    /// Text, or the transcript of what the assistant said.
    case text(String)
    /// A recording of the user, with its transcript once there is one.
    case audio(Recording, transcript: String?)
    /// A picture of the user; `detail` is `auto`, `low`, `high` or not given.
    ///
    /// At most ``SessionLimits/messageBytes`` as base64, as the item it came with.
    case picture(Picture, detail: String?)
}

/// Recorded sound, mono.
///
/// Cheap to copy: bytes are shared and become samples only when asked for.
package struct Recording: Sendable, Equatable {
    private enum Storage: Sendable, Equatable {
        case samples([Int16], sampleRate: Int)
        case bytes(ByteBuffer, AudioFormat, noiseReduction: Double?)
    }

    private let storage: Storage

    /// A recording of signed 16-bit mono samples at `sampleRate` Hz.
    package init(samples: [Int16], sampleRate: Int) {
        storage = .samples(samples, sampleRate: sampleRate)
    }

    /// A recording as the client sent it; with noise reduction of a strength up to 1 it is heard without what lies
    /// below 150 Hz.
    package init(_ bytes: ByteBuffer, format: AudioFormat, noiseReduction: Double? = nil) {
        storage = .bytes(bytes, format, noiseReduction: noiseReduction)
    }

    /// Signed 16-bit mono samples at ``sampleRate``.
    package var samples: [Int16] {
        switch storage {
        case .samples(let samples, _): return samples
        case .bytes(let bytes, let format, let noiseReduction):
            var samples = bytes.withUnsafeReadableBytes { format.encoding.samples(from: $0) }
            if let noiseReduction {
                var filter = HighPass(sampleRate: format.sampleRate, strength: noiseReduction)
                filter.process(&samples)
            }
            return samples
        }
    }

    /// Samples per second (24 000 for PCM sessions, 8 000 for G.711 ones).
    package var sampleRate: Int {
        switch storage {
        case .samples(_, let sampleRate): sampleRate
        case .bytes(_, let format, _): format.sampleRate
        }
    }

    /// Length in milliseconds.
    package var durationMS: Int {
        switch storage {
        case .samples(let samples, let sampleRate): sampleRate > 0 ? samples.count * 1000 / sampleRate : 0
        case .bytes(let bytes, let format, _): bytes.readableBytes / format.bytesPerMillisecond
        }
    }
}

/// A function tool.
package struct ToolDefinition: Sendable, Equatable {
    /// The function's name.
    package var name: String
    /// What it does, for the model.
    package var description: String?
    /// JSON Schema of its arguments.
    package var parameters: JSON?

    /// Makes a tool.
    package init(name: String, description: String? = nil, parameters: JSON? = nil) {
        self.name = name
        self.description = description
        self.parameters = parameters
    }
}

/// A piece of a response, in the order in which the client is to get it.
package enum ResponseProgress: Sendable, Equatable {
    /// More text of the current message (responses without audio).
    case text(String)
    /// The words of the audio that follows, usually one sentence; sent before that audio.
    case transcript(String)
    /// Speech: signed 16-bit mono samples at 24 000 Hz, any length.
    case audio([Int16])
    /// A function call; `index` tells parallel calls of one response apart, from 0.
    case toolCall(index: Int, ToolCallProgress)
    /// Where the time went; only if it was asked for, and last but for the end.
    case latency(ResponseLatency)
    /// The response is over. Nothing follows.
    case finished(FinishReason, usage: TokenUsage?)
    /// The response failed. Nothing follows; the session lives on.
    case failed(EngineFailure)
}

/// Progress of one function call.
package enum ToolCallProgress: Sendable, Equatable {
    /// The model calls `name`; `callID` as the model's server named the call, if it did.
    case started(callID: String?, name: String)
    /// More JSON text of the arguments.
    case arguments(String)
    /// The arguments are complete.
    case finished
}

/// Why a response ended by itself.
package enum FinishReason: Sendable, Equatable, CaseIterable {
    case completed, maxOutputTokens, contentFilter
}

/// Tokens of one response as the model counted them.
package struct TokenUsage: Sendable, Equatable {
    /// Tokens of the prompt.
    package var input: Int
    /// Tokens of the prompt that came from a cache.
    package var cachedInput: Int
    /// Tokens produced.
    package var output: Int

    /// Makes a count.
    package init(input: Int, cachedInput: Int = 0, output: Int) {
        self.input = input
        self.cachedInput = cachedInput
        self.output = output
    }
}

/// Why an engine could not do what it was asked.
package struct EngineFailure: Error, Sendable, Equatable {
    /// The protocol's error type, usually `server_error`.
    package var type: String
    /// A stable code, or `nil`.
    package var code: String?
    /// What happened, where, and what to do; holds no secrets.
    package var message: String

    /// Makes a failure.
    package init(type: String = "server_error", code: String? = nil, message: String) {
        self.type = type
        self.code = code
        self.message = message
    }
}

/// What is to be transcribed.
package struct TranscriptionRequest: Sendable, Equatable {
    /// The user item the recording belongs to.
    package var itemID: String
    /// What was spoken.
    package var recording: Recording
    /// The transcription model the client asked for.
    package var model: String?
    /// ISO 639-1 language, if the client told.
    package var language: String?
    /// A hint for the recogniser.
    package var prompt: String?

    /// Makes a request.
    package init(
        itemID: String,
        recording: Recording,
        model: String? = nil,
        language: String? = nil,
        prompt: String? = nil
    ) {
        self.itemID = itemID
        self.recording = recording
        self.model = model
        self.language = language
        self.prompt = prompt
    }
}

/// Progress of a transcription.
package enum TranscriptionProgress: Sendable, Equatable {
    /// More text, and how sure the recogniser is of each token if it can tell.
    case delta(String, logProbabilities: [TokenLogProbability]? = nil)
    /// The whole text, possibly empty. Nothing follows.
    ///
    /// `usage` is what it took; `nil` = the length of the recording.
    case completed(String, logProbabilities: [TokenLogProbability]? = nil, usage: TranscriptionUsage? = nil)
    /// Nothing follows; the session lives on.
    case failed(EngineFailure)
}
