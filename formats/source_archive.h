// SPDX-License-Identifier: MIT
// The regular entries and the folders of a tar or zip archive, one after the other. Only what a data
// set needs is taken: links, devices, sparse entries, encryption, absolute names and ".." are
// errors; hidden files and __MACOSX are passed over.
#ifndef SAMPLECASE_FORMATS_SOURCE_ARCHIVE_H
#define SAMPLECASE_FORMATS_SOURCE_ARCHIVE_H

#include "formats/packed.h"
#include "formats/stream.h"

struct source_archive;

struct source_archive_entry {
    const char *name;      // UTF-8, '/' between parts; borrowed until the next entry
    uint64_t size;         // in bytes
    struct stream *stream; // its bytes; borrowed until the next entry
    bool is_folder;        // its name has no '/' at the end; it has no bytes
};

// A tar archive read from a stream, or a zip archive read through the list at its end. Both are
// borrowed until source_archive_close. Entries of a zip may hold `ratio` bytes for each byte of the
// archive. NULL with the error.
struct source_archive *source_archive_open_tar(struct stream *from, struct error *error);
struct source_archive *source_archive_open_zip(struct packed *packed, uint64_t ratio,
                                               struct error *error);

// NULL is fine.
void source_archive_close(struct source_archive *archive);

// Moves to the next entry: 1, 0 at the end (which is checked), -1 with the error. The error is
// empty when the stream below stopped without one.
int source_archive_next(struct source_archive *archive, struct source_archive_entry *entry,
                        struct error *error);

// Where the bytes of the present entry of a tar archive begin in what it is read from; known once
// the first of them were read.
uint64_t source_archive_offset(const struct source_archive *archive);

#endif
