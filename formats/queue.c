// SPDX-License-Identifier: MIT
#include "formats/queue.h"

#include <pthread.h>
#include <stdlib.h>

struct queue {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct queue_block blocks[QUEUE_BLOCKS];
    struct queue_block *empty[QUEUE_BLOCKS]; // last returned, first used: its memory is warm
    size_t num_empty;
    struct queue_block *full[QUEUE_BLOCKS]; // a ring
    size_t first_full, num_full;
    bool stopped;
};

struct queue *queue_new(struct error *error)
{
    struct queue *queue = calloc(1, sizeof *queue);
    if (!queue) {
        error_memory(error);
        return NULL;
    }
    pthread_mutex_init(&queue->lock, NULL);
    pthread_cond_init(&queue->changed, NULL);
    for (size_t i = 0; i < QUEUE_BLOCKS; i++)
        queue->empty[queue->num_empty++] = &queue->blocks[i];
    return queue;
}

void queue_free(struct queue *queue)
{
    if (!queue)
        return;
    for (size_t i = 0; i < QUEUE_BLOCKS; i++) {
        free(queue->blocks[i].bytes);
        buffer_free(&queue->blocks[i].texts);
    }
    pthread_cond_destroy(&queue->changed);
    pthread_mutex_destroy(&queue->lock);
    free(queue);
}

struct queue_block *queue_empty(struct queue *queue)
{
    pthread_mutex_lock(&queue->lock);
    while (queue->num_empty == 0 && !queue->stopped)
        pthread_cond_wait(&queue->changed, &queue->lock);
    struct queue_block *block = queue->stopped ? NULL : queue->empty[--queue->num_empty];
    pthread_mutex_unlock(&queue->lock);
    if (block) {
        block->size = block->num_items = block->texts.size = 0;
        block->texts.failed = false;
        block->error.kind = ERROR_NONE;
    }
    return block;
}

void queue_push(struct queue *queue, struct queue_block *block)
{
    pthread_mutex_lock(&queue->lock);
    queue->full[(queue->first_full + queue->num_full++) % QUEUE_BLOCKS] = block;
    pthread_cond_signal(&queue->changed);
    pthread_mutex_unlock(&queue->lock);
}

struct queue_block *queue_pop(struct queue *queue)
{
    pthread_mutex_lock(&queue->lock);
    while (queue->num_full == 0)
        pthread_cond_wait(&queue->changed, &queue->lock);
    struct queue_block *block = queue->full[queue->first_full];
    queue->first_full = (queue->first_full + 1) % QUEUE_BLOCKS;
    queue->num_full--;
    pthread_mutex_unlock(&queue->lock);
    return block;
}

void queue_return(struct queue *queue, struct queue_block *block)
{
    pthread_mutex_lock(&queue->lock);
    queue->empty[queue->num_empty++] = block;
    pthread_cond_signal(&queue->changed);
    pthread_mutex_unlock(&queue->lock);
}

void queue_stop(struct queue *queue)
{
    pthread_mutex_lock(&queue->lock);
    queue->stopped = true;
    pthread_cond_signal(&queue->changed);
    pthread_mutex_unlock(&queue->lock);
}
