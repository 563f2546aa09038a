// SPDX-License-Identifier: MIT
// Reads every array of a dataset again and compares size, header and SHA-256 with the catalog; so it
// does with each image that stayed in the user's files.
#ifndef SAMPLECASE_STORE_VERIFY_H
#define SAMPLECASE_STORE_VERIFY_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "store/folder.h"

struct verify_result {
    uint64_t num_files, bytes; // looked at
    uint64_t num_damaged;
};

// Called for each damaged file with its path below the data folder, or its absolute one, and what is
// wrong. Of a feature's files in place at most a hundred are named; then comes the dataset's name
// and how many more there are.
typedef void verify_damage(void *context, const char *file, const char *reason);

// Verifies one dataset. False with the error when it could not be looked at (no such dataset, no
// catalog); damage is no error, it is counted and reported.
bool verify_dataset(struct folder *folder, const char *name, verify_damage *damage, void *context,
                    struct verify_result *result, struct error *error);

#endif
