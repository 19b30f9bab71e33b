// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyEvents

extension SessionLimits {
    /// Refuses what would make a message of ours too large.
    ///
    /// - Parameters:
    ///   - path: The member of the client's event that asks for it.
    ///   - object: What the message would carry, without audio.
    ///   - audioBytes: Bytes of audio that it would carry beside, before base64.
    /// - Throws: `invalid_value` with both sizes.
    func checkMessage(_ path: String, _ object: JSONObject, audioBytes: Int = 0) throws(RealtimeError) {
        let bytes = object.text.utf8.count + (audioBytes + 2) / 3 * 4
        guard bytes > messageBytes else { return }
        throw .invalidValue(
            path,
            message: "Invalid '\(path)': it takes \(bytes) bytes as JSON. A message of this server carries at most "
                + "\(messageBytes), since common clients take none above 1 MiB."
        )
    }
}
