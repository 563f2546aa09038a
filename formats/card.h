// SPDX-License-Identifier: MIT
// dataset.json: a card that lies beside the data and says what the files do not: title, licence,
// citation, warnings, names of classes.
#ifndef SAMPLECASE_FORMATS_CARD_H
#define SAMPLECASE_FORMATS_CARD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "store/schema.h"

struct source;

struct card_classes {
    char *feature;
    char **names; // in the order of the ids
    size_t num_names;
    bool is_used; // some feature took them
};

struct card_file {
    struct card card;  // texts that are not given are NULL
    bool has_warnings; // the card's, which may be none, are all there are
    struct card_classes *classes;
    size_t num_classes;
    const char *where; // borrowed: the card's place for messages; NULL when there is no card
};

// What a format does with the card when all is read; `context` is the format's.
typedef bool card_use(void *context, struct card_file *card, struct error *error);

// Reads the card that the source has met, an empty one if there is none, and calls use() with it,
// which ends an import. Its `where` is borrowed from the source. False with the error.
bool card_finish(const struct source *source, card_use *use, void *context, struct error *error);

// Reads a card from bytes. False with the error.
bool card_parse(struct card_file *file, const void *bytes, size_t size, const char *where,
                struct error *error);

// Frees what the card owns. A zeroed card is fine.
void card_clear(struct card_file *file);

// The names for a feature, NULL when the card has none.
struct card_classes *card_find_classes(struct card_file *file, const char *feature);

#endif
