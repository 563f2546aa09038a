// SPDX-License-Identifier: MIT
#include "store/twister.h"

enum { MIDDLE = 397 };

void twister_seed(struct twister *twister, uint32_t seed)
{
    twister->words[0] = seed;
    for (uint32_t i = 1; i < TWISTER_WORDS; i++) {
        uint32_t last = twister->words[i - 1];
        twister->words[i] = UINT32_C(1812433253) * (last ^ (last >> 30)) + i;
    }
    twister->used = TWISTER_WORDS;
}

// The highest bit of one word and the others of the next, times the matrix of the recurrence.
static uint32_t twist(uint32_t high, uint32_t low)
{
    uint32_t mixed = (high & UINT32_C(0x80000000)) | (low & UINT32_C(0x7fffffff));
    return (mixed >> 1) ^ ((low & 1) ? UINT32_C(0x9908b0df) : 0);
}

static void make_words(struct twister *twister)
{
    uint32_t *words = twister->words;
    for (unsigned i = 0; i < TWISTER_WORDS; i++)
        words[i] = words[(i + MIDDLE) % TWISTER_WORDS] ^
                   twist(words[i], words[(i + 1) % TWISTER_WORDS]);
    twister->used = 0;
}

uint32_t twister_next(struct twister *twister)
{
    if (twister->used == TWISTER_WORDS)
        make_words(twister);
    uint32_t word = twister->words[twister->used++];
    word ^= word >> 11;
    word ^= (word << 7) & UINT32_C(0x9d2c5680);
    word ^= (word << 15) & UINT32_C(0xefc60000);
    return word ^ (word >> 18);
}

void twister_shuffle(struct twister *twister, uint32_t *values, uint32_t count)
{
    uint32_t mask = UINT32_MAX;
    for (uint32_t i = count > 0 ? count - 1 : 0; i > 0; i--) {
        uint32_t j, value = values[i];
        while (mask >> 1 >= i)
            mask >>= 1;
        while ((j = twister_next(twister) & mask) > i)
            ;
        values[i] = values[j];
        values[j] = value;
    }
}
