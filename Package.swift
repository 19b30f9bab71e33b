// swift-tools-version:6.2
import PackageDescription

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

func nio(_ name: String) -> Target.Dependency { .product(name: name, package: "swift-nio") }

/// A library target and the test target that goes with it; `fixtures` are folders of data beside the tests.
func module(
    _ name: String,
    _ dependencies: [Target.Dependency],
    tests: [Target.Dependency] = [],
    fixtures: [String] = []
) -> [Target] {
    [
        .target(name: name, dependencies: dependencies, swiftSettings: settings),
        .testTarget(
            name: "\(name)Tests",
            dependencies: [.target(name: name)] + dependencies + tests,
            exclude: fixtures,
            swiftSettings: settings
        ),
    ]
}

/// A program in `Examples`, written as users of the library write theirs.
func example(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .executableTarget(
        name: name,
        dependencies: ["ParleyClient", nio("NIOCore")] + dependencies,
        path: "Examples/\(name)",
        swiftSettings: [.swiftLanguageMode(.v6)]
    )
}

let package = Package(
    name: "parley",
    platforms: [.macOS(.v15), .iOS(.v18)],
    products: [
        .library(name: "ParleyClient", targets: ["ParleyClient"]),
        .library(name: "ParleyServer", targets: ["ParleyServer"]),
        .executable(name: "parley", targets: ["parley"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-asn1", from: "1.7.0"),
        .package(url: "https://github.com/apple/swift-certificates", from: "1.21.0"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0", traits: []),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.0", traits: []),
    ],
    targets: [
        [.target(name: "CParleyKernels"), .systemLibrary(name: "CEpoll"), .systemLibrary(name: "CZlib")],
        // Pure: they decide and do no I/O.
        module(
            "ParleyEvents",
            ["CParleyKernels", nio("NIOCore")],
            tests: ["ParleyTestSupport"],
            fixtures: ["Fixtures"]
        ),
        module(
            "ParleyWebSocket",
            [
                "CParleyKernels", "CZlib", nio("NIOCore"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
            ]
        ),
        module(
            "ParleyHandshake",
            [
                "ParleyEvents", "ParleyWebSocket", nio("NIOCore"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
            ]
        ),
        module("ParleyAudio", []),
        module("ParleySettings", []),
        module("ParleySession", ["ParleyEvents", "ParleyAudio", nio("NIOCore")], tests: ["ParleyTestSupport"]),
        module("ParleyDiagnosis", ["ParleyEvents", "ParleyWebSocket", "ParleyHandshake", nio("NIOCore")]),
        // Shells: they move bytes and decide nothing.
        module(
            "ParleyTransport",
            [
                "ParleyWebSocket", "ParleyHandshake", .target(name: "CEpoll", condition: .when(platforms: [.linux])),
                nio("NIOCore"), nio("NIOHTTP1"), nio("NIOPosix"), nio("NIOTLS"),
                .product(name: "HeapModule", package: "swift-collections"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "SwiftASN1", package: "swift-asn1"),
                .product(name: "X509", package: "swift-certificates"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
            ],
            tests: ["ParleyTestPeers", nio("NIOEmbedded")]
        ),
        module(
            "ParleyEngines",
            [
                "ParleySession", "ParleyEvents", "ParleyAudio", "ParleySettings",
                nio("NIOCore"), nio("NIOHTTP1"), nio("NIOPosix"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "Subprocess", package: "swift-subprocess"),
            ]
        ),
        module(
            "ParleyRelay",
            [
                "ParleyEvents", "ParleyHandshake", "ParleySession", "ParleyTransport", "ParleyWebSocket",
                nio("NIOCore"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
            ],
            tests: ["ParleyDiagnosis", "ParleyTestSupport"]
        ),
        module(
            "ParleyServer",
            [
                "ParleyEngines", "ParleyRelay", "ParleySession", "ParleyEvents", "ParleyHandshake", "ParleyTransport",
                "ParleyWebSocket", "ParleySettings",
                nio("NIOCore"), nio("NIOHTTP1"), nio("NIOPosix"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOExtras", package: "swift-nio-extras"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ]
        ),
        module(
            "ParleyClient",
            [
                "ParleyAudio", "ParleyEvents", "ParleyTransport", "ParleyWebSocket",
                nio("NIOCore"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
            ],
            tests: ["ParleyServer", "ParleyEngines", "ParleyDiagnosis", "ParleyTestPeers"]
        ),
        module(
            "ParleyConformance",
            [
                "ParleyEvents", "ParleyAudio", "ParleyTransport", "ParleyWebSocket",
                nio("NIOCore"), nio("NIOHTTP1"), nio("NIOPosix"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ]
        ),
        module(
            "ParleyDoctor",
            [
                "ParleyDiagnosis", "ParleyTransport", "ParleyHandshake", "ParleyWebSocket", "ParleyEvents",
                nio("NIOCore"), nio("NIOPosix"), nio("NIOTLS"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SwiftASN1", package: "swift-asn1"),
                .product(name: "X509", package: "swift-certificates"),
            ],
            tests: [nio("NIOEmbedded")]
        ),
        module(
            "ParleyBench",
            [
                "ParleyEvents", "ParleyAudio", "ParleyTransport", "ParleyWebSocket", nio("NIOCore"), nio("NIOPosix"),
                .product(name: "Logging", package: "swift-log"),
            ]
        ),
        [
            .testTarget(name: "ArchitectureTests", swiftSettings: settings),
            // What several test targets share.
            .target(
                name: "ParleyTestSupport",
                dependencies: ["ParleyEvents"],
                path: "Tests/ParleyTestSupport",
                swiftSettings: settings
            ),
            // Servers whose every byte a test writes.
            .target(
                name: "ParleyTestPeers",
                dependencies: [
                    "ParleyTransport", "ParleyWebSocket", nio("NIOCore"), nio("NIOPosix"),
                    .product(name: "NIOSSL", package: "swift-nio-ssl"),
                ],
                path: "Tests/ParleyTestPeers",
                swiftSettings: settings
            ),
            .testTarget(
                name: "ParleyEndToEndTests",
                dependencies: [
                    "ParleyServer", "ParleyRelay", "ParleyEngines", "ParleySession", "ParleyEvents", "ParleyAudio",
                    "ParleyHandshake",
                    "ParleyTransport", "ParleyWebSocket", "ParleyTestSupport", nio("NIOCore"),
                    .product(name: "HTTPTypes", package: "swift-http-types"),
                    .product(name: "Logging", package: "swift-log"),
                ],
                swiftSettings: settings
            ),
            // Programs that show how the client is used; built with the tests so that they stay right.
            example("TextChat"),
            example("VoiceAgent"),
            example("ServerBot", [.product(name: "Logging", package: "swift-log")]),
            .target(
                name: "ConversationView",
                dependencies: ["ParleyClient"],
                path: "Examples/ConversationView",
                swiftSettings: [.swiftLanguageMode(.v6)]
            ),
            .executableTarget(
                name: "parley",
                dependencies: [
                    "ParleyServer", "ParleyClient", "ParleyConformance", "ParleyDiagnosis", "ParleyDoctor",
                    "ParleyEngines", "ParleyEvents", "ParleyAudio", "ParleyHandshake", "ParleyRelay", "ParleyBench",
                    "ParleySession", "ParleySettings", "ParleyTransport", nio("NIOCore"), nio("NIOPosix"),
                    .product(name: "Subprocess", package: "swift-subprocess"),
                    .product(name: "ArgumentParser", package: "swift-argument-parser"),
                    .product(name: "HTTPTypes", package: "swift-http-types"),
                    .product(name: "Logging", package: "swift-log"),
                    .product(name: "UnixSignals", package: "swift-service-lifecycle"),
                ],
                swiftSettings: settings
            ),
        ],
    ]
    .flatMap { $0 }
)
