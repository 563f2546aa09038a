// SPDX-License-Identifier: MIT
#include "formats/source_gunzip.h"

#include <stdlib.h>
#define ZLIB_CONST
#include <zlib.h>

enum { BLOCK = 256 << 10, FREE_BYTES = 1 << 20 };

struct source_gunzip {
    struct stream stream;
    struct stream *from;
    uint64_t ratio;
    uint64_t packed;   // bytes of `from` that were used up
    uint64_t unpacked; // bytes given
    bool between;      // a member has ended, the next has not begun
    z_stream z;
    uint8_t block[BLOCK];
};

// Makes input available. Returns 1, 0 at the end of `from`, -1 with the error.
static int fill(struct source_gunzip *gunzip, struct error *error)
{
    if (gunzip->z.avail_in > 0)
        return 1;
    const uint8_t *bytes;
    int64_t size = stream_next(gunzip->from, &bytes, error);
    if (size <= 0)
        return (int)size;
    gunzip->z.next_in = bytes;
    gunzip->z.avail_in = (uInt)size; // runs are far shorter than 4 GiB
    return 1;
}

// One call of inflate. False with the error.
static bool step(struct source_gunzip *gunzip, struct error *error)
{
    z_stream *z = &gunzip->z;
    uInt before = z->avail_in;
    int result = inflate(z, Z_NO_FLUSH);
    gunzip->packed += before - z->avail_in;
    switch (result) {
    case Z_OK:
    case Z_BUF_ERROR:
        return true;
    case Z_STREAM_END:
        gunzip->between = true;
        inflateReset(z);
        return true;
    case Z_MEM_ERROR:
        return error_memory(error);
    default:
        return error_set(error, ERROR_INPUT, "byte %llu: the gzip stream is damaged (%s)",
                         (unsigned long long)gunzip->packed, z->msg ? z->msg : "no valid data");
    }
}

static bool is_within_ratio(const struct source_gunzip *gunzip)
{
    return gunzip->unpacked <= FREE_BYTES || gunzip->unpacked / gunzip->ratio <= gunzip->packed;
}

static int64_t gunzip_next(struct stream *stream, const uint8_t **bytes, struct error *error)
{
    struct source_gunzip *gunzip = (struct source_gunzip *)stream;
    gunzip->z.next_out = gunzip->block;
    gunzip->z.avail_out = BLOCK;
    // What there is goes up before more is asked for: a glimpse may not be given more.
    while (gunzip->z.avail_out > 0 && (gunzip->z.avail_in > 0 || gunzip->z.avail_out == BLOCK)) {
        int more = fill(gunzip, error);
        if (more < 0)
            return -1;
        if (more == 0 && gunzip->between)
            break;
        if (more == 0) {
            error_set(error, ERROR_INPUT,
                      "the gzip stream ends early, after %llu bytes (%llu unpacked)",
                      (unsigned long long)gunzip->packed,
                      (unsigned long long)(gunzip->unpacked + BLOCK - gunzip->z.avail_out));
            return -1;
        }
        if (gunzip->between && *gunzip->z.next_in != 0x1f) {
            error_set(error, ERROR_INPUT,
                      "byte %llu: something that is not gzip follows the gzip stream",
                      (unsigned long long)gunzip->packed);
            return -1;
        }
        gunzip->between = false;
        if (!step(gunzip, error))
            return -1;
    }
    size_t size = BLOCK - gunzip->z.avail_out;
    gunzip->unpacked += size;
    if (!is_within_ratio(gunzip)) {
        error_set(error, ERROR_LIMIT,
                  "unpacks to more than %llu times its size, as no honest data does",
                  (unsigned long long)gunzip->ratio);
        return -1;
    }
    *bytes = gunzip->block;
    return (int64_t)size;
}

struct source_gunzip *source_gunzip_open(struct stream *from, uint64_t ratio, struct error *error)
{
    struct source_gunzip *gunzip = malloc(sizeof *gunzip);
    if (!gunzip) {
        error_memory(error);
        return NULL;
    }
    gunzip->stream.next = gunzip_next;
    gunzip->from = from;
    gunzip->ratio = ratio;
    gunzip->packed = gunzip->unpacked = 0;
    gunzip->between = false;
    gunzip->z = (z_stream){.zalloc = Z_NULL, .zfree = Z_NULL, .opaque = Z_NULL, .next_in = Z_NULL};
    if (inflateInit2(&gunzip->z, 15 + 16) != Z_OK) { // 32 KiB window; a gzip wrapper, no other
        free(gunzip);
        error_memory(error);
        return NULL;
    }
    return gunzip;
}

struct stream *source_gunzip_stream(struct source_gunzip *gunzip)
{
    return &gunzip->stream;
}

void source_gunzip_close(struct source_gunzip *gunzip)
{
    if (!gunzip)
        return;
    inflateEnd(&gunzip->z);
    free(gunzip);
}
