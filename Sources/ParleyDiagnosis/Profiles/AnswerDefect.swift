// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// Ways in which an answer to the handshake, or what follows it, is not what RFC 6455 and the clients' own rules ask.
///
/// Clients differ in which of them they put up with (``ClientProfile/tolerates``).
package enum AnswerDefect: String, Codable, Sendable, CaseIterable {
    // The answer's form
    /// `HTTP/1.0 101`
    case http10 = "http_1.0"
    /// Lines that end in LF
    case bareLF = "bare_lf"
    /// `HTTP/1.1 101` and nothing behind it
    case missingReason = "missing_reason"
    /// The head is no HTTP, or a field line is malformed
    case malformedHead = "malformed_head"
    case missingUpgrade = "missing_upgrade"
    case otherUpgrade = "other_upgrade"
    case missingConnection = "missing_connection"
    /// `Connection` without `upgrade` in it
    case otherConnection = "other_connection"
    /// `Connection: keep-alive, Upgrade`: right, and yet too much for some
    case connectionList = "connection_list"
    case missingAccept = "missing_accept"
    case wrongAccept = "wrong_accept"
    /// Right but for the case of its letters
    case acceptCase = "accept_case"
    /// Two `Sec-WebSocket-Accept` lines
    case repeatedAccept = "repeated_accept"
    /// `Content-Length` above 0 in the 101
    case bodyAnnounced = "body_announced"
    /// `Transfer-Encoding: chunked` in the 101
    case chunked
    // Subprotocol
    /// Offered and not acknowledged
    case subprotocolMissing = "subprotocol_missing"
    /// Selected though none was offered
    case subprotocolUnoffered = "subprotocol_unoffered"
    /// Another than was offered
    case subprotocolOther = "subprotocol_other"
    /// Offered, but spelled in another case
    case subprotocolCase = "subprotocol_case"
    /// Several in one field
    case subprotocolList = "subprotocol_list"
    /// Several fields
    case subprotocolRepeated = "subprotocol_repeated"
    /// A field without a value
    case subprotocolEmpty = "subprotocol_empty"
    /// In quotation marks
    case subprotocolQuoted = "subprotocol_quoted"
    /// White space round the value beyond one blank
    case subprotocolSpaces = "subprotocol_spaces"
    // Extensions
    /// Accepted though not offered, which its name in another case is too
    case extensionUnoffered = "extension_unoffered"
    /// permessage-deflate with context takeover accepted though it was not offered; comes with ``extensionUnoffered``
    case deflateUnoffered = "deflate_unoffered"
    /// A field without a value
    case extensionEmpty = "extension_empty"
    /// Parameters of permessage-deflate that are invalid (RFC 7692 section 7.1)
    case extensionParameters = "extension_parameters"
    /// `client_max_window_bits` though it was not offered (RFC 7692 section 7.1.2.2)
    case extensionParameterUnoffered = "extension_parameter_unoffered"
    /// `client_max_window_bits=8`: right, and yet more than some can do
    case smallClientWindow = "small_client_window"
    /// permessage-deflate accepted twice
    case extensionRepeated = "extension_repeated"
    // Frames
    case maskedFrames = "masked_frames"
    case reservedBits = "reserved_bits"
    case reservedOpcode = "reserved_opcode"
    case strayContinuation = "stray_continuation"
    case longControlFrame = "long_control_frame"
    case fragmentedControlFrame = "fragmented_control_frame"
    /// A length that is not in its shortest form, or has its top bit set
    case badLength = "bad_length"
    case invalidUTF8 = "invalid_utf8"
    case invalidCloseCode = "invalid_close_code"
    case invalidCloseReason = "invalid_close_reason"
    /// Compression was agreed on, and uncompressed bytes come marked as compressed, or the reverse
    case badCompression = "bad_compression"
    /// What follows the 101 is readable text, not frames
    case textForFrames = "text_for_frames"
}
