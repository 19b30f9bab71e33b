// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import FoundationEssentials
internal import Logging
internal import ParleyClient
internal import ParleyEvents

/// The command `parley talk`.
struct Talk: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Talk with a Realtime server, by typing or by voice.",
        discussion: """
            Typed lines are messages; with --input the words of a WAV file or of the microphone are. What the server \
            says is written to standard output, and with --output heard or kept as a WAV file. In a pipe every line of \
            standard input is a message, sent when the one before is answered, and nothing but answers is written.

            Microphone and loudspeaker need arecord and aplay (Debian: alsa-utils) or sox. The key is better given by \
            PARLEY_TALK_KEY than by --key, which other users of the machine can see.

            Ctrl-D or the end of standard input ends the talk when everything is answered, Ctrl-C at once.

            Exit codes: 0 every message was answered (with a microphone: at least one), 1 one was not, or a program \
            failed, 2 wrong usage, 3 no session could be had.

            Examples:
              parley talk
              echo 'What time is it?' | parley talk ws://127.0.0.1:8080
              parley talk --input question.wav --output answer.wav
              parley talk --input mic --output speaker --push-to-talk
            """
    )

    @Argument(help: "Address of the server, with or without the path /v1/realtime.")
    var url = "ws://127.0.0.1:8080"

    @Option(help: "Which dialect the server speaks.")
    var dialect = DialectChoice.ga

    @Option(help: "Model to ask for.")
    var model: String?

    @Option(help: "Key for the server; better in PARLEY_TALK_KEY.")
    var key: String?

    @Flag(help: "Offer key and dialect as subprotocols, as browsers do, instead of header fields.")
    var asBrowser = false

    @Option(help: ArgumentHelp("Who speaks: a WAV file, or 'mic'.", valueName: "file"))
    var input: String?

    @Option(help: ArgumentHelp("Where the voice goes: a WAV file, or 'speaker'.", valueName: "file"))
    var output: String?

    @Flag(help: "End a turn yourself (Enter, or the end of the file) instead of letting the server hear it.")
    var pushToTalk = false

    @Flag(help: "Send a WAV file as fast as the server takes it instead of at the pace of speech.")
    var fast = false

    @Option(help: "What the model is to be and do.")
    var instructions: String?

    @Option(help: "The voice to answer with.")
    var voice: String?

    @Option(help: ArgumentHelp("JSON file of functions the model may call.", valueName: "file"))
    var tools: String?

    @Flag(help: "Show every event on standard error, sound by its length.")
    var events = false

    @Option(help: ArgumentHelp("Write every event of both sides, one JSON object a line.", valueName: "file"))
    var record: String?

    @Flag(help: "Offer to compress messages (permessage-deflate).")
    var compression = false

    @Option(help: ArgumentHelp("How long the connection and one answer may take.", valueName: "seconds"))
    var timeout = 60.0

    @Option(help: ArgumentHelp("Proxy to go through (default: as HTTPS_PROXY and NO_PROXY say).", valueName: "url"))
    var proxy: String?

    @Option(help: ArgumentHelp("PEM file of certificates to trust besides those of the system.", valueName: "file"))
    var ca: String?

    @Flag(help: "Do not check the server's certificate.")
    var insecure = false

    enum DialectChoice: String, ExpressibleByArgument, CaseIterable {
        case ga, beta

        var dialect: Dialect { self == .ga ? .ga : .beta }
    }

    func validate() throws {
        guard timeout > 0, timeout <= 3600 else {
            throw ValidationError("--timeout expects more than 0 and at most 3600.")
        }
        guard !fast || (input != nil && input != "mic") else {
            throw ValidationError("--fast is for a file given by --input.")
        }
    }

    func run() async throws {
        let console = Console()
        let environment = ProcessInfo.processInfo.environment
        let client = RealtimeClient(
            configuration(environment),
            settings: settings,
            tools: try tools.map { try ToolFile.read($0) } ?? [],
            environment: environment,
            logger: Logger(label: "parley") { _ in SwiftLogNoOpLogHandler() }
        )
        let conversation = TalkConversation(
            client: client,
            console: console,
            voice: try input.map { try TalkInput($0, fast: fast) },
            loudspeaker: try output.map { try TalkOutput($0) },
            isPushToTalk: pushToTalk,
            showsEvents: events,
            recording: try record.map { try TalkRecording($0, dialect: dialect.dialect) },
            patience: .seconds(timeout),
            score: TalkScore(answersCalls: tools != nil)
        )
        // Who reads from here on also gets the beginning.
        let updates = await client.updates()
        do throws(RealtimeClientError) {
            try await client.connect()
        } catch {
            console.note("error: \(error)")
            if let cause = error.causeID {
                console.note("cause: \(cause); for the evidence and the fix run: parley doctor \(url)")
            }
            throw ExitCode(3)
        }
        let everyTurnWasAnswered = await conversation.run(updates)
        await client.disconnect()
        guard everyTurnWasAnswered else { throw ExitCode(1) }
    }

    private func configuration(_ environment: [String: String]) -> ClientConfiguration {
        var configuration = ClientConfiguration(url: url, model: model, dialect: dialect.dialect)
        if let key = key ?? environment["PARLEY_TALK_KEY"], !key.isEmpty { configuration.credential = .key(key) }
        configuration.carrier = asBrowser ? .subprotocols : .headers
        configuration.offersCompression = compression
        configuration.trustedCertificatesFile = ca
        configuration.verifiesCertificate = !insecure
        configuration.connectTimeout = .seconds(min(timeout, 15))
        if let proxy { configuration.proxy = .url(proxy) }
        return configuration
    }

    private var settings: SessionSettings {
        var settings = SessionSettings()
        settings.instructions = instructions
        settings.voice = voice
        // Who only types and reads wants no sound.
        if input == nil, output == nil { settings.outputModality = .text }
        if pushToTalk { settings.turnTaking = .manual }
        if input != nil { settings.transcription = InputTranscription(model: "whisper-1") }
        return settings
    }
}
