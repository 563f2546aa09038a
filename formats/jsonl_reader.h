// SPDX-License-Identifier: MIT
// JSON Lines (https://jsonlines.org): an object a line. Blank lines are passed over, a byte order
// mark is taken off. What is not UTF-8 in a line, and escapes of half a surrogate pair, become
// U+FFFD.
#ifndef SAMPLECASE_FORMATS_JSONL_READER_H
#define SAMPLECASE_FORMATS_JSONL_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "base/buffer.h"
#include "base/error.h"

struct source;

enum {
    JSONL_MAX_LINE = 64 << 20,  // bytes
    JSONL_MAX_VALUES = 4 << 20, // of one line: each takes some 60 bytes of memory
    JSONL_BLOCK = 128 << 10,
};

struct jsonl_reader {
    json_t *object;   // of the present line; owned
    uint64_t line;    // its number, from 1
    uint64_t at;      // the byte of the member where it begins
    bool is_repaired; // it was not UTF-8
    // What follows is the reader's own.
    struct source *source;
    struct buffer text, scratch;
    char *block; // owned
    size_t block_bytes, block_size, block_at;
    uint64_t next_at;
    bool is_end;
};

// Begins with the source's present member, of which block_bytes are read at a time (JSONL_BLOCK but
// for tests). False with the error.
bool jsonl_reader_open(struct jsonl_reader *reader, struct source *source, size_t block_bytes,
                       struct error *error);

// Reads the next object: 1, 0 at the end, -1 with the error, which names member, line and byte. The
// object is borrowed until the next call.
int jsonl_reader_next(struct jsonl_reader *reader, struct error *error);

// A zeroed reader is fine.
void jsonl_reader_close(struct jsonl_reader *reader);

#endif
