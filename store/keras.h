// SPDX-License-Identifier: MIT
// compat=keras: which samples, in which order, and with which ids, keras.datasets' load_data()
// would give. Keras goes about it in one of these ways; which, the shape of the dataset tells:
//
//   two splits, train and test, with a token feature (imdb): one generator shuffles train, then
//     test; samples of maxlen ids or more are left out of each; a part that ends empty is an error
//   one split with a token feature (reuters): one shuffle; long samples are left out; of the n that
//     are left the first int(n * (1 - test_split)) are train, the others test
//   one split of numbers with a number as target (boston_housing): the same without token ids
//   splits train and test with images (mnist, cifar10): as stored
//
// The generator is twister.h's. What becomes of the ids says token_reading.h.
#ifndef SAMPLECASE_STORE_KERAS_H
#define SAMPLECASE_STORE_KERAS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "store/dataset.h"
#include "store/selection.h"
#include "store/token_reading.h"

enum keras_way {
    KERAS_STORED, // as stored
    KERAS_SPLITS, // two splits of tokens
    KERAS_POOL,   // one split that is cut into two parts
};

struct keras_plan {
    enum keras_way way;
    int tokens; // the token feature, or -1
};

// How Keras would go about a dataset of that schema; false with the error (ERROR_INPUT: what it
// would need) when in none of its ways.
bool keras_plan(const struct schema *schema, struct keras_plan *plan, struct error *error);

struct keras_arguments {
    bool test;         // the part: test, or train
    uint32_t seed;     // Keras's default is 113
    double test_split; // 0 to 1; of a pool; Keras's default is 0.2
    struct token_arguments tokens;
};

struct keras_part {
    int split;                    // the stored one
    struct sample_order order;    // table is NULL for the order as stored
    struct token_reading reading; // where the plan has a token feature
};

// Works out a part. False with the error, where *argument, if it was NULL, becomes the name of the
// argument that is to blame, or stays. Clear it after success.
bool keras_load(struct dataset *dataset, const struct keras_plan *plan,
                const struct keras_arguments *arguments, struct keras_part *part,
                const char **argument, struct error *error);
void keras_part_clear(struct keras_part *part);

#endif
