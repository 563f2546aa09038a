// SPDX-License-Identifier: MIT
#include "formats/feed.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct feed {
    struct unpack_sink sink;
    struct queue *queue;
    struct queue_block *block; // being filled; NULL before the first and once the queue is stopped
    bool is_open;              // its last item may still get bytes
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

// Begins an item with room for that many bytes, in another block if need be. NULL once the queue is
// stopped.
static struct queue_item *begin(struct feed *feed, enum queue_kind kind, size_t room)
{
    if (feed->block && (feed->block->num_items == QUEUE_BLOCK_ITEMS ||
                        QUEUE_BLOCK_BYTES - feed->block->size < room))
        push(feed);
    if (!feed->block)
        feed->block = queue_empty(feed->queue);
    struct queue_block *block = feed->block;
    if (!block)
        return NULL;
    struct queue_item *item = &block->items[block->num_items++];
    *item = (struct queue_item){.kind = kind, .at = block->size};
    return item;
}

// Adds a text to the block; its place.
static size_t add_text(struct feed *feed, const char *text)
{
    struct buffer *texts = &feed->block->texts;
    size_t at = texts->size;
    buffer_append(texts, text, strlen(text) + 1);
    return at;
}

// Whether the last item has its texts; takes it back if not.
static bool has_texts(struct feed *feed, struct error *error)
{
    if (!feed->block->texts.failed)
        return true;
    feed->block->num_items--;
    return error_memory(error);
}

static bool sink_member(struct unpack_sink *sink, const struct unpack_member *member,
                        struct error *error)
{
    struct feed *feed = (struct feed *)sink;
    struct queue_item *item = begin(feed, QUEUE_MEMBER, SOURCE_HEAD);
    if (!item)
        return false;
    item->member_size = member->size;
    item->offset = member->place.offset;
    item->file_size = member->place.file_size;
    item->modified = member->place.modified;
    item->name = add_text(feed, member->name);
    item->where = add_text(feed, member->where);
    item->path = add_text(feed, member->place.path ? member->place.path : "");
    return feed->is_open = has_texts(feed, error);
}

static bool sink_data(struct unpack_sink *sink, const uint8_t *bytes, size_t size,
                      struct error *error)
{
    struct feed *feed = (struct feed *)sink;
    while (size > 0) {
        if (feed->block->size == QUEUE_BLOCK_BYTES && !begin(feed, QUEUE_DATA, 1))
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
        block->items[block->num_items - 1].size += take;
        bytes += take;
        size -= take;
    }
    return true;
}

static void sink_end(struct unpack_sink *sink)
{
    ((struct feed *)sink)->is_open = false;
}

static bool sink_file(struct unpack_sink *sink, size_t i, const char *sha256, struct error *error)
{
    struct feed *feed = (struct feed *)sink;
    struct queue_item *item = begin(feed, QUEUE_FILE, 0);
    if (!item)
        return false;
    item->file = i;
    item->sha256 = add_text(feed, sha256);
    return has_texts(feed, error);
}

static void *run(void *context)
{
    struct feed *feed = context;
    struct error error = ERROR_INIT;
    bool good = unpack_all(&feed->unpack, &error);
    // An item that a failure left unfinished tells of the failure instead: nobody is to draw
    // conclusions from a part.
    if (!good && feed->is_open && feed->block)
        feed->block->num_items--;
    if (begin(feed, good ? QUEUE_END : QUEUE_FAILED, 0)) {
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
    feed->unpack = (struct unpack){.input = input,
                                   .sink = &feed->sink,
                                   .stop = &feed->stop,
                                   .progress = progress,
                                   .cursor = WALK_CURSOR_INIT};
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

const struct folders *feed_empty_folders(const struct feed *feed)
{
    return &feed->unpack.folders;
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
