// SPDX-License-Identifier: MIT
// Files taken apart: plain, gzip, tar, tar.gz or zip, told by content, become members with their
// bytes. In an archive gzip is undone, and a tar or tar.gz is taken apart too (ImageNet is a tar of
// tars); in that one a further archive is an error.
#ifndef SAMPLECASE_FORMATS_UNPACK_H
#define SAMPLECASE_FORMATS_UNPACK_H

#include <stdatomic.h>

#include "base/buffer.h"
#include "base/digest.h"
#include "formats/folders.h"
#include "formats/marks.h"
#include "formats/source.h"
#include "formats/walk.h"

struct unpack_member {
    const char *name;
    const char *where; // the same with its file, for messages
    uint64_t size;     // or SOURCE_SIZE_UNKNOWN
    struct source_place place;
};

// Where members go.
struct unpack_sink {
    // A member begins, borrowed for the call. False to end: with an error, or without one to stop.
    bool (*member)(struct unpack_sink *sink, const struct unpack_member *member,
                   struct error *error);
    // More bytes of it. False with an error, or without one when that is enough of this member.
    bool (*data)(struct unpack_sink *sink, const uint8_t *bytes, size_t size, struct error *error);
    // The member is whole.
    void (*end)(struct unpack_sink *sink);
    // The file was read to its end.
    bool (*file)(struct unpack_sink *sink, size_t i, const char *sha256, struct error *error);
};

// What there is to read; does not change.
struct unpack_input {
    struct walk walk; // of files, or
    const char *name; // one file in memory of this name; NULL for a walk
    const uint8_t *bytes;
    uint64_t size;
    struct source_limits limits;
};

size_t unpack_num_files(const struct unpack_input *input);
const char *unpack_file_name(const struct unpack_input *input, size_t i);
uint64_t unpack_file_size(const struct unpack_input *input, size_t i);

// One pass over the input.
struct unpack {
    const struct unpack_input *input;
    struct unpack_sink *sink;
    uint64_t budget;                // most unpacked bytes of a file, for a glimpse; 0 for all
    const atomic_bool *stop;        // ends the pass when it turns true; NULL for never
    atomic_uint_fast64_t *progress; // packed bytes read so far; NULL for a glimpse
    struct walk_cursor cursor;
    uint8_t *block;                  // what is read of a file
    struct marks names;              // of the members so far
    struct folders folders;          // that archives list
    uint64_t passed;                 // unpacked bytes of the whole pass
    uint64_t left;                   // of the budget, for the present file
    struct buffer name, where, path; // of the present member
};

// Takes a file apart. False with the error, which names file and member, or without one when the
// sink, the budget or `stop` ended it.
bool unpack_file(struct unpack *unpack, size_t i, struct error *error);

// Takes all files apart, then leaves in `folders` those in which nothing was found.
bool unpack_all(struct unpack *unpack, struct error *error);

// Frees what a pass has gathered.
void unpack_clear(struct unpack *unpack);

#endif
