// SPDX-License-Identifier: MIT
// The permutation of order=shuffle: the same on every machine, for each number of samples, seed and
// epoch. Each place gets a key from the generator splitmix64 (Steele, Lea, Flood 2014), places are
// sorted by their keys. All is modulo 2^64:
//
//   mix(z)      = { z ^= z >> 30; z *= 0xBF58476D1CE4E5B9;
//                   z ^= z >> 27; z *= 0x94D049BB133111EB; z ^= z >> 31; }
//   base        = mix(mix(seed) + epoch)
//   key(i)      = mix(base + (i + 1) * 0x9E3779B97F4A7C15)    for i = 0 ... n - 1
//   permutation = the places 0 ... n - 1 in ascending order of key
//
// The constant is odd and mix is one to one, so that no two keys are equal. In numpy, with uint64:
//
//   np.argsort(mix(base + np.arange(1, n + 1, dtype=np.uint64) * 0x9E3779B97F4A7C15))
#ifndef SAMPLECASE_STORE_SHUFFLE_H
#define SAMPLECASE_STORE_SHUFFLE_H

#include <stdbool.h>
#include <stdint.h>

// Writes the permutation into out[0 ... n). False when memory is short.
bool shuffle_permutation(uint32_t *out, uint32_t n, uint64_t seed, uint64_t epoch);

#endif
