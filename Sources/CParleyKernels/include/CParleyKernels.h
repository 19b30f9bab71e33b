// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

// The few loops that need vector instructions of the processor at hand.
//
// All of them stay within the bounds given and need no set-up. `bits` is how wide the vectors are that they use, at most
// what `parley_vector_bits` says; tests hold every width against plain Swift.

#ifndef CPARLEY_KERNELS_H
#define CPARLEY_KERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// How wide the widest vectors are that this processor has and the kernels use: 512, 256, 128 or 0 bits.
unsigned parley_vector_bits(void);

/// Decodes whole groups of four characters of standard base64 (RFC 4648 section 4) without padding.
///
/// - count: characters at `from`, a multiple of 4; `to` has room for count / 4 * 3 bytes and lies apart from `from`.
/// - Returns: how many characters were decoded, a multiple of 4: fewer than `count` if the vector unit has no use for
///   the rest, or if a character outside the alphabet comes in one of the next 64 characters.
size_t parley_base64_decode(uint8_t *to, const uint8_t *from, size_t count, unsigned bits);

/// Encodes whole groups of three bytes.
///
/// - count: bytes at `from`, a multiple of 3; `to` has room for count / 3 * 4 bytes and lies apart from `from`.
/// - Returns: how many bytes were encoded, a multiple of 3; the rest is left to the caller.
size_t parley_base64_encode(uint8_t *to, const uint8_t *from, size_t count, unsigned bits);

/// The offset of the first `byte` in `count` bytes, or `count`.
size_t parley_find(const uint8_t *bytes, uint8_t byte, size_t count);

/// Whether two pieces of `count` bytes, at least one, are the same.
bool parley_equal(const uint8_t *one, const uint8_t *other, size_t count);

/// The offset of the first byte above 0x7F in `count` bytes, or `count`.
size_t parley_ascii(const uint8_t *bytes, size_t count, unsigned bits);

/// XORs bytes with a key of four (RFC 6455 section 5.3), its first byte meeting the first byte at `from`.
///
/// - count: bytes to read at `from` and to write at `to`: the same memory, or memory that does not overlap.
/// - Returns: whether all results are ASCII.
bool parley_mask(uint8_t *to, const uint8_t *from, size_t count, const uint8_t key[4], unsigned bits);

#endif
