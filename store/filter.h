// SPDX-License-Identifier: MIT
// The class filters of a selection, checked and brought into one form, and the table of the samples
// that pass several of them.
#ifndef SAMPLECASE_STORE_FILTER_H
#define SAMPLECASE_STORE_FILTER_H

#include <stdbool.h>

#include "base/error.h"
#include "store/cache.h"
#include "store/dataset.h"
#include "store/selection.h"

// The classes of one feature that pass, ascending, each once.
struct filter {
    int feature;
    long *ids; // owned
    size_t num_ids;
};

struct filters {
    struct dataset *dataset; // borrowed
    int split;
    const struct sample_order *base; // the query's; borrowed
    struct filter *items; // owned; filters that let every class pass are left out
    size_t count;
};

// Takes the filters of a query. False with the error (ERROR_MISSING: there is no such class), with
// nothing to clear.
bool filters_init(struct filters *filters, struct dataset *dataset,
                  const struct selection_query *query, struct error *error);
void filters_clear(struct filters *filters);

// The samples that pass all of them, ascending or in the order of the base, from the dataset's
// cache. NULL with the error.
const struct table *filters_table(const struct filters *filters, struct error *error);

#endif
