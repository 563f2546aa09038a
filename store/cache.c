// SPDX-License-Identifier: MIT
#include "store/cache.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_ENTRIES = 256 }; // so that looking through them stays cheap

struct entry {
    struct entry *next;        // less recently used
    const struct table *table; // NULL while it is being made
    size_t bytes;
    size_t key_size;
    unsigned char key[];
};

struct cache {
    pthread_mutex_t lock;
    pthread_cond_t made; // a table, or a maker failed
    struct entry *first; // most recently used
    size_t bytes, max_bytes, count;
};

struct table *table_new(size_t count, struct error *error)
{
    struct table *table = NULL;
    if (count <= (SIZE_MAX - sizeof *table) / sizeof table->values[0])
        table = malloc(sizeof *table + count * sizeof table->values[0]);
    if (!table) {
        error_memory(error);
        return NULL;
    }
    atomic_init(&table->references, 1);
    table->count = count;
    return table;
}

// The count is all that changes in a table, so const is cast away for it alone.
static _Atomic(size_t) *references(const struct table *table)
{
    return &((struct table *)(uintptr_t)table)->references;
}

void table_release(const struct table *table)
{
    if (table && atomic_fetch_sub_explicit(references(table), 1, memory_order_acq_rel) == 1)
        free((void *)(uintptr_t)table);
}

const struct table *table_hold(const struct table *table)
{
    atomic_fetch_add_explicit(references(table), 1, memory_order_relaxed);
    return table;
}

struct cache *cache_new(size_t max_bytes)
{
    struct cache *cache = calloc(1, sizeof *cache);
    if (!cache)
        return NULL;
    pthread_mutex_init(&cache->lock, NULL);
    pthread_cond_init(&cache->made, NULL);
    cache->max_bytes = max_bytes;
    return cache;
}

// Takes the entry that *link points at out of the list and frees it.
static void drop(struct cache *cache, struct entry **link)
{
    struct entry *entry = *link;
    *link = entry->next;
    cache->bytes -= entry->bytes;
    cache->count--;
    table_release(entry->table);
    free(entry);
}

void cache_free(struct cache *cache)
{
    if (!cache)
        return;
    while (cache->first)
        drop(cache, &cache->first);
    pthread_cond_destroy(&cache->made);
    pthread_mutex_destroy(&cache->lock);
    free(cache);
}

static struct entry **find(struct cache *cache, const void *key, size_t key_size)
{
    struct entry **link = &cache->first;
    while (*link && ((*link)->key_size != key_size || memcmp((*link)->key, key, key_size) != 0))
        link = &(*link)->next;
    return link;
}

// Drops the least recently used tables until the rest fits, but never the first entry.
static void shrink(struct cache *cache)
{
    while (cache->bytes > cache->max_bytes || cache->count > MAX_ENTRIES) {
        struct entry **last = NULL;
        for (struct entry **link = &cache->first->next; *link; link = &(*link)->next)
            if ((*link)->table)
                last = link;
        if (!last)
            return;
        drop(cache, last);
    }
}

const struct table *cache_get(struct cache *cache, const void *key, size_t key_size,
                              table_maker *make, const void *context, struct error *error)
{
    struct entry **link, *entry;
    pthread_mutex_lock(&cache->lock);
    while (*(link = find(cache, key, key_size)) && !(*link)->table)
        pthread_cond_wait(&cache->made, &cache->lock);
    if ((entry = *link)) {
        *link = entry->next;
        entry->next = cache->first;
        cache->first = entry;
        const struct table *found = table_hold(entry->table);
        pthread_mutex_unlock(&cache->lock);
        return found;
    }
    entry = malloc(sizeof *entry + key_size);
    if (entry) {
        *entry = (struct entry){.next = cache->first, .key_size = key_size};
        memcpy(entry->key, key, key_size);
        cache->first = entry;
        cache->count++;
    }
    pthread_mutex_unlock(&cache->lock);
    if (!entry) {
        error_memory(error);
        return NULL;
    }
    struct table *table = make(context, error);
    pthread_mutex_lock(&cache->lock);
    if (table) {
        entry->table = table_hold(table);
        entry->bytes =
            sizeof *entry + key_size + sizeof *table + table->count * sizeof table->values[0];
        cache->bytes += entry->bytes;
        shrink(cache);
    } else {
        drop(cache, find(cache, key, key_size));
    }
    pthread_cond_broadcast(&cache->made);
    pthread_mutex_unlock(&cache->lock);
    return table;
}
