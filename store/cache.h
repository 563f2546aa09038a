// SPDX-License-Identifier: MIT
// Tables of sample indices that are expensive to make and wanted again: the least recently used
// ones give way when there are too many bytes of them. Thread-safe; whoever asks for a table that
// is being made waits for it instead of making it too.
#ifndef SAMPLECASE_STORE_CACHE_H
#define SAMPLECASE_STORE_CACHE_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct cache;

// Immutable once made; shared by count.
struct table {
    _Atomic(size_t) references; // cache.c's own
    size_t count;
    uint32_t values[];
};

// A table with room for count values, for a maker; NULL with the error. One reference more, and one
// less.
struct table *table_new(size_t count, struct error *error);
const struct table *table_hold(const struct table *table);
void table_release(const struct table *table);

// Makes a table from what the key stands for; NULL with the error.
typedef struct table *table_maker(const void *context, struct error *error);

// NULL when memory is short. Tables that are still referenced live on after cache_free.
struct cache *cache_new(size_t max_bytes);
void cache_free(struct cache *cache);

// The table of that key, made if it is not there, with a reference for the caller.
const struct table *cache_get(struct cache *cache, const void *key, size_t key_size,
                              table_maker *make, const void *context, struct error *error);

#endif
