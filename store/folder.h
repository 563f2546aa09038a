// SPDX-License-Identifier: MIT
// The data folder on disk and the order in which things are made durable in it.
//
//   catalog.sqlite3                                     what there is (catalog.h)
//   lock                                                held by whoever changes the catalog
//   arrays/{dataset}/{revision}/{split}/{feature}.npy   published, never changed again
//   tmp/{random}/                                       an import under way; its file "lock" is held
//                                                       as long as the import lives
#ifndef SAMPLECASE_STORE_FOLDER_H
#define SAMPLECASE_STORE_FOLDER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

struct folder;

enum folder_access { FOLDER_READ, FOLDER_WRITE };

// Opens the data folder. With FOLDER_WRITE it is made when missing, and what dead imports left below
// tmp/ and orphaned revisions are cleared away by the next folder_lock. With FOLDER_READ it may be
// missing or read-only. NULL with the error.
struct folder *folder_open(const char *path, enum folder_access access, struct error *error);
void folder_close(struct folder *folder);

// As given to folder_open; borrowed.
const char *folder_path(const struct folder *folder);

// $SAMPLECASE_DATA, else $XDG_DATA_HOME/samplecase, else ~/.local/share/samplecase. Writes the path
// into `out`; false with the error when none of the variables is set or it is too long.
bool folder_default_path(char *out, size_t size, struct error *error);

#endif
