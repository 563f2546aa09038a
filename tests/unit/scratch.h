// SPDX-License-Identifier: MIT
// A data folder that lives as long as a test, and small datasets in it: feature 0 "image", 2 x 2
// bytes of which byte k of sample i is (4 i + k + seed) mod 256, feature 1 "label", (7 i + seed)
// mod 3 of the classes one, two, three.
#ifndef SAMPLECASE_TESTS_UNIT_SCRATCH_H
#define SAMPLECASE_TESTS_UNIT_SCRATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "store/folder.h"
#include "store/library.h"
#include "store/writer.h"

struct scratch {
    char path[128]; // of the data folder, in a folder of its own below $TMPDIR
    struct folder *folder;
    char text[1024]; // scratch_path's
};

// cmocka's setup and teardown; *state is the struct scratch.
int scratch_setup(void **state);
int scratch_teardown(void **state);

// A path below the data folder; valid until the next call.
const char *scratch_path(struct scratch *scratch, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

// Whether there is a file or folder at that path.
bool scratch_exists(const char *path);

// How many entries a folder has; 0 when it is missing.
unsigned scratch_entries(const char *path);

// Begins an import with both features declared; NULL with the error.
struct writer *scratch_begin(struct folder *folder, const char *name, bool replace,
                             struct error *error);

// Appends samples [from, from + count) to both features of the split.
bool scratch_append(struct writer *writer, const char *split, uint64_t from, uint64_t count,
                    unsigned seed, struct error *error);

// Imports a dataset with the one split "train". *revision, if given, has DIGEST_HEX bytes.
bool scratch_import(struct folder *folder, const char *name, uint64_t count, unsigned seed,
                    bool replace, char *revision, struct error *error);

// Whether all samples of the dataset in the snapshot are those of the seed that its first byte
// tells.
bool scratch_is_whole(struct dataset *dataset);

#endif
