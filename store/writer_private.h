// SPDX-License-Identifier: MIT
// An import as writer.c declares it, writer_append.c fills it and writer_commit.c ends it.
#ifndef SAMPLECASE_STORE_WRITER_PRIVATE_H
#define SAMPLECASE_STORE_WRITER_PRIVATE_H

#include <stdbool.h>

#include "store/column.h"
#include "store/folder.h"
#include "store/role.h"
#include "store/workspace.h"
#include "store/writer.h"

struct writer {
    struct folder *folder; // borrowed
    struct writer_options options;
    char *declared_split; // with options.split: the source's own name of the one split
    struct schema schema;
    struct workspace *workspace;
    // From the first row or word on, when only classes can be declared:
    struct role_map map;
    size_t buffer_size; // of each column
    struct column *shared;                     // by role_map_place; NULL before
    struct column *columns[SCHEMA_MAX_SPLITS]; // likewise; NULL until the split's first row
    char **last_file; // of each feature: the path of the image that was appended last, or NULL
};

// Ends the declaring: makes the columns that are one for all splits, if there are none yet.
bool writer_start(struct writer *writer, struct error *error);

// Makes the columns and the folder of a split, if it has none yet; ends the declaring.
bool writer_start_split(struct writer *writer, size_t split, struct error *error);

// Makes the columns of the last feature, which was declared after the start and has no shared ones.
bool writer_start_late(struct writer *writer, struct error *error);

// Frees all columns, so that features can be declared again.
void writer_drop_columns(struct writer *writer);

// The column of a feature that has that role; the split (any, if the role is shared) was started.
struct column *writer_column(const struct writer *writer, size_t split, size_t feature,
                             enum array_role role);

// Room for one more item behind items[0 ... count), zeroed; the capacity doubles whenever count is
// a power of two. NULL with the error, and items are as they were.
void *writer_room(void *items, size_t count, size_t size, struct error *error);

// A copy of a text that describes, owned by the caller, with U+FFFD for each byte that is no UTF-8,
// as there may be in names of files and on command lines. NULL when memory is short.
char *writer_text(const char *text);

#endif
