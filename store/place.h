// SPDX-License-Identifier: MIT
// Images that stay in the files of the user: where each lies, and reading it as long as its file is
// as it was when it was added.
#ifndef SAMPLECASE_STORE_PLACE_H
#define SAMPLECASE_STORE_PLACE_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "store/dataset.h"

// A row of ARRAY_PLACES.
struct place {
    uint64_t file; // its number in the list of files
    uint64_t offset, size;
    uint64_t file_size;
    int64_t modified;  // nanoseconds since 1970
    const char *shown; // what errors call the file, borrowed; NULL for its path
};

// Row i, which there must be. False when it makes no sense: an image that is larger than
// SCHEMA_MAX_IMAGE or than its file.
bool place_at(const struct array *places, uint64_t i, struct place *place);

// The path of a file. False when the list does not have it, or has something that is no path.
bool place_path(const struct array *files, const struct array *offsets, uint64_t number,
                char path[PATH_MAX]);

// Opens the file and looks whether it is as it was. A descriptor, or -1 with the error:
// ERROR_MISSING when the file is gone, ERROR_DAMAGED when it has changed.
int place_open(const char *path, const struct place *place, struct error *error);

// Reads the image's bytes, place->size of them. False with the error; ERROR_DAMAGED when the file
// is shorter than it was.
bool place_read(int fd, const char *path, const struct place *place, uint8_t *bytes,
                struct error *error);

#endif
