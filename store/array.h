// SPDX-License-Identifier: MIT
// One published .npy file, mapped or only looked at.
#ifndef SAMPLECASE_STORE_ARRAY_H
#define SAMPLECASE_STORE_ARRAY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "store/catalog.h"
#include "store/dataset.h"
#include "store/folder.h"

enum { ARRAY_PATH = 512 }; // bytes of a path below the data folder, with its NUL

// arrays/{dataset}/{revision}/{split}/{feature}.npy, or with another suffix (role.h); without
// {split}/ when it is one for all splits.
void array_path(const struct schema *schema, const struct catalog_array *entry,
                char out[ARRAY_PATH]);

// Opens the file and compares its size and header with what the schema says. *array then has
// everything but the mapping. Returns the descriptor, owned by the caller; -1 with the error:
// ERROR_MISSING without the file, ERROR_DAMAGED when it is another one.
int array_open(struct folder *folder, const struct schema *schema,
               const struct catalog_array *entry, struct array *array, struct error *error);

// The same, and maps the whole file, which needs no descriptor from then on: a table may have more
// columns than a process may have open files.
bool array_map(struct folder *folder, const struct schema *schema,
               const struct catalog_array *entry, struct array *array, struct error *error);

// Unmaps. An array of zeros is fine.
void array_unmap(struct array *array);

#endif
