// SPDX-License-Identifier: MIT
// gzip (RFC 1952) undone: any number of members one after the other, nothing behind them.
#ifndef SAMPLECASE_FORMATS_SOURCE_GUNZIP_H
#define SAMPLECASE_FORMATS_SOURCE_GUNZIP_H

#include "formats/stream.h"

struct source_gunzip;

// Undoes the stream `from`, which is borrowed until source_gunzip_close. More than `ratio` bytes
// for each packed byte (past the first MiB) is an error. NULL with the error.
struct source_gunzip *source_gunzip_open(struct stream *from, uint64_t ratio, struct error *error);
struct stream *source_gunzip_stream(struct source_gunzip *gunzip);

// NULL is fine.
void source_gunzip_close(struct source_gunzip *gunzip);

#endif
