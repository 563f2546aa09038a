// SPDX-License-Identifier: MIT
// A word index, as Keras publishes them beside its token datasets: a JSON object of words and their
// ranks, from 1 for the most frequent.
#ifndef SAMPLECASE_FORMATS_WORD_INDEX_H
#define SAMPLECASE_FORMATS_WORD_INDEX_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

struct source;
struct writer;

struct word_index {
    void *root;         // owned: the JSON
    const char **words; // owned; the words by rank - 1, borrowed from the JSON; NULL for a hole
    size_t count;       // the largest rank
};

// Reads the source's present member. Every word and every rank comes once; ranks that are left out
// are holes. False with the error, which names the place.
bool word_index_read(struct word_index *index, struct source *source, struct error *error);

// Gives the words to a token feature by rank; a hole becomes an empty word.
bool word_index_write(const struct word_index *index, struct writer *writer, int feature,
                      struct error *error);

// A zeroed index is fine.
void word_index_clear(struct word_index *index);

#endif
