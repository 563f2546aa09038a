// SPDX-License-Identifier: MIT
// The folders that an archive lists, to find those in which nothing lies: a class without samples
// is a class all the same.
#ifndef SAMPLECASE_FORMATS_FOLDERS_H
#define SAMPLECASE_FORMATS_FOLDERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"
#include "formats/arena.h"
#include "formats/marks.h"

struct folders {
    struct arena arena;
    const char **listed; // owned; in the arena
    size_t count, capacity;
    struct marks used;    // folders in which something lies
    struct buffer parent; // of the last thing that was noted
};

// Notes a folder of that name, without '/' at its end. More than `most` are an error.
bool folders_add(struct folders *folders, const char *name, uint64_t most, struct error *error);

// Notes that something of that name lies in its folder, and that one in the one above it.
bool folders_use(struct folders *folders, const char *name, struct error *error);

// Leaves those in which nothing lies, sorted, each once.
void folders_finish(struct folders *folders);

// A zeroed struct is empty.
void folders_clear(struct folders *folders);

#endif
