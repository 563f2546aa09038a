// SPDX-License-Identifier: MIT
// What a format reads: files, folders and archives, all presented alike as named members, one after
// the other, already unpacked. Folders are walked in code point order; gzip is undone (members lose
// ".gz"); tar, zip and tar.gz show their regular entries. A format never opens a path.
//
// What people put beside the data is no member: hidden files, __MACOSX, and the card dataset.json
// at the root (or in the only folder there), which is kept for source_card.
//
// Reading, hashing and unpacking take place in a thread of their own, some MiB ahead of the caller.
//
// Everything is bounded: number of members, unpacked bytes, unpacked : packed ratio. Links,
// devices, sparse and encrypted entries, absolute names, "..", control characters in names and
// names that are not UTF-8 are refused, not skipped.
#ifndef SAMPLECASE_FORMATS_SOURCE_H
#define SAMPLECASE_FORMATS_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct source;

struct source_limits {
    uint64_t members;  // most members (and files); of what is packed 2 million at most
    uint64_t unpacked; // most unpacked bytes in all
    uint64_t ratio;    // most unpacked bytes for one packed byte (past the first MiB)
};

#define SOURCE_LIMITS_DEFAULT                                                                      \
    {                                                                                              \
        .members = 20000000, .unpacked = UINT64_C(1) << 40, .ratio = 200                           \
    }

#define SOURCE_SIZE_UNKNOWN UINT64_MAX

// Where a member's bytes lie as they are, for datasets in place.
struct source_place {
    const char *path; // absolute, borrowed as the member is; NULL when they lie nowhere: packed,
                      // or in memory
    uint64_t offset;  // in that file
    uint64_t file_size;
    int64_t modified; // of the file, nanoseconds since 1970
};

struct source_member {
    const char *name;    // path inside the folder or archive, '/' between parts, no ".gz"; UTF-8
    uint64_t size;       // unpacked bytes, or SOURCE_SIZE_UNKNOWN (gzip does not say)
    const uint8_t *head; // the first bytes, at most SOURCE_HEAD
    size_t head_size;
    struct source_place place; // not of a glimpse
};

enum { SOURCE_HEAD = 4096 };

// Opens paths (at least one) as one source and glimpses at its members. The paths are borrowed
// until source_close. NULL with the error.
struct source *source_open(char *const *paths, size_t num_paths, const struct source_limits *limits,
                           struct error *error);

// The same for bytes in memory as a file of that name, which may be an archive; for tests and fuzz
// targets. bytes are borrowed until source_close.
struct source *source_open_memory(const char *name, const void *bytes, size_t size,
                                  const struct source_limits *limits, struct error *error);

// NULL is fine.
void source_close(struct source *source);

// The members glimpsed at, in reading order; borrowed until source_close. Of a compressed archive
// only the beginning is glimpsed at: source_glimpsed_all says whether these are all.
size_t source_num_glimpsed(const struct source *source);
const struct source_member *source_glimpsed(const struct source *source, size_t i);
bool source_glimpsed_all(const struct source *source);

enum source_step { SOURCE_MEMBER, SOURCE_END, SOURCE_FAILED };

// Moves to the next member; what is left of the current one is skipped. The first call moves to the
// first member. *member is borrowed until the next call. Its head is already filled and is read
// again by source_read.
enum source_step source_next(struct source *source, struct source_member *member,
                             struct error *error);

// Starts again from the first member.
bool source_rewind(struct source *source, struct error *error);

// Reads up to size bytes of the current member; fewer only at its end. Returns the number, or -1
// with the error (a broken archive, a limit, the system).
int64_t source_read(struct source *source, void *bytes, size_t size, struct error *error);

// Bytes of the current member read so far, for messages.
uint64_t source_offset(const struct source *source);

// "cifar-100-binary.tar.gz: cifar-100-binary/train.bin": the current member for messages; borrowed
// until the next source_next.
const char *source_where(const struct source *source);

// The files that were opened: their names without the folder given on the command line, sizes on
// disk and SHA-256, complete once every member was read; the hash is "" for one that was not read
// to its end. A folder with more than 1,000 files is one ("NAME/"): its hash is that of the list
// "SHA256  FILE\n" of its files in the order in which they are read.
struct source_file_read {
    const char *file;
    uint64_t bytes;
    const char *sha256;
};
size_t source_num_files(const struct source *source);
struct source_file_read source_file(const struct source *source, size_t i);

// The folders in which nothing was found, as members are named ("train/unicorn"), sorted by code
// point; complete once every member was read. Borrowed until source_rewind or source_close.
size_t source_num_empty_folders(const struct source *source);
const char *source_empty_folder(const struct source *source, size_t i);

// Whether a member of that name is a card, and not shown.
bool source_is_card(const char *name);

// The card's bytes and its place for messages, borrowed until source_close; NULL while none was
// met. It is there for certain once every member was read.
const char *source_card(const struct source *source, size_t *size, const char **where);

// Packed bytes read so far and in all, for a progress bar. May be called from another thread.
void source_progress(const struct source *source, uint64_t *done, uint64_t *total);

#endif
