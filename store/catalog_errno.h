// SPDX-License-Identifier: MIT
// Why a call of the system failed inside SQLite, which keeps only its own code for it ("unable to
// open database file") and may have called the system again since.
#ifndef SAMPLECASE_STORE_CATALOG_ERRNO_H
#define SAMPLECASE_STORE_CATALOG_ERRNO_H

// Begins to watch; before the first connection is opened.
void catalog_errno_watch(void);

// The errno of the first failure in this thread since the last call of this, or 0.
int catalog_errno_take(void);

#endif
