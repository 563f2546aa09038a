// SPDX-License-Identifier: MIT
// The name of a dataset's content; writer.h says what it is the hash of.
#ifndef SAMPLECASE_STORE_REVISION_H
#define SAMPLECASE_STORE_REVISION_H

#include <stdbool.h>

#include "base/error.h"
#include "store/catalog.h"

// Computes the revision from the entry's schema and the hashes of its arrays, which are in the
// order of catalog_entry_list. False with the error.
bool revision_compute(const struct catalog_entry *entry, char out[DIGEST_HEX], struct error *error);

#endif
