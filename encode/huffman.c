// SPDX-License-Identifier: MIT
// Lengths after A. Moffat and J. Katajainen, "In-place calculation of minimum-redundancy codes"
// (1995): one array of sorted weights turns into parents, then depths, then lengths.
#include "encode/huffman.h"

#include <stddef.h>
#include <string.h>

enum { LONGEST = 15 };

// Sorts by weight (the high half), Shell's way: short arrays, no recursion, no heap.
static void sort(uint64_t *entry, unsigned count)
{
    static const unsigned GAPS[] = {132, 57, 23, 10, 4, 1};
    for (size_t g = 0; g < sizeof GAPS / sizeof *GAPS; g++) {
        unsigned gap = GAPS[g];
        for (unsigned i = gap; i < count; i++) {
            uint64_t moving = entry[i];
            unsigned at = i;
            for (; at >= gap && entry[at - gap] > moving; at -= gap)
                entry[at] = entry[at - gap];
            entry[at] = moving;
        }
    }
}

// weight[0..count), ascending, becomes the depth of each leaf, descending. count >= 2.
static void depths(uint32_t *weight, unsigned count)
{
    unsigned root = 0, leaf = 0;
    for (unsigned next = 0; next + 1 < count; next++) {
        uint32_t sum = 0;
        for (int pick = 0; pick < 2; pick++) {
            if (leaf >= count || (root < next && weight[root] < weight[leaf])) {
                sum += weight[root];
                weight[root++] = next; // its parent
            } else {
                sum += weight[leaf++];
            }
        }
        weight[next] = sum;
    }
    weight[count - 2] = 0;
    for (unsigned i = count - 2; i-- > 0;)
        weight[i] = weight[weight[i]] + 1;

    // Inner nodes of each depth tell how many leaves the depth has.
    unsigned available = 1, inner_left = count - 1, at = count;
    for (uint32_t depth = 0; available > 0; depth++) {
        unsigned used = 0;
        while (inner_left > 0 && weight[inner_left - 1] == depth) {
            inner_left--;
            used++;
        }
        for (; available > used; available--)
            weight[--at] = depth;
        available = 2 * used;
    }
}

// Cuts depths to the limit: what is deeper moves up to it, and for the room that this takes leaves
// from above move down, the deepest first.
static void limit_depths(unsigned count_of[LONGEST + 1], unsigned limit)
{
    uint32_t room = 0; // in units of a code of that limit; a complete code takes 2^limit
    for (unsigned depth = 1; depth <= limit; depth++)
        room += (uint32_t)count_of[depth] << (limit - depth);
    while (room > (uint32_t)1 << limit) {
        unsigned depth = limit - 1;
        while (count_of[depth] == 0)
            depth--;
        count_of[depth]--;
        count_of[depth + 1] += 2;
        count_of[limit]--;
        room--;
    }
}

void huffman_lengths(uint8_t *length, const uint32_t *histogram, unsigned symbols, unsigned limit)
{
    uint64_t sorted[HUFFMAN_SYMBOLS];
    uint32_t weight[HUFFMAN_SYMBOLS];
    unsigned count = 0;
    memset(length, 0, symbols);
    for (unsigned i = 0; i < symbols; i++)
        if (histogram[i] > 0)
            sorted[count++] = (uint64_t)histogram[i] << 32 | i;
    if (count == 0)
        return;
    if (count == 1) {
        length[(uint32_t)sorted[0]] = 1;
        return;
    }
    sort(sorted, count);
    for (unsigned i = 0; i < count; i++)
        weight[i] = (uint32_t)(sorted[i] >> 32);
    depths(weight, count);

    unsigned count_of[LONGEST + 1] = {0};
    for (unsigned i = 0; i < count; i++)
        count_of[weight[i] < limit ? weight[i] : limit]++;
    limit_depths(count_of, limit);
    unsigned at = 0;
    for (unsigned depth = limit; depth > 0; depth--)
        for (unsigned i = 0; i < count_of[depth]; i++)
            length[(uint32_t)sorted[at++]] = (uint8_t)depth;
}

static uint16_t reversed(uint32_t code, unsigned length)
{
    code = (code & 0x5555) << 1 | (code >> 1 & 0x5555);
    code = (code & 0x3333) << 2 | (code >> 2 & 0x3333);
    code = (code & 0x0f0f) << 4 | (code >> 4 & 0x0f0f);
    code = (code & 0x00ff) << 8 | (code >> 8 & 0x00ff);
    return (uint16_t)(code >> (16 - length));
}

void huffman_codes(uint16_t *code, const uint8_t *length, unsigned symbols)
{
    uint32_t count_of[LONGEST + 1] = {0}, next[LONGEST + 1] = {0};
    for (unsigned i = 0; i < symbols; i++)
        count_of[length[i]]++;
    count_of[0] = 0;
    for (unsigned depth = 1; depth <= LONGEST; depth++)
        next[depth] = (next[depth - 1] + count_of[depth - 1]) << 1;
    for (unsigned i = 0; i < symbols; i++)
        code[i] = length[i] ? reversed(next[length[i]]++, length[i]) : 0;
}
