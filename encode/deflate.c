// SPDX-License-Identifier: MIT
// Bytes are taken eight at a time. Eight zeros begin a run, which goes on as far as there are
// zeros, and takes with it the zeros at the end of the eight bytes before when these are three or
// more. Anything else is eight literals without a further look, because a zero among them costs one
// to three bits and a search for shorter runs costs more time than they save bits.
#include "encode/deflate.h"

#include <stdbool.h>
#include <string.h>

#include "encode/huffman.h"

enum { LENGTH_CODES = 19, LENGTH_LIMIT = 7, SHORTEST_RUN = 3, WORD = 8 };

static uint64_t load(const uint8_t *at)
{
    uint64_t word;
    memcpy(&word, at, sizeof word);
    return word;
}

// Adds up to 56 bits. Little-endian as base/dtype.c makes sure of.
static inline void put(struct deflate_out *out, uint64_t bits, unsigned count)
{
    out->bits |= bits << out->count;
    out->count += count;
    memcpy(out->at, &out->bits, sizeof out->bits);
    out->at += out->count >> 3;
    out->bits >>= out->count & 56;
    out->count &= 7;
}

// The symbol of a run's length, and its extra bits (RFC 1951, section 3.2.5).
static unsigned run_symbol(unsigned length, unsigned *extra, unsigned *extra_bits)
{
    unsigned over = length - SHORTEST_RUN;
    *extra = 0;
    *extra_bits = 0;
    if (length == DEFLATE_LONGEST_RUN)
        return 285;
    if (over < 4)
        return 257 + over;
    unsigned top = 31 - (unsigned)__builtin_clz(over);
    *extra_bits = top - 2;
    *extra = over & ((1u << *extra_bits) - 1);
    return 257 + 4 * (top - 1) + (over >> *extra_bits & 3);
}

// The first match of what is left of a run: as long as possible without leaving less than 3.
static unsigned run_piece(size_t left)
{
    if (left <= DEFLATE_LONGEST_RUN)
        return (unsigned)left;
    return left - DEFLATE_LONGEST_RUN >= SHORTEST_RUN ? DEFLATE_LONGEST_RUN
                                                      : (unsigned)left - SHORTEST_RUN;
}

// How many zeros follow, at least WORD being known.
static size_t run_length(const uint8_t *in, size_t size)
{
    size_t at = WORD;
    while (at + WORD <= size) {
        uint64_t word = load(in + at);
        if (word != 0)
            return at + (unsigned)__builtin_ctzll(word) / 8;
        at += WORD;
    }
    while (at < size && in[at] == 0)
        at++;
    return at;
}

// Whether a word that is not zero ends in zeros that a run after it should take.
static bool leads_to_run(uint64_t word, const uint8_t *in, size_t size)
{
    return word >> 40 == 0 && size >= 2 * WORD && load(in + WORD) == 0;
}

uint64_t deflate_count(uint32_t histogram[DEFLATE_SYMBOLS], const uint8_t *in, size_t size)
{
    uint32_t part[4][256] = {{0}}; // so that equal neighbours do not wait for each other
    uint64_t beside = 0;
    size_t at = 0;
    while (at + WORD <= size) {
        uint64_t word = load(in + at);
        if (word != 0) {
            if (leads_to_run(word, in + at, size - at)) {
                for (; word != 0; word >>= 8, at++)
                    histogram[word & 255]++;
                continue;
            }
            for (unsigned i = 0; i < WORD; i++)
                part[i & 3][word >> 8 * i & 255]++;
            at += WORD;
            continue;
        }
        size_t left = run_length(in + at, size - at);
        at += left;
        if (at == left || in[at - left - 1] != 0) {
            histogram[0]++;
            left--;
        }
        while (left > 0) {
            unsigned extra, extra_bits, piece = run_piece(left);
            histogram[run_symbol(piece, &extra, &extra_bits)]++;
            beside += extra_bits + 1;
            left -= piece;
        }
    }
    for (; at < size; at++)
        histogram[in[at]]++;
    for (unsigned i = 0; i < 256; i++)
        histogram[i] += part[0][i] + part[1][i] + part[2][i] + part[3][i];
    histogram[DEFLATE_END]++;
    return beside;
}

uint64_t deflate_cost(const struct deflate_code *code, const uint32_t histogram[DEFLATE_SYMBOLS])
{
    uint64_t cost = 0;
    bool lacks = false;
    for (unsigned i = 0; i < DEFLATE_SYMBOLS; i++) {
        cost += (uint64_t)histogram[i] * code->length[i];
        lacks |= histogram[i] != 0 && code->length[i] == 0;
    }
    return lacks ? UINT64_MAX : cost;
}

void deflate_begin(struct deflate_out *out, const struct deflate_code *code, unsigned last)
{
    put(out, last | 2u << 1, 3);
    uint32_t left = code->header_bits;
    for (const uint8_t *from = code->header; left > 0; from += 4) {
        uint32_t word;
        memcpy(&word, from, sizeof word);
        unsigned count = left < 32 ? left : 32;
        put(out, word & (UINT64_MAX >> (64 - count)), count);
        left -= count;
    }
}

