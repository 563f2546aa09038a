// SPDX-License-Identifier: MIT
// A dataset as JSON, for the interface and for the commands' --json.
#ifndef SAMPLECASE_SERVER_DATASET_JSON_H
#define SAMPLECASE_SERVER_DATASET_JSON_H

#include "base/buffer.h"
#include "store/schema.h"

// Appends the object of a list: name, title, revision, task, splits, sizes, addresses.
void dataset_json_summary(struct buffer *out, const char *base_path, const struct schema *schema);

// Appends all of that and description, licence, citation, homepage, warnings, features, sources.
void dataset_json_detail(struct buffer *out, const char *base_path, const struct schema *schema);

#endif
