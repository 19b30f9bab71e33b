// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import ParleyBench
internal import ParleyEvents

/// The hidden command `parley kernels`, for `make bench`.
struct Kernels: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure the steps of an audio message without a network; JSON, nanoseconds each.",
        shouldDisplay: false
    )

    @Option(help: "Audio in a message, in ms.")
    var chunkMs = 100

    func run() {
        let results = KernelBench(chunkMilliseconds: max(1, min(chunkMs, 10_000))).run()
        let object = JSONObject(results.map { ($0.name, JSON($0.nanoseconds.rounded())) })
        Console().output(object.text + "\n")
    }
}
