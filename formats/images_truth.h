// SPDX-License-Identifier: MIT
// The classes of ImageNet's validation pictures, which lie in one folder (ILSVRC2012_val_00000001
// .JPEG …): lists beside them say which is which.
#ifndef SAMPLECASE_FORMATS_IMAGES_TRUTH_H
#define SAMPLECASE_FORMATS_IMAGES_TRUTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

enum { IMAGES_TRUTH_MAX = 1 << 20, IMAGES_TRUTH_IDS = 1 << 16 };

struct images_truth {
    uint32_t *ids;     // owned: of picture i + 1, as the development kit has them; 0 for none
    uint32_t *synsets; // owned: of picture i + 1, as Kaggle has them; 0 for none
    uint32_t *of_id;   // owned: the synset of each id; 0 for none
    size_t num_ids, num_synsets;
};

// The development kit's ILSVRC2012_validation_ground_truth.txt: an id on each line.
bool images_truth_add_ids(struct images_truth *truth, const char *text, size_t size,
                          struct error *error);

// Kaggle's LOC_val_solution.csv: "ILSVRC2012_val_00048981,n03995372 85 1 499 272".
bool images_truth_add_solution(struct images_truth *truth, const char *text, size_t size,
                               struct error *error);

// The development kit's meta.mat: what an id means.
bool images_truth_add_id(struct images_truth *truth, uint32_t id, uint32_t synset,
                         struct error *error);

// Whether a member is called as a validation picture is. *synset is its class, 0 while unknown.
bool images_truth_find(const struct images_truth *truth, const char *member, uint32_t *synset);

void images_truth_clear(struct images_truth *truth);

#endif
