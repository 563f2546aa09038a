// SPDX-License-Identifier: MIT
// A dataset as JSON, for the interface and for the commands' --json.
#ifndef SAMPLECASE_SERVER_DATASET_JSON_H
#define SAMPLECASE_SERVER_DATASET_JSON_H

#include "base/buffer.h"
#include "store/schema.h"

// Appends the object of a list: name, title, revision, task, splits, sizes, addresses. `thumbnails`:
// the samples on the sheet that shows what the dataset is like, at most DATASET_JSON_THUMBNAILS.
enum { DATASET_JSON_THUMBNAILS = 60 };
void dataset_json_summary(struct buffer *out, const char *base_path, const struct schema *schema,
                          unsigned thumbnails);

// Appends all of that and description, licence, citation, homepage, warnings, features, sources,
// files that were set aside.
void dataset_json_detail(struct buffer *out, const char *base_path, const struct schema *schema,
                         unsigned thumbnails);

// How images are kept, in the interface's words: "rows", "encoded", "in_place"; static.
const char *dataset_json_storage(enum storage storage);

#endif
