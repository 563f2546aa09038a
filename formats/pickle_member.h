// SPDX-License-Identifier: MIT
// A member of a source that is a pickle, or ends in one: its bytes and what they hold.
#ifndef SAMPLECASE_FORMATS_PICKLE_MEMBER_H
#define SAMPLECASE_FORMATS_PICKLE_MEMBER_H

#include "formats/pickle.h"

struct source;

struct pickle_member {
    uint8_t *bytes; // owned
    size_t size;
    struct pickle *pickle; // owned; borrows the bytes
};

// Reads what is left of the source's present member, which has `size` bytes (SOURCE_SIZE_UNKNOWN is
// fine). False with the error, which names the member and the byte.
bool pickle_member_read(struct pickle_member *member, struct source *source, uint64_t size,
                        struct error *error);

// A zeroed member is fine.
void pickle_member_clear(struct pickle_member *member);

#endif
