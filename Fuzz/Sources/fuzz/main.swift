// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import LibFuzzer

// usage: fuzz TARGET [libFuzzer's options, corpus folders or inputs]
guard FuzzTarget.chosen != nil else {
    complain("usage: fuzz TARGET [options] [CORPUS | INPUT]…; targets: \(FuzzTarget.names)")
    exit(2)
}
var count = CommandLine.argc - 1
// libFuzzer takes the target's name for the program's.
var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv + 1
exit(
    LLVMFuzzerRunDriver(&count, &arguments) { bytes, size in
        FuzzTarget.chosen?.run(Input(UnsafeBufferPointer(start: bytes, count: size)))
        return 0
    }
)
