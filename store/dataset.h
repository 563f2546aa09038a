// SPDX-License-Identifier: MIT
// A published dataset, opened: its schema and its arrays, mapped. Immutable and shared by all
// threads; lives as long as someone holds a reference, also when the catalog has moved on.
#ifndef SAMPLECASE_STORE_DATASET_H
#define SAMPLECASE_STORE_DATASET_H

#include <stdbool.h>
#include <stdint.h>

#include "store/schema.h"

// One mapped .npy file.
struct array {
    const uint8_t *file; // the mapping: header and rows
    uint64_t file_bytes;
    const uint8_t *rows; // the first row, on a 64-byte boundary
    uint64_t num_rows;
    uint64_t row_bytes;
    enum dtype dtype;
    int fd;                  // open for reading, for sendfile; closed with the dataset
    char sha256[DIGEST_HEX]; // of the whole file
};

struct dataset;

// The schema; borrowed as long as the reference.
const struct schema *dataset_schema(const struct dataset *dataset);

// The array of a feature in a split; both indices must be valid.
const struct array *dataset_array(const struct dataset *dataset, int split, int feature);

// The sample indices (int64) of a split grouped by class of a class feature: those of class id are
// [starts[id], starts[id + 1]) of the array `by_class`, ascending within a class.
struct class_index {
    struct array by_class;
    uint64_t *starts; // num_classes + 1 of them
};
const struct class_index *dataset_class_index(const struct dataset *dataset, int split,
                                              int class_feature);

// How many samples of the split have that class.
static inline uint64_t class_index_count(const struct class_index *index, long id)
{
    return index->starts[id + 1] - index->starts[id];
}

// One more reference, and one less (NULL is fine). The last one unmaps.
struct dataset *dataset_hold(struct dataset *dataset);
void dataset_release(struct dataset *dataset);

// What the program derives from a dataset once and keeps beside it: made by the first caller (of
// two at the same moment, one result is dropped again), borrowed as long as the dataset, dropped
// with it. There is one such thing; every call must pass the same functions. NULL when `make`
// returns NULL.
typedef void *dataset_make(const struct dataset *dataset);
typedef void dataset_drop(void *companion);
void *dataset_companion(struct dataset *dataset, dataset_make *make, dataset_drop *drop);

// Notes that a file of it does not hold what it must. `what` is copied, the first note stays.
void dataset_mark_damaged(struct dataset *dataset, const char *what);

// Whether a file of it turned out shorter than it was when opened. Its rows then read as zeros and
// must not be served; answer "damaged" with this sentence. NULL while all is well.
const char *dataset_damage(const struct dataset *dataset);

// The rest is for the store alone.

struct folder;
struct catalog_entry;

// Opens and checks the files of an entry and takes over what it owns (it is cleared, also on
// failure). The dataset has one reference. NULL with the error, which names the file.
struct dataset *dataset_open(struct folder *folder, struct catalog_entry *entry,
                             struct error *error);

// Looks whether all files still have their sizes: a load from the last page of one that was cut
// gives zeros without any signal. What it finds is in dataset_damage.
void dataset_look(struct dataset *dataset);

// Tables computed from the dataset that live as long as it (cache.h).
struct cache *dataset_cache(struct dataset *dataset);

#endif
