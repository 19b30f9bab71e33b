// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

// Base64 by vectors, after the published method of W. Muła and D. Lemire ("Faster Base64 Encoding and Decoding Using
// AVX2 Instructions", 2018; "Base64 encoding and decoding at almost the speed of a memory copy", 2020): the alphabet
// is a table lookup inside a register, and multiplications move the bits of a group together.

#include "CParleyKernels.h"

#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>

#define VBMI __attribute__((target("avx512f,avx512bw,avx512vl,avx512vbmi")))
#define AVX2 __attribute__((target("avx2")))

static const char alphabet[64] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

// The values of the 128 ASCII characters; the top bit marks those outside the alphabet.
static const uint8_t values[128] = {
#define NO16 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80
    NO16, NO16,
    0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 62, 0x80, 0x80, 0x80, 63,
    52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80,
    0x80, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14,
    15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 0x80, 0x80, 0x80, 0x80, 0x80,
    0x80, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40,
    41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 0x80, 0x80, 0x80, 0x80, 0x80,
};

#define EACH_OF_16(GROUP)                                                                        \
    GROUP(0), GROUP(1), GROUP(2), GROUP(3), GROUP(4), GROUP(5), GROUP(6), GROUP(7), GROUP(8),    \
        GROUP(9), GROUP(10), GROUP(11), GROUP(12), GROUP(13), GROUP(14), GROUP(15)

// Bytes 2, 1, 0 of each group of four are the three bytes of the result.
static const uint8_t packing_order[64] = {
#define PACK(i) 4 * i + 2, 4 * i + 1, 4 * i
    EACH_OF_16(PACK)};

// Each group of three bytes a, b, c becomes b, a, c, b: all four fields of six bits then lie within one shift.
static const uint8_t spreading_order[64] = {
#define SPREAD(i) 3 * i + 1, 3 * i, 3 * i + 2, 3 * i + 1
    EACH_OF_16(SPREAD)};

VBMI static size_t decode_vbmi(uint8_t *to, const uint8_t *from, size_t count) {
    const __m512i low = _mm512_loadu_si512(values), high = _mm512_loadu_si512(values + 64);
    const __m512i packing = _mm512_loadu_si512(packing_order);
    size_t done = 0;
    while (done < count) {
        const size_t left = count - done;
        // What is read in place of characters that are not there is valid.
        const __m512i text = left >= 64 ? _mm512_loadu_si512(from + done)
                                        : _mm512_mask_loadu_epi8(_mm512_set1_epi8('A'), (1ull << left) - 1, from + done);
        const __m512i six = _mm512_permutex2var_epi8(low, text, high);
        if (_mm512_movepi8_mask(_mm512_or_si512(six, text))) return done;
        const __m512i twelve = _mm512_maddubs_epi16(six, _mm512_set1_epi32(0x01400140));
        const __m512i all = _mm512_madd_epi16(twelve, _mm512_set1_epi32(0x00011000));
        const size_t taken = left >= 64 ? 64 : left;
        _mm512_mask_storeu_epi8(to, (1ull << taken / 4 * 3) - 1, _mm512_permutexvar_epi8(packing, all));
        done += taken;
        to += 48;
    }
    return done;
}

VBMI static size_t encode_vbmi(uint8_t *to, const uint8_t *from, size_t count) {
    const __m512i table = _mm512_loadu_si512(alphabet);
    const __m512i spreading = _mm512_loadu_si512(spreading_order);
    const __m512i shifts = _mm512_set1_epi64(0x3036242A1016040All);
    for (size_t done = 0; done < count; done += 48, to += 64) {
        const size_t taken = count - done >= 48 ? 48 : count - done;
        const __m512i bytes = _mm512_maskz_loadu_epi8((1ull << taken) - 1, from + done);
        const __m512i spread = _mm512_permutexvar_epi8(spreading, bytes);
        const __m512i six = _mm512_multishift_epi64_epi8(shifts, spread);
        const __m512i text = _mm512_permutexvar_epi8(six, table);
        if (taken == 48) _mm512_storeu_si512(to, text);
        else _mm512_mask_storeu_epi8(to, (1ull << taken / 3 * 4) - 1, text);
    }
    return count;
}

