// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import FoundationEssentials
internal import NIOCore
internal import ParleyDiagnosis
internal import ParleySettings

/// What the user's client does.
struct DoctorClientOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A client to try. May be given several times; without it all usual ones are tried. Known are "
                + ClientProfile.all.map(\.id).joined(separator: ", ") + ".",
            valueName: "client"
        )
    )
    var client: [String] = []

    @Option(help: "A subprotocol it offers. May be given several times, in its order.")
    var subprotocol: [String] = []

    @Option(help: ArgumentHelp("A field it sends. May be given several times.", valueName: "'Name: value'"))
    var header: [String] = []

    @Option(help: "Key that clients of the Realtime API present, each in its way; better in PARLEY_DOCTOR_KEY.")
    var key: String?

    @Option(help: "Origin it sends, as in https://app.example.com.")
    var origin: String?

    @Option(help: ArgumentHelp("Address of the page whose script opens the socket.", valueName: "url"))
    var page: String?

    @Option(help: ArgumentHelp("Text that it sends after opening.", valueName: "text"))
    var send: String?

    @Option(help: ArgumentHelp("Size of a message that it sends after opening.", valueName: "bytes"))
    var sendBytes: Int?

    func validate() throws {
        _ = try profiles()
        _ = try headers()
        if let sendBytes, !(1...Self.largestMessage).contains(sendBytes) {
            throw ValidationError("--send-bytes expects 1 to \(Self.largestMessage).")
        }
    }

    private static let largestMessage = 64 << 20

    func apply(to question: inout Question) throws {
        question.clients = try profiles()
        question.subprotocols = subprotocol.isEmpty ? nil : subprotocol
        question.headers = try headers()
        let key = key ?? ProcessInfo.processInfo.environment["PARLEY_DOCTOR_KEY"]
        question.key = key.flatMap { $0.isEmpty ? nil : $0 }
        question.origin = origin
        question.page = page
        question.sendText = send
        question.sendBytes = sendBytes
    }

    private func profiles() throws -> [String] {
        var ids: [String] = []
        for name in client {
            guard let profile = ClientProfile.named(name) else {
                let near = NearestNames.of(name, among: ClientProfile.all.map(\.id))
                throw ValidationError(
                    "--client: there is no '\(name)'. Did you mean \(near.joined(separator: ", "))? "
                        + "parley doctor --help lists all."
                )
            }
            if !ids.contains(profile.id) { ids.append(profile.id) }
        }
        return ids
    }

    /// The fields; what is wrong with one is said without repeating it, since it may hold a key.
    private func headers() throws -> [Header] {
        var headers: [Header] = []
        for (index, line) in header.enumerated() {
            let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            let name = parts[0].trimmingPrefix(while: \.isWhitespace)
            let isOneLine = !line.contains { $0.isNewline }
            guard parts.count == 2, !name.isEmpty, !name.contains(where: \.isWhitespace), isOneLine else {
                throw ValidationError(
                    "--header expects 'Name: value', as in 'Authorization: Bearer KEY'; number \(index + 1) is not so."
                )
            }
            headers.append(Header(String(name), String(parts[1].trimmingPrefix(while: \.isWhitespace))))
        }
        return headers
    }
}

/// How it gets to the server.
struct DoctorWayOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("Address to use for a name. May be given several times.", valueName: "name=address")
    )
    var resolve: [String] = []

    @Option(help: ArgumentHelp("HTTP proxy that the client is set to use.", valueName: "url"))
    var proxy: String?

    @Option(help: ArgumentHelp("PEM file of certificates to trust in place of the system's.", valueName: "file"))
    var ca: String?

    @Option(help: ArgumentHelp("Address that leads past the proxy in front, for comparison.", valueName: "url"))
    var direct: String?

    @Option(help: ArgumentHelp("The server software, when you know it: its fixes come first.", valueName: "name"))
    var server: ServerSoftware?

    func validate() throws {
        _ = try addresses()
        if let proxy, TargetAddress(proxy).hostPort == nil {
            throw ValidationError("--proxy expects an address, as in http://127.0.0.1:3128.")
        }
        if let direct, TargetAddress(direct).hostPort == nil {
            throw ValidationError("--direct expects an address, as in ws://127.0.0.1:9000/v1/realtime.")
        }
        if let ca, !FileManager.default.isReadableFile(atPath: ca) {
            throw ValidationError("--ca: cannot read '\(ca)'.")
        }
    }

    func apply(to question: inout Question) throws {
        question.resolve = try addresses()
        question.proxy = proxy
        question.directURL = direct
        question.server = server
    }

    private func addresses() throws -> [String: String] {
        var addresses: [String: String] = [:]
        for entry in resolve {
            let parts = entry.split(separator: "=", maxSplits: 1).map(String.init)
            let address = parts.last.map { $0.filter { !"[]".contains($0) } } ?? ""
            guard parts.count == 2, (try? SocketAddress(ipAddress: address, port: 0)) != nil else {
                throw ValidationError(
                    "--resolve expects NAME=ADDRESS, as in voice.example.com=127.0.0.1, not '\(entry)'."
                )
            }
            addresses[parts[0].lowercased()] = address
        }
        return addresses
    }
}

/// What it should come to, and for how long to look.
struct DoctorGoalOptions: ParsableArguments {
    @Option(help: "What must happen to call it working (default: session.created for Realtime addresses, else open).")
    var expect: Question.Expectation?

    @Option(help: ArgumentHelp("How long it must stay open when nobody sends anything.", valueName: "seconds"))
    var hold: Double?

    @Option(help: ArgumentHelp("The message you saw. Without an address, only that is looked at.", valueName: "text"))
    var error: String?

    @Option(help: ArgumentHelp("Longest time for one probe.", valueName: "seconds"))
    var timeout = Question(url: "").timeoutSeconds

    func validate() throws {
        guard timeout > 0, timeout <= 600 else {
            throw ValidationError("--timeout expects more than 0 and at most 600.")
        }
        if let hold, !(0...86_400).contains(hold) { throw ValidationError("--hold expects 0 to 86400.") }
        if let error, error.isEmpty { throw ValidationError("--error expects the message that you saw.") }
    }

    func apply(to question: inout Question) {
        question.expectation = expect
        question.holdSeconds = hold
        question.errorText = error
        question.timeoutSeconds = timeout
    }
}

extension ServerSoftware: ExpressibleByArgument {}
extension Question.Expectation: ExpressibleByArgument {}
extension Language: ExpressibleByArgument {}
