// SPDX-License-Identifier: MIT
#include "formats/packed.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { BLOCK = 256 << 10 };

static void count_to(struct packed *packed, uint64_t at)
{
    if (!packed->progress || at <= packed->seen)
        return;
    packed->seen = at;
    atomic_store_explicit(packed->progress, packed->before + at, memory_order_relaxed);
}

int64_t packed_read_at(struct packed *packed, uint64_t at, void *bytes, size_t size,
                       struct error *error)
{
    if (at >= packed->size)
        return 0;
    if (size > packed->size - at)
        size = (size_t)(packed->size - at);
    if (packed->file < 0) {
        memcpy(bytes, packed->bytes + at, size);
        count_to(packed, at + size);
        return (int64_t)size;
    }
    size_t got = 0;
    while (got < size) {
        ssize_t more = pread(packed->file, (uint8_t *)bytes + got, size - got, (off_t)(at + got));
        if (more < 0 && errno == EINTR)
            continue;
        if (more < 0) {
            error_system(error, "byte %llu cannot be read", (unsigned long long)(at + got));
            return -1;
        }
        if (more == 0) {
            error_set(error, ERROR_INPUT,
                      "became shorter while it was read: it had %llu bytes, now %llu",
                      (unsigned long long)packed->size, (unsigned long long)(at + got));
            return -1;
        }
        got += (size_t)more;
    }
    count_to(packed, at + got);
    return (int64_t)got;
}

static int64_t packed_next(struct stream *stream, const uint8_t **bytes, struct error *error)
{
    struct packed *packed = (struct packed *)(void *)stream; // aligned: it is part of one
    int64_t got;
    if (packed->file < 0) {
        uint64_t left = packed->size - packed->at;
        got = left < BLOCK ? (int64_t)left : BLOCK;
        *bytes = got ? packed->bytes + packed->at : NULL;
        count_to(packed, packed->at + (uint64_t)got);
    } else {
        got = packed_read_at(packed, packed->at, packed->block, packed->block_size, error);
        *bytes = packed->block;
    }
    if (got > 0) {
        digest_update(&packed->digest, *bytes, (size_t)got);
        packed->at += (uint64_t)got;
    }
    return got;
}

void packed_open_memory(struct packed *packed, const void *bytes, uint64_t size)
{
    *packed = (struct packed){.stream.next = packed_next, .file = -1, .bytes = bytes, .size = size};
    digest_init(&packed->digest);
}

void packed_open_file(struct packed *packed, int file, uint64_t size, uint8_t *block,
                      size_t block_size)
{
    packed_open_memory(packed, NULL, size);
    packed->file = file;
    packed->block = block;
    packed->block_size = block_size;
    if (size > block_size)
        posix_fadvise(file, 0, 0, POSIX_FADV_SEQUENTIAL);
}

void packed_close(struct packed *packed)
{
    if (packed->file >= 0)
        close(packed->file);
    packed->file = -1;
}

void packed_count(struct packed *packed, atomic_uint_fast64_t *progress, uint64_t before)
{
    packed->progress = progress;
    packed->before = before;
}

bool packed_finish(struct packed *packed, char sha256[DIGEST_HEX], struct error *error)
{
    if (!stream_drain(&packed->stream, error))
        return false;
    digest_hex(&packed->digest, sha256);
    return true;
}
