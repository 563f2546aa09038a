// SPDX-License-Identifier: MIT
// The data folder on disk and the order in which things are made durable in it.
//
//   catalog.sqlite3                                     what there is (catalog.h)
//   lock                                                held by whoever changes the catalog
//   arrays/{dataset}/{revision}/{split}/{feature}.npy   published, never changed again
//   tmp/{random}/                                       an import under way; its file "lock" is
//   held
//                                                       as long as the import lives
#ifndef SAMPLECASE_STORE_FOLDER_H
#define SAMPLECASE_STORE_FOLDER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

struct folder;

enum folder_access { FOLDER_READ, FOLDER_WRITE };

// Opens the data folder. With FOLDER_WRITE it is made when missing. With FOLDER_READ it may be
// missing or read-only. NULL with the error.
struct folder *folder_open(const char *path, enum folder_access access, struct error *error);
void folder_close(struct folder *folder);

// As given to folder_open; borrowed.
const char *folder_path(const struct folder *folder);

// $SAMPLECASE_DATA, else $XDG_DATA_HOME/samplecase, else ~/.local/share/samplecase. Writes the path
// into `out`; false with the error when none of the variables is set or it is too long.
bool folder_default_path(char *out, size_t size, struct error *error);

// The rest is for the store alone.

// A descriptor of the folder, borrowed; -1 when it is missing.
int folder_fd(const struct folder *folder);

// Waits for the lock of whoever changes the catalog. Two struct folder of one process exclude each
// other too. Only on a folder opened with FOLDER_WRITE.
bool folder_lock(struct folder *folder, struct error *error);
void folder_unlock(struct folder *folder);

// Keeps writers away until the descriptor *still is closed, for a reader who cannot take part in
// SQLite's own locking because nothing can be written in the folder. *still is -1 when there is no
// lock file: nobody has ever written.
bool folder_hold_still(struct folder *folder, int *still, struct error *error);

// Makes the entries of the folder "file" below the data folder durable ("." for the folder itself).
bool folder_sync(const struct folder *folder, const char *file, struct error *error);

#endif
