// SPDX-License-Identifier: MIT
// The values of a class feature while they are read: where each was first seen, so that a label
// without a name can be shown once the names are known.
#ifndef SAMPLECASE_FORMATS_LABELS_H
#define SAMPLECASE_FORMATS_LABELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/dtype.h"
#include "base/error.h"

struct writer;
struct card_file;

struct label_place {
    uint32_t member; // counts from 1; 0 for a value that was not seen
    uint64_t at;
};

struct labels {
    const char *unit;           // of `at`: "byte", "line"
    struct label_place *places; // by value; owned
    size_t num_places;
    char **members; // their places for messages; owned
    size_t num_members;
};

// The smallest type that holds the ids of so many classes.
enum dtype labels_dtype(size_t num_classes);

// Frees what the labels own. A zeroed struct, but for its unit, is empty.
void labels_clear(struct labels *labels);

// The labels that follow are those of another member.
bool labels_member(struct labels *labels, const char *where, struct error *error);

// Notes a label. False with the error when it is past all that a class can be.
bool labels_note(struct labels *labels, uint64_t value, uint64_t at, struct error *error);

static inline bool labels_add(struct labels *labels, uint64_t value, uint64_t at,
                              struct error *error)
{
    return (value < labels->num_places && labels->places[value].member != 0) ||
           labels_note(labels, value, at, error);
}

// Gives the feature's classes their names: the card's, else `names` (which are `whose`), else none,
// so that the writer numbers them. False with the error when a label has no name.
bool labels_declare(const struct labels *labels, struct card_file *card, struct writer *writer,
                    int feature, const char *const *names, size_t num_names, const char *whose,
                    struct error *error);

#endif
