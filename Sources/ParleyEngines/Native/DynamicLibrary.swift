// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// A C library found at run time, so that none is needed to build or to start; it is never unloaded.
struct DynamicLibrary: Sendable {
    /// Why a library cannot be used.
    struct Failure: Error, CustomStringConvertible {
        /// The loader's words.
        let description: String
    }

    private let handle: UInt

    /// Loads a library by its file name (`libflite.so.1`) from where the system looks for libraries.
    init(_ fileName: String) throws(Failure) {
        guard let handle = dlopen(fileName, RTLD_NOW | RTLD_GLOBAL) else {
            throw Failure(description: dlerror().map { String(cString: $0) } ?? "cannot load \(fileName)")
        }
        self.handle = UInt(bitPattern: handle)
    }

    /// The function of that name.
    ///
    /// The type, `@convention(c)`, is inferred; that it is right cannot be checked.
    func function<Function>(_ name: String) throws(Failure) -> Function {
        guard let address = dlsym(UnsafeMutableRawPointer(bitPattern: handle), name) else {
            throw Failure(description: dlerror().map { String(cString: $0) } ?? "no function \(name)")
        }
        return unsafeBitCast(address, to: Function.self)
    }
}
