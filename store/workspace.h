// SPDX-License-Identifier: MIT
// The folder of an import under way, tmp/{random}/: its file "lock" is held as long as the import
// lives, its folder "arrays" becomes the revision.
#ifndef SAMPLECASE_STORE_WORKSPACE_H
#define SAMPLECASE_STORE_WORKSPACE_H

#include <stdbool.h>

#include "base/error.h"
#include "store/folder.h"

struct workspace;

// Makes one. The caller holds the folder's lock, so that nobody takes it for a dead one before its
// own lock is held. The folder is borrowed. NULL with the error.
struct workspace *workspace_new(struct folder *folder, struct error *error);

// Deletes what is left of it. NULL is fine.
void workspace_free(struct workspace *workspace);

// A descriptor of its folder "arrays", borrowed.
int workspace_fd(const struct workspace *workspace);

// Its path below the data folder, for messages; borrowed.
const char *workspace_path(const struct workspace *workspace);

// Deletes all that is in "arrays"; its descriptor is another one afterwards. False with the error:
// the workspace is of no use then.
bool workspace_empty(struct workspace *workspace, struct error *error);

// Makes "arrays" the folder arrays/{dataset}/{revision}, durably; a folder of that name that is
// there already moves into the workspace. The caller holds the folder's lock and has synced the
// contents.
bool workspace_publish(struct workspace *workspace, const char *dataset, const char *revision,
                       struct error *error);

// Deletes the workspaces whose import is dead, as far as the system lets it. The caller holds the
// folder's lock.
void workspace_clear(struct folder *folder);

#endif
