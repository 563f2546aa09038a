// SPDX-License-Identifier: MIT
// The texts of a column: whether they are the names of classes, or texts to be read. They are
// classes when all are short and come again and again: at most three different ones for four
// samples. (A column that the user wants to predict may have any number.)
#ifndef SAMPLECASE_FORMATS_TEXT_VALUES_H
#define SAMPLECASE_FORMATS_TEXT_VALUES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "formats/names.h"

enum {
    TEXT_VALUES_MOST = 65536,        // different texts that can be classes
    TEXT_VALUES_LONGEST = 256,       // bytes of a class's name
    TEXT_VALUES_BYTES = 8 * 1048576, // of all different texts of a column
};

#define TEXT_VALUES_MISSING "(missing)" // the class of a text that is not there

struct text_values {
    struct names names;  // the different texts; empty once they are too many
    const char **sorted; // the same by code point; owned, the texts are borrowed from `names`
    uint64_t count;      // texts in all
    size_t bytes;        // of the different ones
    bool are_texts;      // some is too long, or they are too many
};

// Notes a text of UTF-8, followed by a NUL; of 0 bytes for one that is missing.
bool text_values_add(struct text_values *values, const char *text, size_t size,
                     struct error *error);

// Whether the texts are classes. is_wanted says that the user wants them to be.
bool text_values_are_classes(const struct text_values *values, bool is_wanted);

// Puts the classes in order. False when memory is short.
bool text_values_sort(struct text_values *values, struct error *error);

// The class of a text; -1 when it was never added. To be called after text_values_sort.
long text_values_id(const struct text_values *values, const char *text, size_t size);

// A zeroed struct is empty.
void text_values_clear(struct text_values *values);

#endif
