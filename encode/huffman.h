// SPDX-License-Identifier: MIT
// Length-limited Huffman codes in the canonical form of RFC 1951, section 3.2.2.
#ifndef SAMPLECASE_ENCODE_HUFFMAN_H
#define SAMPLECASE_ENCODE_HUFFMAN_H

#include <stdint.h>

enum { HUFFMAN_SYMBOLS = 288 }; // the most that an alphabet may have

// The lengths, 0 to limit, of an optimal code (of nearly one where the limit bites) for symbols
// that occur histogram[i] times; those that never occur get 0. symbols <= HUFFMAN_SYMBOLS, the sum
// of the histogram below 2^32, the used symbols at most 2^limit, limit at most 15. A lone symbol
// gets length 1.
void huffman_lengths(uint8_t *length, const uint32_t *histogram, unsigned symbols, unsigned limit);

// The codes of those lengths, first bit of the code in the lowest bit, as deflate packs them.
void huffman_codes(uint16_t *code, const uint8_t *length, unsigned symbols);

#endif
