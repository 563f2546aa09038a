// SPDX-License-Identifier: MIT
// What a dataset's words are asked about beside their ranks: how often each occurs, and which begin
// with a prefix. Worked out at the first question and kept with the dataset.
#ifndef SAMPLECASE_SERVER_VOCABULARY_H
#define SAMPLECASE_SERVER_VOCABULARY_H

#include <stdint.h>

#include "store/dataset.h"

// Of one token feature.
struct vocabulary {
    uint32_t num_words;
    uint64_t *counts;  // [rank - 1]: occurrences in all splits
    uint32_t *by_word; // the ranks, sorted by the bytes of their words
};

// Of the token feature, which has words; borrowed as long as the dataset. NULL when memory is
// short.
const struct vocabulary *vocabulary_of(struct dataset *dataset, int feature);

// The words that begin with the prefix are those of by_word[*from ... *to).
void vocabulary_find(struct dataset *dataset, int feature, const struct vocabulary *vocabulary,
                     const char *prefix, uint32_t *from, uint32_t *to);

#endif
