// SPDX-License-Identifier: MIT
// The second sum counts byte i of n with weight n - i. Over blocks of 16 bytes that is 16 times the
// sum, after each block, of all blocks before it, plus the bytes of all blocks added up by their
// place in the block and weighted once at the end. Sixteen columns are kept, even and odd places
// apart.
#include "encode/checksum.h"

#include <string.h>

enum {
    LANES = 16,
    BLOCKS = 256, // 256 * 255 fits in a 16-bit column, its prefix sums in 32 bits
    BASE = 65521,
};

typedef uint16_t words8 __attribute__((vector_size(LANES)));
typedef uint32_t words4 __attribute__((vector_size(LANES)));

static inline words4 halves(words8 words)
{
    return ((words4)words & 0xffff) + ((words4)words >> 16);
}

uint32_t checksum_adler32(uint32_t sum, const uint8_t *bytes, size_t size)
{
    uint32_t first = sum & 0xffff, second = sum >> 16;
    while (size >= LANES) {
        size_t blocks = size / LANES < BLOCKS ? size / LANES : BLOCKS;
        words8 even = {0}, odd = {0};
        words4 before = {0};
        for (size_t i = 0; i < blocks; i++) {
            words8 block;
            memcpy(&block, bytes + LANES * i, sizeof block);
            before += halves(even) + halves(odd);
            even += block & 0xff;
            odd += block >> 8;
        }
        uint32_t all = 0, weighted = 0, prefix = 0;
        for (unsigned i = 0; i < LANES / 2; i++) {
            all += even[i] + (uint32_t)odd[i];
            weighted +=
                (LANES - 2 * i) * (uint32_t)even[i] + (LANES - 1 - 2 * i) * (uint32_t)odd[i];
        }
        for (unsigned i = 0; i < LANES / 4; i++)
            prefix += before[i];
        // At most 2^28 + 2^31 + 2^24 + 2^16: no overflow before the remainder.
        second = (second + first * LANES * (uint32_t)blocks + LANES * prefix + weighted) % BASE;
        first = (first + all) % BASE;
        bytes += LANES * blocks;
        size -= LANES * blocks;
    }
    for (; size > 0; size--) {
        first += *bytes++;
        second += first;
    }
    return (second % BASE) << 16 | first % BASE;
}
