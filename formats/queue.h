// SPDX-License-Identifier: MIT
// What the reading thread has unpacked, in order, on its way to the thread that decodes. A fixed
// number of blocks goes round, so that memory is bounded however far one is ahead of the other. A
// block carries many small members or a part of a large one: handing it over costs more than a
// small file.
#ifndef SAMPLECASE_FORMATS_QUEUE_H
#define SAMPLECASE_FORMATS_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/digest.h"
#include "base/error.h"

enum { QUEUE_BLOCKS = 16, QUEUE_BLOCK_BYTES = 256 << 10, QUEUE_BLOCK_ITEMS = 256 };

enum queue_kind {
    QUEUE_MEMBER, // a member begins, with its first bytes
    QUEUE_DATA,   // more bytes of it
    QUEUE_FILE,   // a file was read to its end
    QUEUE_END,    // there is no more
    QUEUE_FAILED, // the block's error says why
};

struct queue_item {
    enum queue_kind kind;
    size_t at, size; // its bytes; they end before the block does only at a member's end
    // QUEUE_MEMBER
    size_t name, where, path; // places in the block's texts, each with a NUL; path may be empty
    uint64_t member_size, offset, file_size;
    int64_t modified;
    // QUEUE_FILE
    size_t file;   // its number
    size_t sha256; // place in the texts
};

struct queue_block {
    uint8_t *bytes; // QUEUE_BLOCK_BYTES, allocated when first wanted
    size_t size;    // in use
    struct queue_item items[QUEUE_BLOCK_ITEMS];
    size_t num_items;
    struct buffer texts;
    struct error error; // of QUEUE_FAILED, the last item
};

struct queue;

struct queue *queue_new(struct error *error);
void queue_free(struct queue *queue);

// The writing thread: an empty block to fill, NULL once the queue is stopped; and the way on for
// it.
struct queue_block *queue_empty(struct queue *queue);
void queue_push(struct queue *queue, struct queue_block *block);

// The reading thread: the next block, waiting for it; and back for reuse.
struct queue_block *queue_pop(struct queue *queue);
void queue_return(struct queue *queue, struct queue_block *block);

// Wakes the writing thread with NULL from now on.
void queue_stop(struct queue *queue);

#endif
