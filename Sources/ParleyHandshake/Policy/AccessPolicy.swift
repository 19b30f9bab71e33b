// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import Crypto

/// A key that opens the door, held as its SHA-256 so that no memory image, log or crash report contains it.
package struct AccessKey: Sendable, Equatable, MaskedDescription {
    private let digest: SHA256Digest
    /// What logs and quotas call the key.
    package let label: String?

    /// Nil for texts that clients send when they have no key: empty, `null`, `undefined`, `None`.
    package init?(_ text: String, label: String? = nil) {
        guard !Credential.isPlaceholder(text) else { return nil }
        self.digest = Self.digest(of: text)
        self.label = label
    }

    /// The label only.
    package var maskedDescription: String { "access key \(label ?? "without label")" }

    fileprivate func matches(_ candidate: SHA256Digest) -> Bool {
        // swift-crypto compares digests in constant time.
        digest == candidate
    }

    fileprivate static func digest(of text: String) -> SHA256Digest {
        SHA256.hash(data: Array(text.utf8))
    }
}

/// Who may open a session.
package enum AccessPolicy: Sendable, Equatable {
    /// Everybody, with any credential or none.
    case open
    /// Holders of one of these keys; an empty list lets nobody in.
    case keys([AccessKey])

    /// Whether a key has to be presented.
    package var demandsKey: Bool {
        switch self {
        case .open: false
        case .keys: true
        }
    }

    /// Tries credentials in order; the first that matches counts.
    ///
    /// Every key is compared with every credential, so that the time taken tells nothing about which ones agree.
    func verdict(on credentials: [Credential]) -> AccessVerdict {
        guard case .keys(let keys) = self else {
            return .granted(credentials.first.map { CredentialFound(source: $0.source, masked: $0.masked, label: nil) })
        }
        guard let first = credentials.first else { return .missing }
        var found: CredentialFound?
        for credential in credentials {
            let candidate = AccessKey.digest(of: credential.text)
            for key in keys where key.matches(candidate) {
                let match = CredentialFound(source: credential.source, masked: credential.masked, label: key.label)
                found = found ?? match
            }
        }
        return found.map { .granted($0) } ?? .incorrect(first)
    }
}

/// What became of the credentials.
enum AccessVerdict: Equatable {
    /// The one that counts; nil only when access is open and none was presented.
    case granted(CredentialFound?)
    case missing
    /// None matches; the first of them is the one to name.
    case incorrect(Credential)
}
