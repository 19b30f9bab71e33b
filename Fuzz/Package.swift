// swift-tools-version:6.2
import PackageDescription

// Coverage and address checks go into our own code only, and nothing of this is in the graph of the product. The
// targets are built a second time, from the same files by a link to their folder, because what they declare `package`
// can be used only by targets of the same package.
let sanitize = ["-sanitize=fuzzer,address"]
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .unsafeFlags(sanitize + ["-enable-testing"]),
]

func module(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, path: "Parley/\(name)", swiftSettings: settings)
}

let core: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let http: Target.Dependency = .product(name: "HTTPTypes", package: "swift-http-types")

let package = Package(
    name: "parley-fuzz",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(url: "https://github.com/apple/swift-asn1", from: "1.7.0"),
        .package(url: "https://github.com/apple/swift-certificates", from: "1.21.0"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
    ],
    targets: [
        .target(name: "CParleyKernels", path: "Parley/CParleyKernels"),
        module("ParleyEvents", ["CParleyKernels", core]),
        .systemLibrary(name: "CEpoll", path: "Parley/CEpoll"),
        .systemLibrary(name: "CZlib", path: "Parley/CZlib"),
        module("ParleyWebSocket", ["CParleyKernels", "CZlib", core, crypto, http]),
        module("ParleyHandshake", ["ParleyEvents", "ParleyWebSocket", crypto, http]),
        module("ParleyAudio", []),
        module("ParleySession", ["ParleyEvents", "ParleyAudio", core]),
        module(
            "ParleyTransport",
            [
                "ParleyWebSocket", "ParleyHandshake", .target(name: "CEpoll", condition: .when(platforms: [.linux])),
                core, crypto, http,
                .product(name: "HeapModule", package: "swift-collections"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOTLS", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "SwiftASN1", package: "swift-asn1"),
                .product(name: "X509", package: "swift-certificates"),
                .product(name: "Logging", package: "swift-log"),
            ]
        ),
        module("ParleyDiagnosis", ["ParleyEvents", "ParleyWebSocket", "ParleyHandshake", core, http]),
        .target(
            name: "ParleyDoctor",
            dependencies: [
                "ParleyDiagnosis", crypto, .product(name: "SwiftASN1", package: "swift-asn1"),
                .product(name: "X509", package: "swift-certificates"),
            ],
            path: "Parley/ParleyDoctor",
            sources: ["Certificates/ReadCertificate.swift", "Network/HostAddress.swift"],
            swiftSettings: settings
        ),
        .target(
            name: "ParleyEngines",
            dependencies: ["ParleySession", "ParleyEvents", "ParleyAudio", core],
            path: "Parley/ParleyEngines",
            sources: ["Backends/Wire", "Slots/LanguageModel.swift"],
            swiftSettings: settings
        ),
        .systemLibrary(name: "LibFuzzer"),
        .executableTarget(
            name: "fuzz",
            dependencies: [
                "LibFuzzer", "ParleyEvents", "ParleyWebSocket", "ParleyHandshake", "ParleySession",
                "ParleyTransport", "ParleyDiagnosis", "ParleyDoctor", "ParleyEngines", core, http,
            ],
            swiftSettings: settings,
            linkerSettings: [
                .unsafeFlags(sanitize), .unsafeFlags(["-use-ld=lld"], .when(platforms: [.linux])),
            ]
        ),
    ]
)
