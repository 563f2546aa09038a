// SPDX-License-Identifier: MIT
// Sixteen bytes at a time in the vector types of gcc and clang, which become SSE2 or NEON. A
// pixel's residual depends on pixels alone, never on other residuals, so no order has to be kept.
#include "encode/filter.h"

#include <stdbool.h>
#include <string.h>

enum {
    LANES = 16,
    PRICE = 24,  // what a byte costs, beyond its magnitude, for not being zero
    FLUSH = 215, // so many times 2 * (128 + PRICE) fit in a 16-bit lane
};

typedef uint8_t bytes16 __attribute__((vector_size(LANES)));
typedef int8_t signed16 __attribute__((vector_size(LANES)));
typedef uint16_t words8 __attribute__((vector_size(LANES)));

static inline bytes16 load(const uint8_t *at)
{
    bytes16 value;
    memcpy(&value, at, sizeof value);
    return value;
}

static inline bytes16 less(bytes16 a, bytes16 b)
{
    return (bytes16)(a < b);
}

static inline bytes16 pick(bytes16 mask, bytes16 a, bytes16 b)
{
    return (a & mask) | (b & ~mask);
}

// |a - b|, `mask` being less(a, b).
static inline bytes16 distance(bytes16 a, bytes16 b, bytes16 mask)
{
    return ((a - b) ^ mask) - mask;
}

// Bytes taken as signed, without their sign: 0 to 128.
static inline bytes16 magnitude(bytes16 a)
{
    bytes16 mask = (bytes16)((signed16)a < 0);
    return (a ^ mask) - mask;
}

static inline bytes16 cost(bytes16 a)
{
    return magnitude(a) + ((bytes16)(a != 0) & PRICE);
}

static inline words8 pairs(bytes16 a)
{
    words8 words = (words8)a;
    return (words & 0xff) + (words >> 8);
}

static inline uint64_t total(words8 words)
{
    uint64_t sum = 0;
    for (unsigned i = 0; i < LANES / 2; i++)
        sum += words[i];
    return sum;
}

// The Paeth predictor from left, above and upper left. With p = a + b - c its three distances are
// |b - c|, |a - c| and their sum or difference: the sum, which is never the least, when both lie on
// the same side of c.
static inline bytes16 predict(bytes16 a, bytes16 b, bytes16 c)
{
    bytes16 b_less = less(b, c), a_less = less(a, c);
    bytes16 pa = distance(b, c, b_less), pb = distance(a, c, a_less);
    bytes16 b_nearer = less(pb, pa);
    bytes16 pc = distance(pb, pa, b_nearer) | ~(a_less ^ b_less);
    bytes16 not_a = b_nearer | less(pc, pa);
    return pick(not_a, pick(less(pc, pb), c, b), a);
}

static uint8_t predict_one(int a, int b, int c)
{
    int pa = b > c ? b - c : c - b;
    int pb = a > c ? a - c : c - a;
    int pc = a + b - 2 * c;
    if (pc < 0)
        pc = -pc;
    return (uint8_t)(pa <= pb && pa <= pc ? a : pb <= pc ? b : c);
}

static int magnitude_one(uint8_t byte)
{
    return byte < 128 ? byte : 256 - byte;
}

static int cost_one(uint8_t byte)
{
    return byte == 0 ? 0 : magnitude_one(byte) + PRICE;
}

// One byte at a time, for the first pixel and for what is too short for a vector.
static int64_t paeth_bytes(uint8_t *out, const struct filter_row *row, size_t from, size_t to)
{
    int64_t gain = 0;
    for (size_t i = from; i < to; i++) {
        bool inside = i >= row->channels;
        uint8_t a = inside ? row->bytes[i - row->channels] : 0;
        uint8_t b = row->above ? row->above[i] : 0;
        uint8_t c = inside && row->above ? row->above[i - row->channels] : 0;
        out[i - from] = (uint8_t)(row->bytes[i] - predict_one(a, b, c));
        gain += cost_one(row->bytes[i]) - cost_one(out[i - from]);
    }
    return gain;
}

int64_t filter_paeth(uint8_t *out, const struct filter_row *row, size_t from, size_t to)
{
    size_t vectors = from > row->channels ? from : row->channels;
    if (to < vectors + LANES)
        return paeth_bytes(out, row, from, to);

    int64_t gain = paeth_bytes(out, row, from, vectors);
    size_t at = vectors;
    while (at < to) {
        words8 raw = {0}, filtered = {0};
        for (unsigned i = 0; i < FLUSH && at < to; i++, at += LANES) {
            if (at > to - LANES)
                at = to - LANES; // the last one does some bytes again
            bytes16 x = load(row->bytes + at), a = load(row->bytes + at - row->channels);
            bytes16 predicted = a;
            if (row->above)
                predicted =
                    predict(a, load(row->above + at), load(row->above + at - row->channels));
            bytes16 residual = x - predicted;
            memcpy(out + (at - from), &residual, sizeof residual);
            raw += pairs(cost(x));
            filtered += pairs(cost(residual));
        }
        gain += (int64_t)total(raw) - (int64_t)total(filtered);
    }
    return gain;
}

struct filter_sketch filter_sketch(const uint8_t *bytes, size_t size)
{
    struct filter_sketch sketch = {.zeros = 0, .sum = 0};
    size_t at = 0;
    while (at + LANES <= size) {
        words8 zeros = {0}, sum = {0};
        for (unsigned i = 0; i < FLUSH && at + LANES <= size; i++, at += LANES) {
            bytes16 x = load(bytes + at);
            zeros += pairs((bytes16)(x == 0) & 1);
            sum += pairs(magnitude(x));
        }
        sketch.zeros += total(zeros);
        sketch.sum += total(sum);
    }
    for (; at < size; at++) {
        sketch.zeros += bytes[at] == 0;
        sketch.sum += (unsigned)magnitude_one(bytes[at]);
    }
    return sketch;
}
