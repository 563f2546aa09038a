// SPDX-License-Identifier: MIT
// Deleting a folder with all that is in it.
#ifndef SAMPLECASE_STORE_TREE_H
#define SAMPLECASE_STORE_TREE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

// Deletes `name` below the folder fd and everything in it; links are deleted, never followed. Adds
// the sizes of the files to *freed, which may be NULL. One that is missing is fine. Goes on after a
// failure and reports the first.
bool tree_remove(int fd, const char *name, uint64_t *freed, struct error *error);

#endif
