// SPDX-License-Identifier: MIT
#ifndef SAMPLECASE_STORE_REMOVE_H
#define SAMPLECASE_STORE_REMOVE_H

#include <stdint.h>

#include "base/error.h"
#include "store/folder.h"

// Takes a dataset out of the catalog, then deletes its files. *freed is the bytes they had. A
// server that is answering from it goes on until its last answer is sent.
bool remove_dataset(struct folder *folder, const char *name, uint64_t *freed, struct error *error);

#endif
