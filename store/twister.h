// SPDX-License-Identifier: MIT
// The Mersenne Twister MT19937 (Matsumoto, Nishimura 1998) and the shuffle of numpy's legacy
// generator: numpy.random.RandomState(seed).shuffle(array), whose stream numpy has frozen.
#ifndef SAMPLECASE_STORE_TWISTER_H
#define SAMPLECASE_STORE_TWISTER_H

#include <stddef.h>
#include <stdint.h>

enum { TWISTER_WORDS = 624 };

struct twister {
    uint32_t words[TWISTER_WORDS];
    unsigned used; // of them since they were made
};

// Begins the stream of RandomState(seed).
void twister_seed(struct twister *twister, uint32_t seed);

// The next 32 bits.
uint32_t twister_next(struct twister *twister);

// Shuffles in place: for i = count - 1 ... 1, swaps places i and j, where j is the first draw that
// is not above i after all bits above i's highest are cleared.
void twister_shuffle(struct twister *twister, uint32_t *values, uint32_t count);

#endif
