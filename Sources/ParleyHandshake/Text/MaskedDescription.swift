// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// A type that holds secrets and shows none of them, whichever way it is printed.
///
/// `description`, `debugDescription` and the mirror (which `dump` and the description of an enclosing value
/// read) all come from one text, so that no way round it is left.
package protocol MaskedDescription: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// What may be shown of the value.
    var maskedDescription: String { get }
}

extension MaskedDescription {
    /// The masked text.
    package var description: String { maskedDescription }

    /// The masked text.
    package var debugDescription: String { maskedDescription }

    /// A mirror without children.
    package var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}
