// SPDX-License-Identifier: MIT
// An .npy file being written, rows in order. Between two writes it holds no descriptor, so that a
// dataset may have thousands of them.
#ifndef SAMPLECASE_STORE_COLUMN_H
#define SAMPLECASE_STORE_COLUMN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/dtype.h"
#include "base/error.h"
#include "store/schema.h"

enum { COLUMN_PATH = 256 };

struct column {
    char file[COLUMN_PATH]; // below the folder that all calls are given
    enum dtype dtype;
    unsigned rank;
    uint64_t shape[SCHEMA_MAX_RANK];
    uint64_t row_bytes;
    uint64_t num_rows;
    uint64_t written;         // bytes of rows in the file
    uint8_t *buffer;          // owned; NULL until the first row
    size_t used, buffer_size; // bytes
};

// A column for the array of that role, in {split}/; beside the splits when the role is shared.
void column_init(struct column *column, const char *split, const struct feature *feature,
                 enum array_role role);

// Appends rows to the file below the folder `dir`, through a buffer of that size.
bool column_append(struct column *column, int dir, const void *rows, uint64_t count,
                   size_t buffer_size, struct error *error);

// Writes what is buffered.
bool column_flush(struct column *column, int dir, struct error *error);

// Writes what is buffered and the header. The file is complete then, but not durable.
bool column_finish(struct column *column, int dir, struct error *error);

// Bytes of the finished file.
uint64_t column_file_bytes(const struct column *column);

// Frees the buffer.
void column_clear(struct column *column);

#endif
