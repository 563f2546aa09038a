// SPDX-License-Identifier: MIT
// Arbitrary numbers that are the same on every machine (splitmix64, by Sebastiano Vigna, public
// domain). Begin with any seed.
#ifndef SAMPLECASE_TESTS_UNIT_DRAW_H
#define SAMPLECASE_TESTS_UNIT_DRAW_H

#include <stdint.h>

static inline uint64_t draw(uint64_t *seed)
{
    uint64_t z = (*seed += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

#endif
