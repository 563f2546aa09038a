// SPDX-License-Identifier: MIT
// A body in pieces: what had to be gathered lies in one block, what lies in a row in a dataset's
// mapping is sent from there.
#ifndef SAMPLECASE_SERVER_PARCEL_H
#define SAMPLECASE_SERVER_PARCEL_H

#include <stdbool.h>
#include <stddef.h>

struct dataset;
struct pool;

// libmicrohttpd keeps the pieces in the connection's memory, and hangs on more than 1,024 of them.
enum { PARCEL_PIECES = 128 };

struct piece {
    const void *bytes;
    size_t size;
};

struct parcel {
    struct piece pieces[PARCEL_PIECES];
    size_t num_pieces;
    size_t size; // of all pieces
    struct pool *pool;
    unsigned char *block; // NULL when its room is 0
    size_t room, used;    // bytes of the block
    struct dataset *hold; // whose mapping is lent
};

// A parcel with a block of that many bytes; the pool is borrowed, the dataset held. NULL when there
// is no memory for it now.
struct parcel *parcel_new(struct pool *pool, size_t room, struct dataset *dataset);
void parcel_free(struct parcel *parcel); // NULL is fine

// Appends bytes of the block, which the caller fills; there must be as many left.
void *parcel_add(struct parcel *parcel, size_t size);

// Appends bytes of the dataset's mapping. There must be a piece left for them, and one more for
// what comes after.
void parcel_lend(struct parcel *parcel, const void *bytes, size_t size);

#endif
