// SPDX-License-Identifier: MIT
// Keys are spread evenly, so one pass puts every place into a bucket by the first bits of its key,
// with some ten places a bucket, and each bucket is sorted by insertion. Keys are computed again
// instead of being kept: that is cheaper than reading them.
#include "store/shuffle.h"

#include <stddef.h>
#include <stdlib.h>

enum { BUCKET_BITS = 3, MAX_BITS = 22 }; // about 2^3 to 2^4 places a bucket; 16 MiB of counters

static uint64_t mix(uint64_t z)
{
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

static uint64_t key(uint64_t base, uint32_t i)
{
    return mix(base + (i + UINT64_C(1)) * UINT64_C(0x9E3779B97F4A7C15));
}

static void sort_bucket(uint32_t *places, uint64_t *keys, uint32_t count, uint64_t base)
{
    for (uint32_t i = 0; i < count; i++) {
        uint32_t place = places[i];
        uint64_t of = key(base, place);
        uint32_t at = i;
        for (; at > 0 && keys[at - 1] > of; at--) {
            keys[at] = keys[at - 1];
            places[at] = places[at - 1];
        }
        keys[at] = of;
        places[at] = place;
    }
}

bool shuffle_permutation(uint32_t *out, uint32_t n, uint64_t seed, uint64_t epoch)
{
    uint64_t base = mix(mix(seed) + epoch);
    unsigned bits = 1;
    while (bits < MAX_BITS && (n >> (bits + BUCKET_BITS)) > 1)
        bits++;
    size_t num_buckets = (size_t)1 << bits;
    uint32_t *ends = calloc(num_buckets, sizeof *ends);
    if (!ends)
        return false;
    for (uint32_t i = 0; i < n; i++)
        ends[key(base, i) >> (64 - bits)]++;
    uint32_t sum = 0, largest = 0;
    for (size_t bucket = 0; bucket < num_buckets; bucket++) {
        uint32_t count = ends[bucket];
        ends[bucket] = sum; // where it begins; after the next loop where it ends
        sum += count;
        largest = count > largest ? count : largest;
    }
    for (uint32_t i = 0; i < n; i++)
        out[ends[key(base, i) >> (64 - bits)]++] = i;
    uint64_t *keys = malloc((largest + (size_t)1) * sizeof *keys);
    uint32_t begin = 0;
    for (size_t bucket = 0; keys && bucket < num_buckets; bucket++) {
        sort_bucket(out + begin, keys, ends[bucket] - begin, base);
        begin = ends[bucket];
    }
    free(ends);
    free(keys);
    return keys;
}
