// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import Testing

/// What each target may import of the project and of the packages; nothing else (docs/architecture.md).
private let allowedImports: [String: Set<String>] = [
    "ParleyEvents": ["CParleyKernels", "NIOCore"],
    "ParleyWebSocket": ["CParleyKernels", "CZlib", "NIOCore", "HTTPTypes", "Crypto"],
    "ParleyHandshake": ["ParleyEvents", "ParleyWebSocket", "NIOCore", "HTTPTypes", "Crypto"],
    // Only the mathematics of the platform's C library.
    "ParleyAudio": ["Glibc", "Musl", "Darwin", "Android"],
    "ParleySettings": [],
    "ParleySession": ["ParleyEvents", "ParleyAudio", "NIOCore"],
    "ParleyDiagnosis": [
        "ParleyEvents", "ParleyWebSocket", "ParleyHandshake", "HTTPTypes", "NIOCore", "FoundationEssentials",
    ],
    "ParleyDoctor": [
        "ParleyDiagnosis", "ParleyTransport", "ParleyHandshake", "ParleyWebSocket", "ParleyEvents", "NIOCore",
        "NIOPosix", "NIOTLS", "NIOSSL", "HTTPTypes", "X509", "SwiftASN1", "Crypto", "Logging", "FoundationEssentials",
        "Synchronization", "Subprocess", "Glibc", "Musl", "Darwin",
    ],
    "ParleyTransport": [
        "ParleyWebSocket", "ParleyHandshake", "NIOCore", "NIOHTTP1", "NIOSSL", "HTTPTypes", "X509", "SwiftASN1",
        "Crypto", "Logging", "FoundationEssentials", "NIOPosix", "NIOTLS", "HeapModule", "Synchronization", "Dispatch",
        "CEpoll", "Glibc", "Musl", "Darwin",
    ],
    "ParleyClient": [
        "ParleyAudio", "ParleyEvents", "ParleyTransport", "ParleyWebSocket", "HTTPTypes", "Logging", "NIOCore",
        "FoundationEssentials",
    ],
    "ParleyConformance": [
        "ParleyEvents", "ParleyAudio", "ParleyTransport", "ParleyWebSocket", "HTTPTypes", "Logging", "NIOCore",
        "NIOHTTP1", "NIOPosix", "NIOSSL",
    ],
    "ParleyBench": [
        "ParleyEvents", "ParleyAudio", "ParleyTransport", "ParleyWebSocket", "Logging", "NIOCore", "NIOPosix",
        "FoundationEssentials", "Glibc", "Musl", "Darwin",
    ],
    "ParleyEngines": [
        "ParleySession", "ParleyEvents", "ParleyAudio", "ParleySettings", "NIOCore", "NIOHTTP1", "NIOPosix", "NIOSSL",
        "AsyncHTTPClient", "Logging", "Subprocess", "SystemPackage", "Synchronization", "FoundationEssentials", "Glibc",
        "Musl", "Darwin",
    ],
    "ParleyRelay": [
        "ParleyEvents", "ParleyHandshake", "ParleySession", "ParleyTransport", "ParleyWebSocket", "HTTPTypes",
        "Logging", "NIOCore",
    ],
    "ParleyServer": [
        "ParleyRelay", "ParleyEngines", "ParleySession", "ParleyEvents", "ParleyHandshake", "ParleyTransport",
        "ParleyWebSocket", "ParleySettings", "Hummingbird", "HummingbirdCore", "HTTPTypes", "Logging", "NIOCore",
        "NIOExtras", "NIOHTTP1", "NIOPosix",
        "NIOSSL", "NIOHTTPTypes", "NIOHTTPTypesHTTP1", "ServiceLifecycle", "UnixSignals", "Synchronization",
        "FoundationEssentials", "Glibc", "Musl", "Darwin",
    ],
    "parley": [
        "ParleyServer", "ParleyClient", "ParleyRelay", "ParleyConformance", "ParleyDiagnosis", "ParleyDoctor",
        "ParleyEngines", "ParleyEvents", "ParleyAudio", "ParleyBench", "ParleyHandshake", "ParleySession",
        "ParleySettings",
        "ParleyTransport",
        "ArgumentParser", "HTTPTypes", "Logging", "NIOCore", "NIOPosix", "Subprocess", "Synchronization",
        "UnixSignals", "FoundationEssentials", "Glibc", "Musl", "Darwin",
    ],
]

@Suite("Targets import only in the allowed directions")
struct ImportDirectionTests {
    @Test("Every import line names a module that the target may use")
    func importsAreAllowed() throws {
        let files = try SourceTree.files(in: "Sources")
        #expect(!files.isEmpty)
        for file in files {
            let target = SourceTree.target(of: file)
            let allowed = try #require(allowedImports[target], "\(target) has no entry in the table of this test")
            #expect(file.imports.subtracting(allowed) == [], "\(file) imports what \(target) may not")
        }
    }

    @Test("No shipped file imports Foundation, which would double the size of a static binary")
    func nothingImportsFoundation() throws {
        for file in try SourceTree.files(in: "Sources") {
            #expect(!file.imports.contains("Foundation"), "\(file) imports Foundation; use FoundationEssentials")
        }
    }

    @Test(
        "Pure targets use no event loop, no task and no clock",
        arguments: [
            "ParleyEvents", "ParleyWebSocket", "ParleyHandshake", "ParleyAudio", "ParleySession", "ParleyDiagnosis",
            "ParleyRelay/Machine", "ParleyRelay/Recording", "ParleySettings",
        ]
    )
    func pureTargetsArePure(target: String) throws {
        let forbidden = ["EventLoop", "Task {", "Task.detached", "ContinuousClock", ".now()", "Date()", ".random(in"]
        for file in try SourceTree.files(in: "Sources/\(target)") {
            for line in file.lines where !line.trimmingPrefix(while: { $0 == " " }).hasPrefix("//") {
                for word in forbidden {
                    #expect(!line.contains(word), "\(file): \(word) in a pure target")
                }
            }
        }
    }
}
