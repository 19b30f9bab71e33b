// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import Logging
internal import ParleyEvents

/// The parts of a pipeline by its settings: servers where there are any, what this machine offers elsewhere.
package struct PipelineParts: Sendable {
    /// What decides.
    package var model: any LanguageModel
    /// What listens.
    package var transcriber: (any Transcriber)?
    /// What speaks.
    package var synthesizer: any SpeechSynthesizer
    /// A row for each slot.
    package var summary: [LocalParts.Row]

    /// Asks the servers what they are and fills the slots.
    ///
    /// A server that does not answer keeps its slot: it may be started later. The table says so.
    ///
    /// - Throws: what ``LocalParts/detect(script:logger:)`` throws.
    package static func assemble(_ settings: PipelineSettings, logger: Logger) async throws -> PipelineParts {
        let local = try LocalParts.detect(logger: logger)
        async let model = find(.model, settings.model)
        async let transcriber = find(.transcriber, settings.transcriber)
        async let voice = find(.voice, settings.voice)
        var parts = PipelineParts(
            model: local.model,
            transcriber: local.transcriber,
            synthesizer: local.synthesizer,
            summary: []
        )
        let rows = Dictionary(local.summary.map { ($0.slot, $0) }, uniquingKeysWith: { first, _ in first })
        let (voiceFound, heardBy, answeredBy) = (await voice, await transcriber, await model)

        var row = voiceFound.row(.voice, rows["voice"])
        if let server = voiceFound.server {
            parts.synthesizer = HTTPSynthesizer(server.address, server.settings, voices: server.voices, name: row.using)
        }
        parts.summary.append(row)

        row = heardBy.row(.transcriber, rows["transcriber"])
        if let server = heardBy.server {
            parts.transcriber = HTTPTranscriber(server.address, server.settings, name: row.using)
        } else if answeredBy.server != nil {
            row.note = "knows a few phrases at most: for free speech give --stt URL, or type"
        }
        parts.summary.append(row)

        row = answeredBy.row(.model, rows["model"])
        if let server = answeredBy.server {
            parts.model = HTTPLanguageModel(server.address, server.settings, name: row.using)
        }
        parts.summary.append(row)
        return parts
    }

    private static func find(_ slot: BackendFailure.Slot, _ settings: BackendSettings?) async -> SlotFilling {
        guard let settings else { return .builtIn }
        return SlotFilling(await BackendFinder(slot: slot, settings: settings).find(), slot, settings)
    }
}

/// What fills one slot, and what the start-up table says of it.
struct SlotFilling: Sendable {
    /// A server and how it is asked.
    struct Server: Sendable {
        let address: BackendAddress
        let settings: BackendSettings
        let voices: [String]
    }

    /// A slot without settings.
    static let builtIn = SlotFilling()

    /// `nil` = the built-in part.
    private(set) var server: Server?
    private var software: String?
    private var note = ""
    private var isMissing = false

    private init() {}

    init(_ finding: BackendFinder.Finding, _ slot: BackendFailure.Slot, _ settings: BackendSettings) {
        var settings = settings
        switch finding {
        case .found(let address, let offer, let voices):
            settings.model = settings.model ?? offer.models.first
            software = offer.software
            if let model = settings.model, !offer.models.isEmpty, !offer.models.contains(model) {
                note = "it does not list that model; it has \(Self.list(offer.models))"
            } else if offer.models.count > 1 {
                note = "chosen by #MODEL; it also has \(Self.list(offer.models.filter { $0 != settings.model }))"
            }
            // Without being asked it sends whatever rate the model has.
            if slot == .voice, software == "speaches", settings.extra["sample_rate"] == nil {
                settings.extra["sample_rate"] = JSON(settings.sampleRate)
            }
            server = Server(address: address, settings: settings, voices: voices)
        case .silent(let address, let failure):
            note = "NOT THERE: \(failure.message) Start it; it is tried again for every answer."
            server = Server(address: address, settings: settings, voices: [])
        case .nothing(let ports):
            isMissing = true
            note = "auto found none on port \(ports.map(String.init).joined(separator: ", ")) of this machine"
        }
    }

    /// The slot's row; `local` is that of the built-in part.
    func row(_ slot: BackendFailure.Slot, _ local: LocalParts.Row?) -> LocalParts.Row {
        let name = slot == .model ? "model" : slot.rawValue
        guard let server else {
            var row = local ?? LocalParts.Row(slot: name, using: "none", note: "")
            if isMissing { row.note = [note, row.note].filter { !$0.isEmpty }.joined(separator: "; ") }
            return row
        }
        let what = [software, server.settings.model].compactMap(\.self).joined(separator: " ")
        return LocalParts.Row(
            slot: name,
            using: what.isEmpty ? server.address.origin : "\(what) at \(server.address.origin)",
            note: note
        )
    }

    private static func list(_ models: [String]) -> String {
        let shown = models.prefix(4).joined(separator: ", ")
        return models.count > 4 ? "\(shown) and \(models.count - 4) more" : shown
    }
}
