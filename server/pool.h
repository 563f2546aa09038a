// SPDX-License-Identifier: MIT
// Blocks of memory that answers are gathered in. A block that comes back is kept for the next
// answer, so that its pages need not be made anew; all blocks together are bounded, so that many
// large answers at once cannot use up the machine. Thread-safe.
#ifndef SAMPLECASE_SERVER_POOL_H
#define SAMPLECASE_SERVER_POOL_H

#include <stddef.h>

struct pool;

// A pool that gives out at most `most` bytes at a time. NULL when memory is short.
struct pool *pool_new(size_t most);

// All blocks must be back. NULL is fine.
void pool_free(struct pool *pool);

// A block of at least size bytes (more than 0), not zeroed; NULL when too many are out already, or
// memory is short.
void *pool_take(struct pool *pool, size_t size);

// Gives back a block that was taken with that size.
void pool_give(struct pool *pool, void *block, size_t size);

#endif
