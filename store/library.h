// SPDX-License-Identifier: MIT
// The open datasets of a data folder as an immutable snapshot that a change of the catalog replaces
// whole. Readers take a snapshot, use it, release it; nothing they hold ever changes.
#ifndef SAMPLECASE_STORE_LIBRARY_H
#define SAMPLECASE_STORE_LIBRARY_H

#include <stddef.h>

#include "base/error.h"
#include "store/dataset.h"

struct library;

// Called from the watching thread when a change of the catalog could not be taken over (the old
// snapshot stays) or a dataset's files do not fit its entry (it is in `snapshot_broken`).
typedef void library_report(void *context, const char *text);

// Opens all datasets of the folder and starts a thread that looks at the catalog four times a
// second. A folder without a catalog is an empty library. NULL with the error.
struct library *library_open(const char *path, library_report *report, void *context,
                             struct error *error);

// Stops the thread and releases the current snapshot. NULL is fine.
void library_close(struct library *library);

// The current snapshot, with a reference for the caller. Never NULL, never blocks for long.
struct snapshot *library_snapshot(struct library *library);
void snapshot_release(struct snapshot *snapshot);

// Datasets sorted by name; borrowed as long as the snapshot.
size_t snapshot_num_datasets(const struct snapshot *snapshot);
struct dataset *snapshot_dataset(const struct snapshot *snapshot, size_t i);

// The dataset with that name, borrowed as long as the snapshot, or NULL.
struct dataset *snapshot_find(const struct snapshot *snapshot, const char *name);

// Why the dataset of that name, which is in the catalog, could not be opened; NULL when it is not
// in the catalog or all is well with it.
const char *snapshot_broken(const struct snapshot *snapshot, const char *name);

#endif
