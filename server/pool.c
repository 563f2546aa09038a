// SPDX-License-Identifier: MIT
// Blocks have sizes 2^k and 3 * 2^(k-1), so that a quarter is wasted on average and a third at
// most.
#include "server/pool.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

enum {
    SMALLEST = 64 << 10, // bytes
    CLASSES = 40,
    KEPT = 8,             // idle blocks of one size
    MOST_IDLE = 64 << 20, // bytes of all idle blocks
};

struct size_class {
    void *blocks[KEPT];
    size_t count;
};

struct pool {
    pthread_mutex_t lock;
    size_t most, out, idle; // bytes
    struct size_class classes[CLASSES];
};

// The number of the smallest class that holds size bytes, and its blocks' size.
static size_t class_of(size_t size, size_t *bytes)
{
    size_t number = 0;
    *bytes = SMALLEST;
    while (*bytes < size) {
        // 2^k grows to 3 * 2^(k-1), and that to 2^(k+1).
        *bytes = number % 2 == 0 ? *bytes / 2 * 3 : *bytes / 3 * 4;
        number++;
    }
    return number;
}

struct pool *pool_new(size_t most)
{
    struct pool *pool = calloc(1, sizeof *pool);
    if (!pool)
        return NULL;
    pool->most = most;
    pthread_mutex_init(&pool->lock, NULL);
    return pool;
}

void pool_free(struct pool *pool)
{
    if (!pool)
        return;
    for (size_t i = 0; i < CLASSES; i++)
        for (size_t j = 0; j < pool->classes[i].count; j++)
            free(pool->classes[i].blocks[j]);
    pthread_mutex_destroy(&pool->lock);
    free(pool);
}

void *pool_take(struct pool *pool, size_t size)
{
    if (size > pool->most)
        return NULL;
    size_t bytes, number = class_of(size, &bytes);
    void *block = NULL;
    pthread_mutex_lock(&pool->lock);
    struct size_class *of = number < CLASSES ? &pool->classes[number] : NULL;
    bool room = of && bytes <= pool->most - pool->out;
    if (room)
        pool->out += bytes;
    if (room && of->count > 0) {
        block = of->blocks[--of->count];
        pool->idle -= bytes;
    }
    pthread_mutex_unlock(&pool->lock);
    if (!room || block)
        return block;
    block = malloc(bytes);
    if (!block) {
        pthread_mutex_lock(&pool->lock);
        pool->out -= bytes;
        pthread_mutex_unlock(&pool->lock);
    }
    return block;
}

void pool_give(struct pool *pool, void *block, size_t size)
{
    size_t bytes, number = class_of(size, &bytes);
    pthread_mutex_lock(&pool->lock);
    struct size_class *of = &pool->classes[number];
    pool->out -= bytes;
    if (of->count < KEPT && pool->idle + bytes <= MOST_IDLE) {
        of->blocks[of->count++] = block;
        pool->idle += bytes;
        block = NULL;
    }
    pthread_mutex_unlock(&pool->lock);
    free(block);
}
