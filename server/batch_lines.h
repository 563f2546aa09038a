// SPDX-License-Identifier: MIT
// A batch as text, a sample a line.
//
// NDJSON: each line is the object that a page of samples has, but with the values of images in rows
// as nested lists.
//
// CSV (RFC 4180, with LF): index, then for each feature: a scalar one column (empty for NaN); a
// class two, the id and NAME.name; a text one; token ids one, with spaces between the ids; an array
// or an image in rows a column NAME.0, NAME.1, ... for each of its values. Where a feature has such
// a name already, a _ stands behind it.
#ifndef SAMPLECASE_SERVER_BATCH_LINES_H
#define SAMPLECASE_SERVER_BATCH_LINES_H

#include "base/buffer.h"
#include "server/route.h"
#include "store/selection.h"

// Appends the lines of the selected samples. False with the problem, also past BATCH_MAX_BYTES.
bool batch_ndjson(const struct request *request, int split, const struct selection *selection,
                  struct buffer *out, struct problem *problem);
bool batch_csv(const struct request *request, int split, const struct selection *selection,
               struct buffer *out, struct problem *problem);

#endif
