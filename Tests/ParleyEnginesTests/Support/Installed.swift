// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import Foundation

@testable import ParleyEngines

/// What tests need of this machine.
///
/// In continuous integration everything has to be installed, so that nothing is
/// skipped there without anybody noticing.
enum Installed {
    static let espeak = isRequired || FileProbe.program("espeak-ng") != nil
    static let flite = isRequired || (try? DynamicLibrary("libflite_cmu_us_slt.so.1")) != nil
    static let pocketsphinx =
        isRequired
        || (try? DynamicLibrary("libpocketsphinx.so.3")) != nil && FileProbe.exists(PocketsphinxDecoder.modelDirectory)

    private static let isRequired = ProcessInfo.processInfo.environment["CI"] == "true"
}

/// The child processes of this one that run or are not reaped yet, by their ids, with their states (`Z` = zombie) and
/// names.
func childProcesses() -> [Int: (state: Character, name: String)] {
    var children: [Int: (state: Character, name: String)] = [:]
    for entry in (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? [] {
        // Id, name in parentheses, state, parent's id.
        guard let id = Int(entry), let stat = try? String(contentsOfFile: "/proc/\(id)/stat", encoding: .utf8),
            let open = stat.firstIndex(of: "("), let close = stat.lastIndex(of: ")")
        else { continue }
        let fields = stat[stat.index(after: close)...].split(separator: " ")
        guard fields.count > 1, Int(fields[1]) == Int(getpid()), let state = fields[0].first else { continue }
        children[id] = (state, String(stat[stat.index(after: open)..<close]))
    }
    return children
}

/// The loudest of some samples.
func peak(_ samples: [Int16]) -> Int { samples.map { abs(Int($0)) }.max() ?? 0 }
