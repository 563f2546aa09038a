// SPDX-License-Identifier: MIT
// Folders of revisions that no catalog knows: left by a process that died between renaming and
// committing, or between committing and deleting what was before.
#ifndef SAMPLECASE_STORE_ORPHAN_H
#define SAMPLECASE_STORE_ORPHAN_H

#include <stdbool.h>

#include "store/catalog.h"
#include "store/folder.h"

// Deletes them, as far as the system lets it; what is not named like a revision is left alone. The
// caller holds the folder's lock.
void orphan_clear(struct folder *folder, struct catalog *catalog);

// Whether there is any revision below arrays/ at all.
bool orphan_exists(struct folder *folder);

// Deletes arrays/{dataset}/{revision}, and arrays/{dataset} if nothing else is in it. *freed grows
// by the sizes of the files. The caller holds the folder's lock.
bool orphan_remove(struct folder *folder, const char *dataset, const char *revision,
                   uint64_t *freed, struct error *error);

#endif
