// SPDX-License-Identifier: MIT
// The words of a token feature as they stand in a JSON string, made once and kept with the dataset:
// a page of texts is thousands of them.
#ifndef SAMPLECASE_SERVER_WORD_TEXTS_H
#define SAMPLECASE_SERVER_WORD_TEXTS_H

#include <stddef.h>
#include <stdint.h>

#include "store/dataset.h"

struct word_texts {
    uint32_t num_words; // 0 where there are none, or too many to keep twice
    char *text;         // the escaped words of ranks 1, 2, …, one after the other
    size_t *starts;     // num_words + 1 of them: that of rank r is [starts[r - 1], starts[r])
    uint32_t *chars;    // characters of each before it was escaped; that of rank r is [r - 1]
};

// Of a feature, borrowed as long as the dataset. NULL when memory is short.
const struct word_texts *word_texts_of(struct dataset *dataset, int feature);

#endif
