// SPDX-License-Identifier: MIT
// For tests: files of a user, and a small dataset of images that stay in them.
#ifndef SAMPLECASE_TESTS_UNIT_SCRATCH_IN_PLACE_H
#define SAMPLECASE_TESTS_UNIT_SCRATCH_IN_PLACE_H

#include "tests/unit/scratch.h"

// A path beside the data folder, where the user's files lie; valid until the next call.
const char *user_path(struct scratch *scratch, const char *name);

// Makes a file of the user, with that time of modification (nanoseconds since 1970, positive).
bool user_file(struct scratch *scratch, const char *name, const char *bytes, int64_t modified);

// Appends the image that lies in a file of the user at that offset, and a label, to a split of a
// dataset whose features 0 and 1 they are.
bool in_place_append(struct scratch *scratch, struct writer *writer, const char *split,
                     const char *name, uint64_t offset, uint64_t size, struct error *error);

// A writer with the features "image", in place, and "label" (one, two).
struct writer *in_place_begin(struct scratch *scratch, const char *name, bool replace,
                              struct error *error);

// Imports three images: in train "abc", all of the file "a", and "45" from byte 4 of the file "b",
// in test "67" from byte 6 of it. The files are made when there are none.
bool in_place_import(struct scratch *scratch, const char *name, bool replace,
                     struct writer_result *result, struct error *error);

#endif
