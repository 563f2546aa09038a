// SPDX-License-Identifier: MIT
#include "formats/feed.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct feed {
    struct unpack_sink sink;
    struct queue *queue;
    struct queue_block *block; // being filled; NULL between members
    struct unpack unpack;
    atomic_bool stop;
    pthread_t thread;
};

static void push(struct feed *feed)
{
    if (feed->block)
        queue_push(feed->queue, feed->block);
    feed->block = NULL;
}

// Begins a block after pushing the one before. False once the queue is stopped.
static bool begin(struct feed *feed, enum queue_kind kind)
{
    push(feed);
    feed->block = queue_empty(feed->queue);
    if (feed->block)
        feed->block->kind = kind;
    return feed->block != NULL;
}

static bool sink_member(struct unpack_sink *sink, const char *name, const char *where,
                        uint64_t size, struct error *error)
{
    struct feed *feed = (struct feed *)sink;
    if (!begin(feed, QUEUE_MEMBER))
        return false;
    feed->block->member_size = size;
    buffer_append(&feed->block->name, name, strlen(name) + 1);
    buffer_append(&feed->block->where, where, strlen(where) + 1);
    if (!feed->block->name.failed && !feed->block->where.failed)
        return true;
    return error_memory(error);
}

static bool sink_data(struct unpack_sink *sink, const uint8_t *bytes, size_t size,
                      struct error *error)
{
    struct feed *feed = (struct feed *)sink;
    while (size > 0) {
        if (feed->block->size == QUEUE_BLOCK_BYTES && !begin(feed, QUEUE_DATA))
            return false;
        struct queue_block *block = feed->block;
        if (!block->bytes)
            block->bytes = malloc(QUEUE_BLOCK_BYTES);
        if (!block->bytes)
            return error_memory(error);
        size_t take = QUEUE_BLOCK_BYTES - block->size;
        if (take > size)
            take = size;
        memcpy(block->bytes + block->size, bytes, take);
        block->size += take;
        bytes += take;
        size -= take;
    }
    return true;
}

static void sink_end(struct unpack_sink *sink)
{
    push((struct feed *)sink);
}

static bool sink_file(struct unpack_sink *sink, size_t i, const char *sha256, struct error *error)
{
    struct feed *feed = (struct feed *)sink;
    (void)error;
    if (!begin(feed, QUEUE_FILE))
        return false;
    feed->block->file = i;
    memcpy(feed->block->sha256, sha256, DIGEST_HEX);
    return true;
}

static void *run(void *context)
{
    struct feed *feed = context;
    struct error error = ERROR_INIT;
    size_t num_files = unpack_num_files(feed->unpack.input);
    bool good = true;
    for (size_t i = 0; good && i < num_files; i++)
        good = unpack_file(&feed->unpack, i, &error);
    // A block that a failure left unfinished tells of the failure instead: nobody is to draw
    // conclusions from a part.
    if (good ? begin(feed, QUEUE_END) : feed->block || begin(feed, QUEUE_FAILED)) {
        feed->block->kind = good ? QUEUE_END : QUEUE_FAILED;
        feed->block->error = error;
        push(feed);
    }
    return NULL;
}

struct feed *feed_start(const struct unpack_input *input, atomic_uint_fast64_t *progress,
                        struct error *error)
{
    struct feed *feed = calloc(1, sizeof *feed);
    if (!feed) {
        error_memory(error);
        return NULL;
    }
    feed->sink = (struct unpack_sink){
        .member = sink_member, .data = sink_data, .end = sink_end, .file = sink_file};
    feed->unpack = (struct unpack){
        .input = input, .sink = &feed->sink, .stop = &feed->stop, .progress = progress};
    feed->queue = queue_new(error);
    if (!feed->queue) {
        free(feed);
        return NULL;
    }
    int number = pthread_create(&feed->thread, NULL, run, feed);
    if (number != 0) {
        errno = number;
        error_system(error, "the reading thread cannot be started");
        queue_free(feed->queue);
        free(feed);
        return NULL;
    }
    return feed;
}

struct queue_block *feed_next(struct feed *feed)
{
    return queue_pop(feed->queue);
}

void feed_return(struct feed *feed, struct queue_block *block)
{
    queue_return(feed->queue, block);
}

void feed_stop(struct feed *feed)
{
    if (!feed)
        return;
    atomic_store(&feed->stop, true);
    queue_stop(feed->queue);
    pthread_join(feed->thread, NULL);
    unpack_clear(&feed->unpack);
    queue_free(feed->queue);
    free(feed);
}
