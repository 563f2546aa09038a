// SPDX-License-Identifier: MIT
#include "formats/folders.h"

#include <stdlib.h>
#include <string.h>

bool folders_use(struct folders *folders, const char *name, struct error *error)
{
    const char *slash = strrchr(name, '/');
    size_t size = slash ? (size_t)(slash - name) : 0;
    if (size == 0 ||
        (folders->parent.size == size && memcmp(folders->parent.data, name, size) == 0))
        return true;
    folders->parent.size = 0;
    buffer_append(&folders->parent, name, size);
    if (folders->parent.failed)
        return error_memory(error);
    // Those above a folder that is known are known too.
    while (size > 0) {
        enum marks_result result = marks_add(&folders->used, name, size);
        if (result == MARKS_NO_MEMORY)
            return error_memory(error);
        if (result == MARKS_KNOWN)
            break;
        do
            size--;
        while (size > 0 && name[size] != '/');
    }
    return true;
}

bool folders_add(struct folders *folders, const char *name, uint64_t most, struct error *error)
{
    if (folders->count >= most)
        return error_set(error, ERROR_LIMIT, "more than %llu folders", (unsigned long long)most);
    if (folders->count == folders->capacity) {
        size_t capacity = folders->capacity ? folders->capacity * 2 : 64;
        const char **listed = realloc(folders->listed, capacity * sizeof *listed);
        if (!listed)
            return error_memory(error);
        folders->listed = listed;
        folders->capacity = capacity;
    }
    const char *copy = arena_copy(&folders->arena, name, strlen(name));
    if (!copy)
        return error_memory(error);
    folders->listed[folders->count++] = copy;
    return folders_use(folders, name, error);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void folders_finish(struct folders *folders)
{
    if (folders->count > 1)
        qsort(folders->listed, folders->count, sizeof *folders->listed, by_name);
    size_t kept = 0;
    for (size_t i = 0; i < folders->count; i++) {
        const char *name = folders->listed[i];
        if (!marks_has(&folders->used, name, strlen(name)) &&
            (kept == 0 || strcmp(folders->listed[kept - 1], name) != 0))
            folders->listed[kept++] = name;
    }
    folders->count = kept;
}

void folders_clear(struct folders *folders)
{
    arena_clear(&folders->arena);
    free(folders->listed);
    marks_clear(&folders->used);
    buffer_free(&folders->parent);
    *folders = (struct folders){.listed = NULL};
}
