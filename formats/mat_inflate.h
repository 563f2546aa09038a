// SPDX-License-Identifier: MIT
// A compressed element of a MAT file undone: a zlib stream (RFC 1950) of a known packed length
// within the source's present member.
#ifndef SAMPLECASE_FORMATS_MAT_INFLATE_H
#define SAMPLECASE_FORMATS_MAT_INFLATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct mat_inflate;
struct source;

// The source is borrowed; `packed` bytes of its present member are the stream. NULL with the error.
struct mat_inflate *mat_inflate_open(struct source *source, uint64_t packed, struct error *error);

// Reads up to size unpacked bytes; fewer only at the stream's end. -1 with the error: damaged data,
// an end before the stream's, more than 200 times the packed size (past the first MiB).
int64_t mat_inflate_read(struct mat_inflate *from, void *bytes, size_t size, struct error *error);

// Packed bytes that were not taken from the source yet.
uint64_t mat_inflate_left(const struct mat_inflate *from);

// NULL is fine.
void mat_inflate_close(struct mat_inflate *from);

#endif
