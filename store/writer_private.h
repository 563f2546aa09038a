// SPDX-License-Identifier: MIT
// An import as writer.c collects it and writer_commit.c ends it.
#ifndef SAMPLECASE_STORE_WRITER_PRIVATE_H
#define SAMPLECASE_STORE_WRITER_PRIVATE_H

#include <stdbool.h>

#include "store/column.h"
#include "store/folder.h"
#include "store/workspace.h"
#include "store/writer.h"

struct writer {
    struct folder *folder; // borrowed
    struct writer_options options;
    char *declared_split; // with options.split: the source's own name of the one split
    struct schema schema;
    struct workspace *workspace;
    struct column *columns[SCHEMA_MAX_SPLITS]; // of each feature; NULL until the split's first row
};

// A copy of a text that describes, owned by the caller, with U+FFFD for each byte that is no UTF-8,
// as there may be in names of files and on command lines. NULL when memory is short.
char *writer_text(const char *text);

// Makes the columns and the folder of a split, if it has none yet. Ends the declaring of features.
bool writer_start_split(struct writer *writer, size_t split, struct error *error);

#endif
