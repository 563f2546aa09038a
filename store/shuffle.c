// SPDX-License-Identifier: MIT
// Keys are spread evenly, so places are put into parts by the first bits of their keys, as many as
// fit the processor's cache, each part into buckets of a few places by the next bits, and each
// bucket is sorted by insertion. Keys are computed again instead of being kept: that is cheaper
// than reading them from far away.
#include "store/shuffle.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum {
    PART_PLACES = 1 << 13,  // aimed at; 20 bytes each are at work
    MAX_PART_BITS = 10,     // more parts would be written to at once than the processor keeps apart
    BUCKET_PLACES = 1 << 3, // aimed at
};

// What a part is sorted with; room for the largest part.
struct desk {
    uint64_t *keys, *sorted_keys;
    uint32_t *places;
    uint32_t *ends; // of the buckets
};

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

// The `bits` bits of a key that follow its first `skip` bits; bits > 0.
static size_t digit(uint64_t of, unsigned skip, unsigned bits)
{
    return (size_t)(of << skip >> (64 - bits));
}

// Bits that number so many groups that about `aim` of n places fall into each; at least one bit.
static unsigned bits_for(uint32_t n, uint32_t aim)
{
    unsigned bits = 1;
    while (n >> bits > aim)
        bits++;
    return bits;
}

// Turns counts into where each group begins, and returns the largest count.
static uint32_t begin_groups(uint32_t *counts, size_t num_groups)
{
    uint32_t sum = 0, largest = 0;
    for (size_t i = 0; i < num_groups; i++) {
        uint32_t count = counts[i];
        counts[i] = sum;
        sum += count;
        largest = count > largest ? count : largest;
    }
    return largest;
}

static void sort_bucket(uint32_t *places, uint64_t *keys, uint32_t count)
{
    for (uint32_t i = 1; i < count; i++) {
        uint64_t of = keys[i];
        uint32_t place = places[i], at = i;
        for (; at > 0 && keys[at - 1] > of; at--) {
            keys[at] = keys[at - 1];
            places[at] = places[at - 1];
        }
        keys[at] = of;
        places[at] = place;
    }
}

// Sorts the places of a part, whose keys have their first `skip` bits in common.
static void sort_part(uint32_t *places, uint32_t count, unsigned skip, uint64_t base,
                      const struct desk *desk)
{
    unsigned bits = bits_for(count, BUCKET_PLACES);
    size_t num_buckets = (size_t)1 << bits;
    memset(desk->ends, 0, num_buckets * sizeof *desk->ends);
    for (uint32_t i = 0; i < count; i++) {
        desk->places[i] = places[i];
        desk->keys[i] = key(base, places[i]);
        desk->ends[digit(desk->keys[i], skip, bits)]++;
    }
    begin_groups(desk->ends, num_buckets);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t at = desk->ends[digit(desk->keys[i], skip, bits)]++;
        places[at] = desk->places[i];
        desk->sorted_keys[at] = desk->keys[i];
    }
    uint32_t begin = 0;
    for (size_t i = 0; i < num_buckets; i++) {
        sort_bucket(places + begin, desk->sorted_keys + begin, desk->ends[i] - begin);
        begin = desk->ends[i];
    }
}

bool shuffle_permutation(uint32_t *out, uint32_t n, uint64_t seed, uint64_t epoch)
{
    uint64_t base = mix(mix(seed) + epoch);
    unsigned bits = bits_for(n, PART_PLACES);
    bits = bits > MAX_PART_BITS ? MAX_PART_BITS : bits;
    uint32_t ends[1 << MAX_PART_BITS] = {0};
    for (uint32_t i = 0; i < n; i++)
        ends[digit(key(base, i), 0, bits)]++;
    uint32_t largest = begin_groups(ends, (size_t)1 << bits);

    size_t num_ends = (size_t)1 << bits_for(largest, BUCKET_PLACES);
    struct desk desk = {
        .keys = malloc((largest + (size_t)1) * sizeof *desk.keys),
        .sorted_keys = malloc((largest + (size_t)1) * sizeof *desk.sorted_keys),
        .places = malloc((largest + (size_t)1) * sizeof *desk.places),
        .ends = malloc(num_ends * sizeof *desk.ends),
    };
    bool ok = desk.keys && desk.sorted_keys && desk.places && desk.ends;
    for (uint32_t i = 0; ok && i < n; i++)
        out[ends[digit(key(base, i), 0, bits)]++] = i;
    uint32_t begin = 0;
    for (size_t part = 0; ok && part < (size_t)1 << bits; part++) {
        sort_part(out + begin, ends[part] - begin, bits, base, &desk);
        begin = ends[part];
    }
    free(desk.keys);
    free(desk.sorted_keys);
    free(desk.places);
    free(desk.ends);
    return ok;
}
