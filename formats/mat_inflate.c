// SPDX-License-Identifier: MIT
#include "formats/mat_inflate.h"

#include <stdlib.h>
#define ZLIB_CONST
#include <zlib.h>

#include "formats/source.h"

enum { BLOCK = 64 << 10, FREE_BYTES = 1 << 20, RATIO = 200 };

struct mat_inflate {
    struct source *source;
    uint64_t left;             // packed bytes still in the source
    uint64_t packed, unpacked; // so far
    bool is_ended;
    z_stream z;
    uint8_t block[BLOCK];
};

struct mat_inflate *mat_inflate_open(struct source *source, uint64_t packed, struct error *error)
{
    struct mat_inflate *from = malloc(sizeof *from);
    if (!from) {
        error_memory(error);
        return NULL;
    }
    from->source = source;
    from->left = packed;
    from->packed = from->unpacked = 0;
    from->is_ended = false;
    from->z = (z_stream){.zalloc = Z_NULL, .zfree = Z_NULL, .opaque = Z_NULL, .next_in = Z_NULL};
    if (inflateInit(&from->z) != Z_OK) {
        free(from);
        error_memory(error);
        return NULL;
    }
    return from;
}

// Makes packed bytes available. False with the error.
static bool fill(struct mat_inflate *from, struct error *error)
{
    if (from->z.avail_in > 0)
        return true;
    size_t want = from->left < BLOCK ? (size_t)from->left : BLOCK;
    int64_t got = source_read(from->source, from->block, want, error);
    if (got < 0)
        return false;
    if (got == 0)
        return error_set(
            error, ERROR_INPUT, "%s: byte %llu: a compressed element ends before its data does",
            source_where(from->source), (unsigned long long)source_offset(from->source));
    from->left -= (uint64_t)got;
    from->packed += (uint64_t)got;
    from->z.next_in = from->block;
    from->z.avail_in = (uInt)got;
    return true;
}

int64_t mat_inflate_read(struct mat_inflate *from, void *bytes, size_t size, struct error *error)
{
    z_stream *z = &from->z;
    size_t got = 0;
    while (got < size && !from->is_ended) {
        if (!fill(from, error))
            return -1;
        size_t want = size - got < BLOCK ? size - got : BLOCK;
        z->next_out = (uint8_t *)bytes + got;
        z->avail_out = (uInt)want;
        int result = inflate(z, Z_NO_FLUSH);
        got += want - z->avail_out;
        from->is_ended = result == Z_STREAM_END;
        if (result == Z_MEM_ERROR) {
            error_memory(error);
            return -1;
        }
        if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR) {
            error_set(error, ERROR_INPUT, "%s: byte %llu: a compressed element is damaged (%s)",
                      source_where(from->source),
                      (unsigned long long)(source_offset(from->source) - z->avail_in),
                      z->msg ? z->msg : "no valid data");
            return -1;
        }
    }
    from->unpacked += got;
    if (from->unpacked > FREE_BYTES && from->unpacked / RATIO > from->packed) {
        error_set(error, ERROR_LIMIT,
                  "%s: byte %llu: a compressed element unpacks to more than %d times its size, as "
                  "no honest data does",
                  source_where(from->source), (unsigned long long)source_offset(from->source),
                  RATIO);
        return -1;
    }
    return (int64_t)got;
}

uint64_t mat_inflate_left(const struct mat_inflate *from)
{
    return from->left;
}

void mat_inflate_close(struct mat_inflate *from)
{
    if (!from)
        return;
    inflateEnd(&from->z);
    free(from);
}
