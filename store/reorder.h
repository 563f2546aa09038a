// SPDX-License-Identifier: MIT
// Columns under way whose rows are put into another order. `order` has as many numbers as there
// are rows (or runs), each of them once: row i becomes what row order[i] was. What the column
// buffered is written first, and the file is replaced; on a failure the import cannot go on.
#ifndef SAMPLECASE_STORE_REORDER_H
#define SAMPLECASE_STORE_REORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "store/column.h"

bool reorder_rows(struct column *column, int dir, const uint64_t *order, size_t buffer_size,
                  struct error *error);

// The runs of a ragged feature: run i lies in rows offsets[i] to offsets[i + 1] of the values.
bool reorder_runs(struct column *values, struct column *offsets, int dir, const uint64_t *order,
                  size_t buffer_size, struct error *error);

#endif
