// SPDX-License-Identifier: MIT
// Many small texts that live and die together, each at an address that does not change.
#ifndef SAMPLECASE_FORMATS_ARENA_H
#define SAMPLECASE_FORMATS_ARENA_H

#include <stddef.h>

struct arena_chunk;

struct arena {
    struct arena_chunk *last; // owned, as are those before it
    size_t left;              // bytes free in it
};

// Copies a text of that many bytes and puts a NUL after it; lives until arena_clear. NULL when
// memory is short. A zeroed arena is empty.
char *arena_copy(struct arena *arena, const char *text, size_t size);

// Frees the texts; the arena is empty then.
void arena_clear(struct arena *arena);

#endif
