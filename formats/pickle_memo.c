// SPDX-License-Identifier: MIT
#include "formats/pickle_memo.h"

#include <stdlib.h>

enum { FIRST_SLOTS = 64 };

// Multiplication by 2^64 / golden ratio spreads the numbers, which mostly count up.
static size_t slot_of(struct pickle_memo *memo, uint64_t key)
{
    size_t mask = memo->num_slots - 1;
    size_t i = (size_t)(key * UINT64_C(0x9e3779b97f4a7c15) >> 32) & mask;
    for (; memo->slots[i].key != 0 && memo->slots[i].key != key; memo->probes++)
        i = (i + 1) & mask;
    return i;
}

static bool is_full(const struct pickle_memo *memo)
{
    return memo->count + 1 > memo->num_slots / 4 * 3;
}

static size_t grown(const struct pickle_memo *memo)
{
    return memo->num_slots ? memo->num_slots * 2 : FIRST_SLOTS;
}

size_t pickle_memo_bytes_after(const struct pickle_memo *memo)
{
    return (is_full(memo) ? grown(memo) : memo->num_slots) * sizeof *memo->slots;
}

bool pickle_memo_put(struct pickle_memo *memo, uint64_t number, struct pickle_value value)
{
    if (is_full(memo)) {
        struct pickle_memo larger = {
            .num_slots = grown(memo), .count = memo->count, .probes = memo->probes};
        larger.slots = calloc(larger.num_slots, sizeof *larger.slots);
        if (!larger.slots)
            return false;
        for (size_t i = 0; i < memo->num_slots; i++)
            if (memo->slots[i].key != 0)
                larger.slots[slot_of(&larger, memo->slots[i].key)] = memo->slots[i];
        free(memo->slots);
        *memo = larger;
    }
    struct pickle_memo_slot *slot = &memo->slots[slot_of(memo, number + 1)];
    memo->count += slot->key == 0;
    *slot = (struct pickle_memo_slot){.key = number + 1, .value = value};
    return true;
}

const struct pickle_value *pickle_memo_get(struct pickle_memo *memo, uint64_t number)
{
    if (memo->num_slots == 0)
        return NULL;
    const struct pickle_memo_slot *slot = &memo->slots[slot_of(memo, number + 1)];
    return slot->key ? &slot->value : NULL;
}

void pickle_memo_clear(struct pickle_memo *memo)
{
    free(memo->slots);
    *memo = (struct pickle_memo){.slots = NULL};
}
