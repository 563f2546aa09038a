// SPDX-License-Identifier: MIT
// A batch as tensors: what the selected samples have of each feature, one array after the other.
//
// A feature in rows is one tensor, named after it, samples first. A ragged one (texts, token ids,
// encoded images) is two: NAME.values and NAME.offsets (int64, one more than samples: where each
// sample begins in the values). Token ids that were asked for as a matrix are one tensor again,
// filled up with 0. `index` (int64) has the samples' places in their split.
//
// Planning finds the size of everything; rows that lie one after the other in the mapping are lent
// from there, all others are copied once, into the block of a parcel.
#ifndef SAMPLECASE_SERVER_BATCH_H
#define SAMPLECASE_SERVER_BATCH_H

#include "encode/tensor.h"
#include "server/parcel.h"
#include "server/route.h"
#include "store/selection.h"

// What an answer may have at most.
#define BATCH_MAX_SAMPLES 65536
#define BATCH_MAX_BYTES   (UINT64_C(256) << 20)

enum batch_source {
    BATCH_INDEX, // the samples' indices
    BATCH_ROWS,  // rows of the feature's array
    BATCH_RUNS,  // runs of the feature's values
    BATCH_FILES, // encoded images, wherever they are
    BATCH_MADE,  // `made`, ready
};

struct batch_tensor {
    struct tensor tensor; // its name is owned
    enum batch_source source;
    int feature;
    uint64_t bytes;
    const void *lent; // all of its bytes in the mapping; NULL when they are to be gathered
    void *made;       // owned
};

struct batch {
    const struct request *request; // borrowed
    int split;
    const struct selection *selection; // borrowed
    uint64_t num_samples;
    uint64_t *indices; // owned; of the samples in their order
    bool is_run;       // they are first, first + 1, ...
    uint64_t first;
    struct batch_tensor *tensors; // owned
    size_t num_tensors;
};

// Plans the batch of a selection with the features and the matrix of tokens that the request asks
// for. False with the problem, also when it would have more than BATCH_MAX_BYTES. Clear it in any
// case. Tensors of large elements come first, so that each is aligned to its elements.
bool batch_plan(struct batch *batch, const struct request *request, int split,
                const struct selection *selection, struct problem *problem);
void batch_clear(struct batch *batch);

// Writes a tensor's bytes. False with the problem (an image's file that changed meanwhile).
bool batch_gather(const struct batch *batch, const struct batch_tensor *tensor, void *out,
                  struct problem *problem);

#endif
