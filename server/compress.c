// SPDX-License-Identifier: MIT
#include "server/compress.h"

#include <limits.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <zlib.h>

enum { LEVEL = 2, GZIP_WINDOW = 15 + 16 }; // a page of 100 samples: 5 to 10 times smaller

static pthread_key_t key;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void drop_state(void *state)
{
    deflateEnd(state);
    free(state);
}

static void make_key(void)
{
    if (pthread_key_create(&key, drop_state) != 0)
        abort(); // at most once, before the first compressed answer, with no keys left at all
}

static z_stream *thread_state(void)
{
    pthread_once(&once, make_key);
    z_stream *state = pthread_getspecific(key);
    if (state)
        return deflateReset(state) == Z_OK ? state : NULL;
    state = calloc(1, sizeof *state);
    if (state &&
        deflateInit2(state, LEVEL, Z_DEFLATED, GZIP_WINDOW, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
        free(state);
        return NULL;
    }
    if (state && pthread_setspecific(key, state) != 0) {
        drop_state(state);
        return NULL;
    }
    return state;
}

bool compress_gzip(struct buffer *out, const void *bytes, size_t size)
{
    z_stream *state = thread_state();
    if (!state || size > UINT_MAX / 2)
        return false;
    size_t bound = deflateBound(state, size);
    char *to = buffer_reserve(out, bound);
    if (!to)
        return false;
    state->next_in = (Bytef *)(uintptr_t)bytes; // zlib does not write there
    state->avail_in = (uInt)size;
    state->next_out = (Bytef *)to;
    state->avail_out = (uInt)bound;
    if (deflate(state, Z_FINISH) != Z_STREAM_END)
        return false;
    out->size += bound - state->avail_out;
    return true;
}
