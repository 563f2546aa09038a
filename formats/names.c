// SPDX-License-Identifier: MIT
#include "formats/names.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

// FNV-1a. A file made to collide slows down its own import only, and not by much: the number of
// names is bounded by those who add them.
static uint64_t hash(const char *name, size_t size)
{
    uint64_t h = UINT64_C(14695981039346656037);
    for (size_t i = 0; i < size; i++)
        h = (h ^ (unsigned char)name[i]) * UINT64_C(1099511628211);
    return h;
}

// The slot that holds the name, or the empty one where it belongs. There is always an empty one.
static char **find(char **slots, size_t num_slots, const char *name, size_t size)
{
    size_t at = (size_t)hash(name, size) & (num_slots - 1);
    while (slots[at] && (strncmp(slots[at], name, size) != 0 || slots[at][size] != '\0'))
        at = (at + 1) & (num_slots - 1);
    return &slots[at];
}

static bool grow(struct names *names)
{
    size_t num_slots = names->num_slots ? names->num_slots * 2 : 16;
    char **slots = calloc(num_slots, sizeof *slots);
    if (!slots)
        return false;
    for (size_t i = 0; i < names->num_slots; i++)
        if (names->slots[i])
            *find(slots, num_slots, names->slots[i], strlen(names->slots[i])) = names->slots[i];
    free(names->slots);
    names->slots = slots;
    names->num_slots = num_slots;
    return true;
}

enum names_result names_add(struct names *names, const char *name, size_t size)
{
    if (names->count * 2 >= names->num_slots && !grow(names))
        return NAMES_NO_MEMORY;
    char **slot = find(names->slots, names->num_slots, name, size);
    if (*slot)
        return NAMES_KNOWN;
    *slot = strndup(name, size);
    if (!*slot)
        return NAMES_NO_MEMORY;
    names->count++;
    return NAMES_NEW;
}

void names_clear(struct names *names)
{
    for (size_t i = 0; i < names->num_slots; i++)
        free(names->slots[i]);
    free(names->slots);
    *names = (struct names){.slots = NULL};
}