void deflate_bytes(struct deflate_out *to, const struct deflate_code *code, const uint8_t *in,
                   size_t size)
{
    struct deflate_out out = *to;
    const uint16_t *bits = code->bits;
    const uint8_t *length = code->length;
    size_t at = 0;
    while (at + WORD <= size) {
        uint64_t word = load(in + at);
        if (word != 0) {
            if (leads_to_run(word, in + at, size - at)) {
                for (; word != 0; word >>= 8, at++)
                    put(&out, bits[word & 255], length[word & 255]);
                continue;
            }
            for (unsigned half = 0; half < 2; half++, at += 4) {
                unsigned a = in[at], b = in[at + 1], c = in[at + 2], d = in[at + 3];
                uint64_t ab = bits[a] | (uint64_t)bits[b] << length[a];
                uint64_t cd = bits[c] | (uint64_t)bits[d] << length[c];
                unsigned middle = length[a] + (unsigned)length[b];
                put(&out, ab | cd << middle, middle + length[c] + length[d]);
            }
            continue;
        }
        size_t left = run_length(in + at, size - at);
        at += left;
        if (at == left || in[at - left - 1] != 0) {
            put(&out, bits[0], length[0]);
            left--;
        }
        while (left > 0) {
            unsigned piece = run_piece(left);
            put(&out, code->run[piece] >> 5, code->run[piece] & 31);
            left -= piece;
        }
    }
    for (; at < size; at++)
        put(&out, bits[in[at]], length[in[at]]);
    *to = out;
}

void deflate_end(struct deflate_out *out, const struct deflate_code *code)
{
    put(out, code->bits[DEFLATE_END], code->length[DEFLATE_END]);
}

void deflate_align(struct deflate_out *out)
{
    put(out, 0, -out->count & 7);
}

void deflate_stored(struct deflate_out *out, const uint8_t *in, size_t size, unsigned last)
{
    put(out, last, 3);
    deflate_align(out);
    put(out, size | (size ^ 0xffff) << 16, 32);
    memcpy(out->at, in, size);
    out->at += size;
}

void deflate_finish(struct deflate_out *out)
{
    put(out, 1 | 1u << 1, 3 + 7); // a fixed block; its end symbol is seven zeros
    deflate_align(out);
}

// The lengths of all codes as symbols of the code of code lengths (RFC 1951, section 3.2.7): each
// element is symbol | extra << 8. Returns how many there are.
static unsigned describe(uint16_t *out, const uint8_t *length, unsigned count)
{
    unsigned made = 0;
    for (unsigned at = 0; at < count;) {
        unsigned same = 1;
        while (at + same < count && length[at + same] == length[at])
            same++;
        unsigned value = length[at], left = same;
        at += same;
        while (value == 0 && left >= 11) {
            unsigned piece = left < 138 ? left : 138;
            out[made++] = (uint16_t)(18 | (piece - 11) << 8);
            left -= piece;
        }
        if (value == 0 && left >= 3) {
            out[made++] = (uint16_t)(17 | (left - 3) << 8);
            left = 0;
        } else if (value != 0) {
            out[made++] = (uint16_t)value;
            left--;
            while (left >= 3) {
                unsigned piece = left < 6 ? left : 6;
                out[made++] = (uint16_t)(16 | (piece - 3) << 8);
                left -= piece;
            }
        }
        while (left-- > 0)
            out[made++] = (uint16_t)value;
    }
    return made;
}

static void make_header(struct deflate_code *code)
{
    static const uint8_t ORDER[LENGTH_CODES] = {16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
                                                11, 4,  12, 3, 13, 2, 14, 1, 15};
    unsigned symbols = DEFLATE_SYMBOLS;
    while (code->length[symbols - 1] == 0)
        symbols--;
    uint8_t all[DEFLATE_SYMBOLS + 1];
    memcpy(all, code->length, symbols);
    all[symbols] = 1; // the distance 1
    uint16_t item[DEFLATE_SYMBOLS + 1];
    unsigned items = describe(item, all, symbols + 1);

    uint32_t histogram[LENGTH_CODES] = {0};
    for (unsigned i = 0; i < items; i++)
        histogram[item[i] & 255]++;
    uint8_t length[LENGTH_CODES];
    uint16_t bits[LENGTH_CODES];
    huffman_lengths(length, histogram, LENGTH_CODES, LENGTH_LIMIT);
    huffman_codes(bits, length, LENGTH_CODES);
    unsigned lengths = LENGTH_CODES;
    while (lengths > 4 && length[ORDER[lengths - 1]] == 0)
        lengths--;

    // 14 bits, 3 for each length, at most 7 for each symbol that an item stands for; put needs 8
    // bytes beyond.
    _Static_assert((14 + 3 * LENGTH_CODES + 7 * (DEFLATE_SYMBOLS + 1)) / 8 + 1 + 8 <=
                       DEFLATE_HEADER,
                   "every header fits");
    struct deflate_out out = {.at = code->header, .bits = 0, .count = 0};
    put(&out, (symbols - 257) | 0u << 5 | (lengths - 4) << 10, 14);
    for (unsigned i = 0; i < lengths; i++)
        put(&out, length[ORDER[i]], 3);
    for (unsigned i = 0; i < items; i++) {
        static const uint8_t EXTRA[3] = {2, 3, 7};
        unsigned symbol = item[i] & 255;
        put(&out, bits[symbol], length[symbol]);
        if (symbol >= 16)
            put(&out, item[i] >> 8, EXTRA[symbol - 16]);
    }
    code->header_bits = (uint32_t)(8 * (out.at - code->header)) + out.count;
}

void deflate_code_make(struct deflate_code *code, const uint32_t histogram[DEFLATE_SYMBOLS])
{
    huffman_lengths(code->length, histogram, DEFLATE_SYMBOLS, DEFLATE_LIMIT);
    huffman_codes(code->bits, code->length, DEFLATE_SYMBOLS);
    for (unsigned length = SHORTEST_RUN; length <= DEFLATE_LONGEST_RUN; length++) {
        unsigned extra, extra_bits, symbol = run_symbol(length, &extra, &extra_bits);
        unsigned own = code->length[symbol];
        // The distance is one more bit, a zero.
        code->run[length] = (code->bits[symbol] | extra << own) << 5 | (own + extra_bits + 1);
    }
    make_header(code);
}
