// SPDX-License-Identifier: MIT
// Records of a delimited text (RFC 4180, and what people make of it): quotes with delimiters and
// line ends inside, any of the three line ends, a byte order mark, blank lines passed over. Cells
// without quotes lose the spaces around them.
#ifndef SAMPLECASE_FORMATS_CSV_READER_H
#define SAMPLECASE_FORMATS_CSV_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"

struct source;

enum {
    CSV_MAX_COLUMNS = 4096, // what a dataset can have
    CSV_MAX_RECORD = 16 << 20,
};

struct csv_cell {
    char *text; // followed by a NUL, which does not count
    size_t size;
};

struct csv_record {
    struct csv_cell *cells;
    size_t num_cells;
    uint64_t line; // on which it begins, from 1
};

struct csv_reader {
    struct source *source; // borrowed; its present member is read
    char delimiter;
    struct csv_record record; // the present one; owned
    // What follows is the reader's own.
    size_t max_cells;
    size_t *offsets;    // of the cells in `text`; owned
    struct buffer text; // of the present record
    uint64_t next_line;
    char *block; // owned
    size_t block_size, block_at;
    bool is_end;
};

// Begins with the source's present member; finds out the delimiter (',', ';' or tab). False with
// the error.
bool csv_reader_open(struct csv_reader *reader, struct source *source, const char *member,
                     struct error *error);

// Reads the next record: 1, 0 at the end, -1 with the error, which names member and line. Texts are
// borrowed until the next call.
int csv_reader_next(struct csv_reader *reader, struct error *error);

// A zeroed reader is fine.
void csv_reader_close(struct csv_reader *reader);

#endif
