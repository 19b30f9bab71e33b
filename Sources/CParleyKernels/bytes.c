// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

#include "CParleyKernels.h"

#include <string.h>

size_t parley_find(const uint8_t *bytes, uint8_t byte, size_t count) {
    if (count == 0) return 0;
    const uint8_t *found = memchr(bytes, byte, count);
    return found ? (size_t)(found - bytes) : count;
}

bool parley_equal(const uint8_t *one, const uint8_t *other, size_t count) { return memcmp(one, other, count) == 0; }

// The offset of the first byte above 0x7F in a few bytes, or `count`.
static size_t ascii_rest(const uint8_t *bytes, size_t count) {
    size_t done = 0;
    for (; done + 8 <= count; done += 8) {
        uint64_t word;
        memcpy(&word, bytes + done, 8);
        if (word & 0x8080808080808080ull) break;
    }
    while (done < count && bytes[done] < 0x80) done++;
    return done;
}

// What is too short for vectors. The key, which holds its four bytes twice, meets every word in the same phase, so that
// the bytes after the last word begin with its first one.
static uint64_t mask_rest(uint8_t *to, const uint8_t *from, size_t count, uint64_t key) {
    uint64_t seen = 0;
    for (; count >= 8; count -= 8, from += 8, to += 8) {
        uint64_t word;
        memcpy(&word, from, 8);
        word ^= key;
        seen |= word;
        memcpy(to, &word, 8);
    }
    uint8_t bytes[8];
    memcpy(bytes, &key, 8);
    for (size_t i = 0; i < count; i++) seen |= to[i] = from[i] ^ bytes[i];
    return seen;
}

#if defined(__x86_64__)
#include <immintrin.h>

__attribute__((target("avx512f,avx512bw"))) static uint64_t mask_512(
    uint8_t *to, const uint8_t *from, size_t count, uint64_t key) {
    const __m512i keys = _mm512_set1_epi64((long long)key);
    __m512i seen = _mm512_setzero_si512();
    size_t done = 0;
    for (; done + 64 <= count; done += 64) {
        const __m512i plain = _mm512_xor_si512(_mm512_loadu_si512(from + done), keys);
        seen = _mm512_or_si512(seen, plain);
        _mm512_storeu_si512(to + done, plain);
    }
    if (done < count) {
        const __mmask64 rest = (1ull << (count - done)) - 1;
        const __m512i plain = _mm512_maskz_mov_epi8(
            rest, _mm512_xor_si512(_mm512_maskz_loadu_epi8(rest, from + done), keys));
        seen = _mm512_or_si512(seen, plain);
        _mm512_mask_storeu_epi8(to + done, rest, plain);
    }
    return _mm512_movepi8_mask(seen) ? 0x80 : 0;
}

__attribute__((target("avx2"))) static uint64_t mask_256(uint8_t *to, const uint8_t *from, size_t count, uint64_t key) {
    const __m256i keys = _mm256_set1_epi64x((long long)key);
    __m256i seen = _mm256_setzero_si256();
    size_t done = 0;
    for (; done + 32 <= count; done += 32) {
        const __m256i plain = _mm256_xor_si256(_mm256_loadu_si256((const __m256i *)(from + done)), keys);
        seen = _mm256_or_si256(seen, plain);
        _mm256_storeu_si256((__m256i *)(to + done), plain);
    }
    const uint64_t rest = mask_rest(to + done, from + done, count - done, key);
    return rest | (_mm256_movemask_epi8(seen) ? 0x80 : 0);
}

__attribute__((target("avx512f,avx512bw"))) static size_t ascii_512(const uint8_t *bytes, size_t count) {
    size_t done = 0;
    for (; done + 256 <= count; done += 256) {
        const __m512i *part = (const __m512i *)(bytes + done);
        const __m512i seen = _mm512_or_si512(
            _mm512_or_si512(_mm512_loadu_si512(part), _mm512_loadu_si512(part + 1)),
            _mm512_or_si512(_mm512_loadu_si512(part + 2), _mm512_loadu_si512(part + 3)));
        if (_mm512_movepi8_mask(seen)) break;
    }
    return done + ascii_rest(bytes + done, count - done);
}

__attribute__((target("avx2"))) static size_t ascii_256(const uint8_t *bytes, size_t count) {
    size_t done = 0;
    for (; done + 128 <= count; done += 128) {
        const __m256i *part = (const __m256i *)(bytes + done);
        const __m256i seen = _mm256_or_si256(
            _mm256_or_si256(_mm256_loadu_si256(part), _mm256_loadu_si256(part + 1)),
            _mm256_or_si256(_mm256_loadu_si256(part + 2), _mm256_loadu_si256(part + 3)));
        if (_mm256_movemask_epi8(seen)) break;
    }
    return done + ascii_rest(bytes + done, count - done);
}

unsigned parley_vector_bits(void) {
    if (__builtin_cpu_supports("avx512vbmi") && __builtin_cpu_supports("avx512bw")) return 512;
    return __builtin_cpu_supports("avx2") ? 256 : 0;
}

size_t parley_ascii(const uint8_t *bytes, size_t count, unsigned bits) {
    if (bits >= 512) return ascii_512(bytes, count);
    return bits >= 256 ? ascii_256(bytes, count) : ascii_rest(bytes, count);
}

static uint64_t mask_all(uint8_t *to, const uint8_t *from, size_t count, uint64_t key, unsigned bits) {
    if (bits >= 512) return mask_512(to, from, count, key);
    return bits >= 256 ? mask_256(to, from, count, key) : mask_rest(to, from, count, key);
}

#else

#if defined(__aarch64__)
unsigned parley_vector_bits(void) { return 128; }
#else
unsigned parley_vector_bits(void) { return 0; }
#endif

// Compilers make vectors of these.
size_t parley_ascii(const uint8_t *bytes, size_t count, unsigned bits) { return ascii_rest(bytes, count); }

static uint64_t mask_all(uint8_t *to, const uint8_t *from, size_t count, uint64_t key, unsigned bits) {
    return mask_rest(to, from, count, key);
}

#endif

bool parley_mask(uint8_t *to, const uint8_t *from, size_t count, const uint8_t key[4], unsigned bits) {
    uint8_t twice[8];
    memcpy(twice, key, 4);
    memcpy(twice + 4, key, 4);
    uint64_t word;
    memcpy(&word, twice, 8);
    return (mask_all(to, from, count, word, bits) & 0x8080808080808080ull) == 0;
}
