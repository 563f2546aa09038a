// SPDX-License-Identifier: MIT
// The part of deflate (RFC 1951) that filtered pixels profit from: literals and runs of zeros under
// one Huffman code a block. A run is a match of distance 1, so the distance code has one symbol.
#ifndef SAMPLECASE_ENCODE_DEFLATE_H
#define SAMPLECASE_ENCODE_DEFLATE_H

#include <stddef.h>
#include <stdint.h>

enum {
    DEFLATE_END = 256,     // the symbol that ends a block
    DEFLATE_SYMBOLS = 286, // literals, end, match lengths
    DEFLATE_LONGEST_RUN = 258,
    DEFLATE_LIMIT = 14,   // bits of the longest code: four codes and 7 bits fit in 64
    DEFLATE_HEADER = 272, // bytes that hold any block header
    DEFLATE_STORED_MAX = 65535,
};

// A code ready to use: what to write for each symbol, for each length of a run, and to announce it.
struct deflate_code {
    uint16_t bits[DEFLATE_SYMBOLS];
    uint8_t length[DEFLATE_SYMBOLS];
    uint32_t run[DEFLATE_LONGEST_RUN + 1]; // bits << 5 | their number; from length 3 on
    uint32_t header_bits;
    uint8_t header[DEFLATE_HEADER]; // of a dynamic block, from HLIT on
};

// Where bits go. The caller sees to the room: every call may write 8 bytes past what it adds.
struct deflate_out {
    uint8_t *at;
    uint64_t bits;  // not yet written, the lowest first
    unsigned count; // of bits: 0 to 7 between calls
};

// The best code for a histogram in which DEFLATE_END occurs, and at least one symbol more.
void deflate_code_make(struct deflate_code *code, const uint32_t histogram[DEFLATE_SYMBOLS]);

// Adds the symbols of in[0..size) and one DEFLATE_END to the histogram; returns how many bits they
// take beside the codes of the symbols.
uint64_t deflate_count(uint32_t histogram[DEFLATE_SYMBOLS], const uint8_t *in, size_t size);

// The bits of that many symbols under a code; UINT64_MAX when it lacks one of them.
uint64_t deflate_cost(const struct deflate_code *code, const uint32_t histogram[DEFLATE_SYMBOLS]);

// Begins a block.
void deflate_begin(struct deflate_out *out, const struct deflate_code *code, unsigned last);

// Writes in[0..size) into the block, at most DEFLATE_LIMIT bits for each byte; all symbols that
// deflate_count finds must be in the code.
void deflate_bytes(struct deflate_out *out, const struct deflate_code *code, const uint8_t *in,
                   size_t size);

// Ends the block.
void deflate_end(struct deflate_out *out, const struct deflate_code *code);

// A whole block of 0 to DEFLATE_STORED_MAX bytes as they are, 5 or 6 bytes longer than these.
void deflate_stored(struct deflate_out *out, const uint8_t *in, size_t size, unsigned last);

// Fills the last byte with zeros.
void deflate_align(struct deflate_out *out);

// An empty last block, up to a whole byte.
void deflate_finish(struct deflate_out *out);

#endif