AVX2 static size_t decode_avx2(uint8_t *to, const uint8_t *from, size_t count) {
    // A character is outside the alphabet if the bits of its two halves have one in common.
    const __m256i low_bits = _mm256_setr_epi8(
        0x15, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x13, 0x1A, 0x1B, 0x1B, 0x1B, 0x1A,
        0x15, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x13, 0x1A, 0x1B, 0x1B, 0x1B, 0x1A);
    const __m256i high_bits = _mm256_setr_epi8(
        0x10, 0x10, 0x01, 0x02, 0x04, 0x08, 0x04, 0x08, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10,
        0x10, 0x10, 0x01, 0x02, 0x04, 0x08, 0x04, 0x08, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10);
    // What is to be added to a character, by its upper half.
    const __m256i offsets = _mm256_setr_epi8(
        0, 16, 19, 4, -65, -65, -71, -71, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 16, 19, 4, -65, -65, -71, -71, 0, 0, 0, 0, 0, 0, 0, 0);
    const __m256i packing = _mm256_setr_epi8(
        2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1,
        2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1);
    const __m256i joining = _mm256_setr_epi32(0, 1, 2, 4, 5, 6, 7, 7);
    const __m256i slash = _mm256_set1_epi8(0x2F);
    size_t done = 0;
    // 32 bytes are stored for 24: the last store must have 12 more characters behind it.
    for (; done + 44 <= count; done += 32, to += 24) {
        const __m256i text = _mm256_loadu_si256((const __m256i *)(from + done));
        const __m256i upper = _mm256_and_si256(_mm256_srli_epi32(text, 4), slash);
        const __m256i lower = _mm256_and_si256(text, slash);
        if (!_mm256_testz_si256(_mm256_shuffle_epi8(low_bits, lower), _mm256_shuffle_epi8(high_bits, upper))) return done;
        const __m256i is_slash = _mm256_cmpeq_epi8(text, slash);
        const __m256i six = _mm256_add_epi8(text, _mm256_shuffle_epi8(offsets, _mm256_add_epi8(is_slash, upper)));
        const __m256i twelve = _mm256_maddubs_epi16(six, _mm256_set1_epi32(0x01400140));
        const __m256i all = _mm256_madd_epi16(twelve, _mm256_set1_epi32(0x00011000));
        const __m256i packed = _mm256_permutevar8x32_epi32(_mm256_shuffle_epi8(all, packing), joining);
        _mm256_storeu_si256((__m256i *)to, packed);
    }
    return done;
}

AVX2 static size_t encode_avx2(uint8_t *to, const uint8_t *from, size_t count) {
    const __m256i spreading = _mm256_setr_epi8(
        1, 0, 2, 1, 4, 3, 5, 4, 7, 6, 8, 7, 10, 9, 11, 10, 1, 0, 2, 1, 4, 3, 5, 4, 7, 6, 8, 7, 10, 9, 11, 10);
    // What is to be added to a value, by its range: a–z, the ten digits, + and /, A–Z.
    const __m256i offsets = _mm256_setr_epi8(
        71, -4, -4, -4, -4, -4, -4, -4, -4, -4, -4, -19, -16, 65, 0, 0,
        71, -4, -4, -4, -4, -4, -4, -4, -4, -4, -4, -19, -16, 65, 0, 0);
    size_t done = 0;
    // 28 bytes are read for 24.
    for (; done + 28 <= count; done += 24, to += 32) {
        const __m128i first = _mm_loadu_si128((const __m128i *)(from + done));
        const __m128i second = _mm_loadu_si128((const __m128i *)(from + done + 12));
        const __m256i bytes = _mm256_inserti128_si256(_mm256_castsi128_si256(first), second, 1);
        const __m256i spread = _mm256_shuffle_epi8(bytes, spreading);
        const __m256i high = _mm256_mulhi_epu16(
            _mm256_and_si256(spread, _mm256_set1_epi32(0x0FC0FC00)), _mm256_set1_epi32(0x04000040));
        const __m256i low = _mm256_mullo_epi16(
            _mm256_and_si256(spread, _mm256_set1_epi32(0x003F03F0)), _mm256_set1_epi32(0x01000010));
        const __m256i six = _mm256_or_si256(high, low);
        const __m256i is_upper_case = _mm256_cmpgt_epi8(_mm256_set1_epi8(26), six);
        const __m256i range = _mm256_or_si256(
            _mm256_subs_epu8(six, _mm256_set1_epi8(51)), _mm256_and_si256(is_upper_case, _mm256_set1_epi8(13)));
        _mm256_storeu_si256((__m256i *)to, _mm256_add_epi8(six, _mm256_shuffle_epi8(offsets, range)));
    }
    return done;
}

