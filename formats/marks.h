// SPDX-License-Identifier: MIT
// A set of names, to find the one that comes twice. Names are kept as 16 bytes of their SHA-256, so
// that those of millions of files fit into memory and nobody can make two that are taken for one.
#ifndef SAMPLECASE_FORMATS_MARKS_H
#define SAMPLECASE_FORMATS_MARKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mark {
    uint64_t parts[2]; // both 0 where there is none
};

struct marks {
    struct mark *slots; // owned
    size_t num_slots;
    size_t count;
};

enum marks_result { MARKS_NEW, MARKS_KNOWN, MARKS_NO_MEMORY };

// Adds a name of that many bytes. A zeroed set is empty.
enum marks_result marks_add(struct marks *marks, const char *name, size_t size);

// Whether a name was added.
bool marks_has(const struct marks *marks, const char *name, size_t size);

// Empties the set.
void marks_clear(struct marks *marks);

#endif
