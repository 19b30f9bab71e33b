// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

// The few loops that need vector instructions of the processor at hand.
//
// All of them take whole groups, stay within the bounds given and need no set-up. What each does is held against a
// plain Swift implementation by ParleyEventsTests.

#ifndef CPARLEY_KERNELS_H
#define CPARLEY_KERNELS_H

#include <stddef.h>
#include <stdint.h>

/// Decodes whole groups of four characters of standard base64 (RFC 4648 section 4) without padding.
///
/// - count: characters at `from`, a multiple of 4; `to` has room for count / 4 * 3 bytes and lies apart from `from`.
/// - Returns: how many characters were decoded, a multiple of 4: fewer than `count` if the vector unit has no use for
///   the rest, or if a character outside the alphabet comes in one of the next 64 characters.
size_t parley_base64_decode(uint8_t *to, const uint8_t *from, size_t count);

/// Encodes whole groups of three bytes.
///
/// - count: bytes at `from`, a multiple of 3; `to` has room for count / 3 * 4 bytes and lies apart from `from`.
/// - Returns: how many bytes were encoded, a multiple of 3; the rest is left to the caller.
size_t parley_base64_encode(uint8_t *to, const uint8_t *from, size_t count);

/// The offset of the first `byte` in `count` bytes, or `count`.
size_t parley_find(const uint8_t *bytes, uint8_t byte, size_t count);

#endif