size_t parley_base64_decode(uint8_t *to, const uint8_t *from, size_t count, unsigned bits) {
    if (bits >= 512) return decode_vbmi(to, from, count);
    return bits >= 256 ? decode_avx2(to, from, count) : 0;
}

size_t parley_base64_encode(uint8_t *to, const uint8_t *from, size_t count, unsigned bits) {
    if (bits >= 512) return encode_vbmi(to, from, count);
    return bits >= 256 ? encode_avx2(to, from, count) : 0;
}

#elif defined(__aarch64__)
#include <arm_neon.h>

// Four registers hold the alphabet, so one lookup of 64 bytes does.
static const uint8_t alphabet[64] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

size_t parley_base64_encode(uint8_t *to, const uint8_t *from, size_t count, unsigned bits) {
    if (bits < 128) return 0;
    const uint8x16x4_t table = vld1q_u8_x4(alphabet);
    const uint8x16_t mask = vdupq_n_u8(0x3F);
    size_t done = 0;
    for (; done + 48 <= count; done += 48, to += 64) {
        const uint8x16x3_t in = vld3q_u8(from + done);
        uint8x16x4_t out;
        out.val[0] = vshrq_n_u8(in.val[0], 2);
        out.val[1] = vandq_u8(vorrq_u8(vshlq_n_u8(in.val[0], 4), vshrq_n_u8(in.val[1], 4)), mask);
        out.val[2] = vandq_u8(vorrq_u8(vshlq_n_u8(in.val[1], 2), vshrq_n_u8(in.val[2], 6)), mask);
        out.val[3] = vandq_u8(in.val[2], mask);
        for (int i = 0; i < 4; i++) out.val[i] = vqtbl4q_u8(table, out.val[i]);
        vst4q_u8(to, out);
    }
    return done;
}

// The values of the characters 0x20–0x5F and 0x40–0x7F come from two tables of 64; 0xFF marks what has none.
size_t parley_base64_decode(uint8_t *to, const uint8_t *from, size_t count, unsigned bits) {
    if (bits < 128) return 0;
    uint8_t lower[64], upper[64];
    memset(lower, 0xFF, sizeof lower);
    memset(upper, 0xFF, sizeof upper);
    for (uint8_t value = 0; value < 64; value++) {
        if (alphabet[value] < 64) lower[alphabet[value]] = value;
        else upper[alphabet[value] - 64] = value;
    }
    const uint8x16x4_t low = vld1q_u8_x4(lower), high = vld1q_u8_x4(upper);
    size_t done = 0;
    for (; done + 64 <= count; done += 64, to += 48) {
        uint8x16x4_t in = vld4q_u8(from + done);
        uint8x16_t bad = vdupq_n_u8(0);
        for (int i = 0; i < 4; i++) {
            const uint8x16_t text = in.val[i];
            // An index of 64 and more gives 0, so the sum of both lookups is that of the table that has it.
            const uint8x16_t six = vorrq_u8(vqtbl4q_u8(low, text), vqtbl4q_u8(high, vsubq_u8(text, vdupq_n_u8(64))));
            bad = vorrq_u8(bad, vorrq_u8(six, text));
            in.val[i] = six;
        }
        if (vmaxvq_u8(bad) >= 0x80) return done;
        uint8x16x3_t out;
        out.val[0] = vorrq_u8(vshlq_n_u8(in.val[0], 2), vshrq_n_u8(in.val[1], 4));
        out.val[1] = vorrq_u8(vshlq_n_u8(in.val[1], 4), vshrq_n_u8(in.val[2], 2));
        out.val[2] = vorrq_u8(vshlq_n_u8(in.val[2], 6), in.val[3]);
        vst3q_u8(to, out);
    }
    return done;
}

#else

size_t parley_base64_decode(uint8_t *to, const uint8_t *from, size_t count, unsigned bits) { return 0; }
size_t parley_base64_encode(uint8_t *to, const uint8_t *from, size_t count, unsigned bits) { return 0; }

#endif
