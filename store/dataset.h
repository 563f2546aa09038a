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
    char sha256[DIGEST_HEX]; // of the whole file
};

struct dataset;

// The schema; borrowed as long as the reference.
const struct schema *dataset_schema(const struct dataset *dataset);

// The array of a feature in a split; both indices must be valid. ARRAY_VALUES: rows, or the
// elements of all runs.
const struct array *dataset_array(const struct dataset *dataset, int split, int feature);

// One of the arrays of a feature (those of all splits are the same for each split); NULL when the
// feature has none of that role.
const struct array *dataset_part(const struct dataset *dataset, int split, int feature,
                                 enum array_role role);

// The run of one sample of a ragged feature: borrowed elements of the feature's dtype, and their
// number. NULL, and the dataset is marked as damaged, when the offsets make no sense. The pointer
// of an empty run is not NULL.
const void *dataset_run(struct dataset *dataset, int split, int feature, uint64_t index,
                        uint64_t *count);

// The word of that rank (1 to num_words) of a token feature, not terminated; borrowed. NULL when
// there is none.
const char *dataset_word(struct dataset *dataset, int feature, uint64_t rank, size_t *size);

// Height, width and channels of one image, in whatever storage. All 0 when the stored ones make no
// sense.
void dataset_image_size(const struct dataset *dataset, int split, int feature, uint64_t index,
                        uint32_t *height, uint32_t *width, uint32_t *channels);

// The bytes of one encoded image (not of STORAGE_ROWS) as they came. In place they are read from
// the user's file, which must be as it was: same length, same time of modification.
struct image_bytes {
    const uint8_t *bytes;
    uint64_t size;
    uint8_t *owned; // NULL when `bytes` lies in the mapping
};
// False with the error: ERROR_MISSING when the file is gone, ERROR_DAMAGED when it has changed;
// both name it, without the folders it lies in: whoever asks need not know them. Free with
// image_bytes_free.
bool dataset_image_bytes(struct dataset *dataset, int split, int feature, uint64_t index,
                         struct image_bytes *out, struct error *error);
void image_bytes_free(struct image_bytes *image);

// The same of the first bytes alone, which tell what kind of image it is.
enum { DATASET_IMAGE_HEAD = 16 };
bool dataset_image_head(struct dataset *dataset, int split, int feature, uint64_t index,
                        struct image_bytes *out, struct error *error);

// How many those bytes are, without looking at the user's file; 0 when what is stored makes no
// sense.
uint64_t dataset_image_length(struct dataset *dataset, int split, int feature, uint64_t index);


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
// with it. There is one such thing for each function `make`. NULL when it returns NULL or memory is
// short.
typedef void *dataset_make(struct dataset *dataset);
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
void dataset_look(struct dataset *dataset, const struct folder *folder);

// Tables computed from the dataset that live as long as it (cache.h).
struct cache *dataset_cache(struct dataset *dataset);

#endif
