// SPDX-License-Identifier: MIT
// A set of names, to find the one that comes twice.
#ifndef SAMPLECASE_FORMATS_NAMES_H
#define SAMPLECASE_FORMATS_NAMES_H

#include <stdbool.h>
#include <stddef.h>

struct names {
    char **slots; // owned, as are the names; NULL where there is none
    size_t num_slots;
    size_t count;
};

enum names_result { NAMES_NEW, NAMES_KNOWN, NAMES_NO_MEMORY };

// Adds a copy of a name of that many bytes, which may be any but NUL. A zeroed set is empty.
enum names_result names_add(struct names *names, const char *name, size_t size);

// Frees the names; the set is empty then.
void names_clear(struct names *names);

#endif
