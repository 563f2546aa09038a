// SPDX-License-Identifier: MIT
// A first look at what a source holds: names and first bytes, without reading much of it.
#ifndef SAMPLECASE_FORMATS_GLIMPSE_H
#define SAMPLECASE_FORMATS_GLIMPSE_H

#include "formats/source.h"
#include "formats/unpack.h"

struct glimpse_member {
    struct source_member shown;
    char *name;    // owned, what `shown` points to
    uint8_t *head; // owned; NULL for an empty member
};

struct glimpse {
    struct glimpse_member *members; // owned
    size_t num_members;
    bool all; // these are all
};

// False with the error. A zeroed glimpse is empty.
bool glimpse_take(struct glimpse *glimpse, const struct unpack_input *input, struct error *error);
void glimpse_clear(struct glimpse *glimpse);

#endif
