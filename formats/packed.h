// SPDX-License-Identifier: MIT
// A file as it lies on the disk (or in memory): read from its beginning to its end with a hash over
// it, or here and there for archives that keep their list at the end.
#ifndef SAMPLECASE_FORMATS_PACKED_H
#define SAMPLECASE_FORMATS_PACKED_H

#include <stdatomic.h>

#include "base/digest.h"
#include "formats/stream.h"

struct packed {
    struct stream stream;
    int file;             // owned; -1 for memory
    const uint8_t *bytes; // the memory, borrowed
    uint64_t size;
    uint64_t at;    // bytes read in a row
    uint8_t *block; // borrowed
    size_t block_size;
    struct digest digest;
    atomic_uint_fast64_t *progress; // counts on from `before`; NULL for none
    uint64_t before;
    uint64_t seen; // the furthest byte that was counted
};

// Takes the descriptor. The block, through which it is read, is borrowed.
void packed_open_file(struct packed *packed, int file, uint64_t size, uint8_t *block,
                      size_t block_size);
void packed_open_memory(struct packed *packed, const void *bytes, uint64_t size);

// Closes the file. A zeroed packed that was never opened must have file = -1.
void packed_close(struct packed *packed);

// Counts the bytes read in *progress, which stands at `before` now.
void packed_count(struct packed *packed, atomic_uint_fast64_t *progress, uint64_t before);

// Reads up to size bytes at a place; fewer only at the end. -1 with the error.
int64_t packed_read_at(struct packed *packed, uint64_t at, void *bytes, size_t size,
                       struct error *error);

// Reads what is left in a row and writes the hash of the whole file.
bool packed_finish(struct packed *packed, char sha256[DIGEST_HEX], struct error *error);

#endif
