// SPDX-License-Identifier: MIT
// The samples of one or several classes of a feature, read from the class index and merged.
#ifndef SAMPLECASE_STORE_GROUP_H
#define SAMPLECASE_STORE_GROUP_H

#include <stdint.h>

#include "store/dataset.h"

enum { GROUP_MAX_MERGED = 64 }; // of more classes a table is cheaper

// The samples of one class, ascending. A class index comes from a file that may be damaged: what is
// no sample of the split reads as 0, and the dataset is marked.
struct group {
    struct dataset *dataset; // borrowed
    const uint8_t *rows;     // int64, borrowed from the dataset
    uint64_t count;
    uint64_t num_samples; // of the split
};

struct group group_of_class(struct dataset *dataset, int split, int feature, long id);

// Entry i of the group.
uint64_t group_at(const struct group *group, uint64_t i);

// Writes the entries [from, from + count) of the ascending union of groups without common samples,
// at most GROUP_MAX_MERGED of them. Finding the first takes bisections only.
void group_merge(const struct group *groups, size_t num_groups, uint64_t from, uint64_t count,
                 uint64_t *out);

#endif
