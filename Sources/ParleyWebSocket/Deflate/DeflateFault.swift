// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// What is wrong with an offer of `permessage-deflate`, or with the answer to one (RFC 7692 section 7.1).
package enum DeflateFault: Error, Sendable, Equatable {
    /// Not written as an extension with parameters.
    case malformed(String)
    case unknownParameter(String)
    case repeatedParameter(String)
    /// A parameter whose value is missing, needless or none of those allowed.
    case invalidValue(parameter: String, value: String?)
    /// A window of 8 bits for what zlib is to compress, which it does with 9 at least.
    case windowTooSmall
    /// An answer that accepts the extension more than once.
    case acceptedTwice
    /// An answer with a parameter that only an offer of it allows.
    case unasked(parameter: String)
    /// An answer without a parameter that the client demanded, or with a wider window.
    case demandNotMet(parameter: String)
}

extension DeflateFault: CustomStringConvertible {
    /// A sentence without its full stop.
    package var description: String {
        switch self {
        case .malformed(let text): "'\(text)' is not an extension with parameters"
        case .unknownParameter(let name): "permessage-deflate has no parameter '\(name)'"
        case .repeatedParameter(let name): "'\(name)' stands there twice"
        case .invalidValue(let name, nil): "'\(name)' lacks its value"
        case .invalidValue(let name, let value?): "'\(name)' cannot have the value '\(value)'"
        case .windowTooSmall: "a window of 8 bits is too small for zlib"
        case .acceptedTwice: "permessage-deflate is accepted twice"
        case .unasked(let name): "'\(name)' stands there although it was not offered"
        case .demandNotMet(let name): "'\(name)' was demanded and is not granted"
        }
    }
}
