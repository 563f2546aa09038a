// SPDX-License-Identifier: MIT
// Which samples, in which order: the one answer to section "choosing samples" of the interface that
// pages, contact sheets, batches and exports share.
//
// A plain window costs nothing. Classes of one feature are read from its class index; the place of
// the n-th sample of several classes is found by bisection, so that a deep page costs what the
// first costs. Filters over several features or very many classes, and shuffles (shuffle.h says
// which permutation), need a table that is built once for each dataset and shared.
//
// A query may bring an order of its own instead of that of storage: filters, shuffle, shards and
// window then work over its places.
//
// shard and shards take every shards-th place of the ordered samples, beginning with place `shard`;
// the window is over these. A list of indices is windowed as it stands.
#ifndef SAMPLECASE_STORE_SELECTION_H
#define SAMPLECASE_STORE_SELECTION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "store/dataset.h"

// Any of these classes of one feature.
struct class_filter {
    int feature;
    long *ids; // any order, repeats allowed; borrowed
    size_t num_ids;
};

enum selection_order { ORDER_INDEX, ORDER_SHUFFLE };

// Samples of a split in an order of their own: the places [from, from + count) of a table of sample
// indices, all less than the split's number of samples.
struct sample_order {
    const struct table *table; // cache.h
    uint64_t from, count;
    char key[96]; // tells it from all other orders of the dataset
};

struct selection_query {
    int split;
    const struct sample_order *base; // instead of all samples as stored; borrowed; NULL for none
    const struct class_filter *filters; // all must hold; borrowed
    size_t num_filters;
    enum selection_order order;
    uint64_t seed, epoch;
    uint64_t shard, shards;  // shards = 1 for all; shard < shards
    const uint64_t *indices; // exactly these, in this order; NULL for none; not with the above
    size_t num_indices;
    uint64_t offset, limit; // the window
};

struct selection;

// Works out a selection. The dataset and the query's indices are borrowed until selection_free.
// NULL with the error: an index past the split's end or no such class (ERROR_MISSING), a table for
// more than 2^32 - 1 samples (ERROR_LIMIT), memory. Selections may be made and read by all threads.
struct selection *selection_new(struct dataset *dataset, const struct selection_query *query,
                                struct error *error);
void selection_free(struct selection *selection);

// Samples selected in all, before the window.
uint64_t selection_total(const struct selection *selection);

// Samples in the window: min(limit, total - offset), 0 past the end.
uint64_t selection_count(const struct selection *selection);

// Writes the sample indices of the window's places [from, from + count) into out; they must lie
// inside the window.
void selection_indices(const struct selection *selection, uint64_t from, uint64_t count,
                       uint64_t *out);

// Whether the window is one run of consecutive samples, whose first is then *first (0 for an empty
// window, which counts as one).
bool selection_is_run(const struct selection *selection, uint64_t *first);

#endif
