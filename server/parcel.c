// SPDX-License-Identifier: MIT
#include "server/parcel.h"

#include <assert.h>
#include <stdlib.h>

#include "server/pool.h"
#include "store/dataset.h"

struct parcel *parcel_new(struct pool *pool, size_t room, struct dataset *dataset)
{
    struct parcel *parcel = malloc(sizeof *parcel);
    if (!parcel)
        return NULL;
    parcel->num_pieces = parcel->size = parcel->used = 0;
    parcel->pool = pool;
    parcel->room = room;
    parcel->block = room > 0 ? pool_take(pool, room) : NULL;
    parcel->hold = NULL;
    if (room > 0 && !parcel->block) {
        free(parcel);
        return NULL;
    }
    parcel->hold = dataset_hold(dataset);
    return parcel;
}

void parcel_free(struct parcel *parcel)
{
    if (!parcel)
        return;
    if (parcel->block)
        pool_give(parcel->pool, parcel->block, parcel->room);
    dataset_release(parcel->hold);
    free(parcel);
}

static void append(struct parcel *parcel, const void *bytes, size_t size)
{
    assert(parcel->num_pieces < PARCEL_PIECES);
    parcel->pieces[parcel->num_pieces++] = (struct piece){bytes, size};
}

void *parcel_add(struct parcel *parcel, size_t size)
{
    assert(size <= parcel->room - parcel->used);
    unsigned char *bytes = parcel->block + parcel->used;
    struct piece *last = parcel->num_pieces ? &parcel->pieces[parcel->num_pieces - 1] : NULL;
    parcel->used += size;
    parcel->size += size;
    if (last && (const unsigned char *)last->bytes + last->size == bytes)
        last->size += size;
    else if (size > 0)
        append(parcel, bytes, size);
    return bytes;
}

void parcel_lend(struct parcel *parcel, const void *bytes, size_t size)
{
    parcel->size += size;
    if (size > 0)
        append(parcel, bytes, size);
}
