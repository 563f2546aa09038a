// SPDX-License-Identifier: MIT
// A small dataset of what lies in no rows, for tests: "text", "tokens" with three words, "picture"
// (kept encoded) and "label" (neg, pos); three samples in train, one in test.
#ifndef SAMPLECASE_TESTS_UNIT_SCRATCH_RAGGED_H
#define SAMPLECASE_TESTS_UNIT_SCRATCH_RAGGED_H

#include "store/writer.h"

struct folder;

enum { RAGGED_TEXT, RAGGED_TOKENS, RAGGED_PICTURE, RAGGED_LABEL };

// Declares the features; NULL with the error.
struct writer *ragged_begin(struct folder *folder, const char *name, bool replace,
                            struct error *error);

// Appends all samples and words.
bool ragged_append(struct writer *writer, struct error *error);

// All of it, and the commit.
bool ragged_import(struct folder *folder, const char *name, bool replace,
                   struct writer_result *result, struct error *error);

#endif
