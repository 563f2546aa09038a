// SPDX-License-Identifier: MIT
// The memo of a pickle: values by the numbers that the pickle gave them, which may be any.
#ifndef SAMPLECASE_FORMATS_PICKLE_MEMO_H
#define SAMPLECASE_FORMATS_PICKLE_MEMO_H

#include "formats/pickle.h"

struct pickle_memo_slot {
    uint64_t key; // the number + 1; 0 for an empty slot
    struct pickle_value value;
};

struct pickle_memo {
    struct pickle_memo_slot *slots; // owned; a power of two of them
    size_t num_slots, count;
    uint64_t probes; // slots looked at so far: numbers can be chosen so that they collide
};

// Bytes that another value will take in all, for a budget; the same as now when there is room.
size_t pickle_memo_bytes_after(const struct pickle_memo *memo);

// Keeps a value under a number below 2^32. False when memory is short.
bool pickle_memo_put(struct pickle_memo *memo, uint64_t number, struct pickle_value value);

// The value, or NULL.
const struct pickle_value *pickle_memo_get(struct pickle_memo *memo, uint64_t number);

// A zeroed memo is empty.
void pickle_memo_clear(struct pickle_memo *memo);

#endif
