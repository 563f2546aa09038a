// SPDX-License-Identifier: MIT
#include "formats/arena.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_CHUNK = 4 << 10, LARGEST_CHUNK = 1 << 20 };

struct arena_chunk {
    struct arena_chunk *before;
    size_t size;
    char bytes[];
};

static struct arena_chunk *chunk_new(const struct arena *arena, size_t want)
{
    size_t size = arena->last ? arena->last->size * 2 : FIRST_CHUNK;
    if (size > LARGEST_CHUNK)
        size = LARGEST_CHUNK;
    if (size < want)
        size = want;
    struct arena_chunk *chunk = malloc(sizeof *chunk + size);
    if (chunk)
        *chunk = (struct arena_chunk){.before = arena->last, .size = size};
    return chunk;
}

char *arena_copy(struct arena *arena, const char *text, size_t size)
{
    if (!arena->last || size >= arena->left) {
        struct arena_chunk *chunk = chunk_new(arena, size + 1);
        if (!chunk)
            return NULL;
        arena->last = chunk;
        arena->left = chunk->size;
    }
    char *copy = arena->last->bytes + arena->last->size - arena->left;
    memcpy(copy, text, size);
    copy[size] = '\0';
    arena->left -= size + 1;
    return copy;
}

void arena_clear(struct arena *arena)
{
    while (arena->last) {
        struct arena_chunk *chunk = arena->last;
        arena->last = chunk->before;
        free(chunk);
    }
    arena->left = 0;
}
