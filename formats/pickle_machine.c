// SPDX-License-Identifier: MIT
#include "formats/pickle_machine.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ITEMS_IN_CHUNK = 512 };

struct pickle_chunk {
    struct pickle_chunk *next;
    size_t used;
    struct pickle_items items[ITEMS_IN_CHUNK];
};

struct pickle_block {
    struct pickle_block *next;
    _Alignas(16) uint8_t bytes[];
};

bool pickle_fail(struct pickle *pickle, const char *format, ...)
{
    char text[400];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return error_set(pickle->error, ERROR_INPUT, "byte %llu: %s",
                     (unsigned long long)(pickle->offset + pickle->begin), text);
}

bool pickle_work(struct pickle *pickle, uint64_t steps)
{
    pickle->steps += steps;
    if (pickle->steps + pickle->memo.probes <= (uint64_t)pickle->size * PICKLE_STEPS_PER_BYTE)
        return true;
    return error_set(pickle->error, ERROR_LIMIT,
                     "byte %llu: this pickle would take more than %d steps a byte, as no honest "
                     "one does",
                     (unsigned long long)(pickle->offset + pickle->begin), PICKLE_STEPS_PER_BYTE);
}

// Counts memory before it is allocated.
static bool spend(struct pickle *pickle, size_t size)
{
    if (size > PICKLE_MAX_MEMORY - pickle->memory - pickle->memo_memory)
        return error_set(pickle->error, ERROR_LIMIT,
                         "byte %llu: the values up to here take more than %d MiB of memory",
                         (unsigned long long)(pickle->offset + pickle->begin),
                         PICKLE_MAX_MEMORY >> 20);
    pickle->memory += size;
    return true;
}

bool pickle_spend_memo(struct pickle *pickle, size_t size)
{
    size_t before = pickle->memo_memory;
    pickle->memo_memory = 0;
    // While the memo grows, the smaller one is there as well.
    if (!spend(pickle, size + size / 2))
        return false;
    pickle->memory -= size + size / 2;
    pickle->memo_memory = size > before ? size + size / 2 : before;
    return true;
}

// Where the present opcode's arguments must end: with its frame.
static size_t limit(const struct pickle *pickle)
{
    return pickle->begin < pickle->frame_end ? pickle->frame_end : pickle->size;
}

const uint8_t *pickle_take(struct pickle *pickle, size_t size)
{
    size_t left = limit(pickle) - pickle->at;
    if (size > left) {
        pickle_fail(pickle, "%zu bytes should follow, but there are %zu %s", size, left,
                    limit(pickle) < pickle->size ? "in this frame" : "left");
        return NULL;
    }
    const uint8_t *bytes = pickle->bytes + pickle->at;
    pickle->at += size;
    return bytes;
}

const uint8_t *pickle_take_line(struct pickle *pickle, size_t *size)
{
    const uint8_t *begin = pickle->bytes + pickle->at;
    const uint8_t *end = memchr(begin, '\n', limit(pickle) - pickle->at);
    if (!end) {
        pickle_fail(pickle, "a line should follow, but it does not end");
        return NULL;
    }
    *size = (size_t)(end - begin);
    pickle->at += *size + 1;
    return begin;
}

bool pickle_push(struct pickle *pickle, struct pickle_value value)
{
    if (pickle->depth == pickle->capacity) {
        size_t more = pickle->capacity ? pickle->capacity : 64;
        if (!spend(pickle, more * sizeof *pickle->stack))
            return false;
        struct pickle_value *stack =
            realloc(pickle->stack, (pickle->capacity + more) * sizeof *stack);
        if (!stack)
            return error_memory(pickle->error);
        pickle->stack = stack;
        pickle->capacity += more;
    }
    pickle->stack[pickle->depth++] = value;
    return true;
}

struct pickle_value *pickle_peek(struct pickle *pickle, size_t below)
{
    size_t fence = pickle->num_marks > 0 ? pickle->marks[pickle->num_marks - 1] : 0;
    if (pickle->depth - fence <= below) {
        pickle_fail(pickle, "the stack is empty where a value is needed");
        return NULL;
    }
    return &pickle->stack[pickle->depth - 1 - below];
}

bool pickle_pop_mark(struct pickle *pickle, size_t *first)
{
    if (pickle->num_marks == 0)
        return pickle_fail(pickle, "there is no mark on the stack where one is needed");
    *first = pickle->marks[--pickle->num_marks];
    return true;
}

struct pickle_items *pickle_new_items(struct pickle *pickle)
{
    if (!pickle->chunks || pickle->chunks->used == ITEMS_IN_CHUNK) {
        if (!spend(pickle, sizeof *pickle->chunks))
            return NULL;
        struct pickle_chunk *chunk = malloc(sizeof *chunk);
        if (!chunk) {
            error_memory(pickle->error);
            return NULL;
        }
        chunk->used = 0;
        chunk->next = pickle->chunks;
        pickle->chunks = chunk;
    }
    struct pickle_items *items = &pickle->chunks->items[pickle->chunks->used++];
    *items = (struct pickle_items){.values = NULL};
    return items;
}

bool pickle_move(struct pickle *pickle, struct pickle_items *items, size_t count)
{
    if (!pickle_work(pickle, count))
        return false;
    if (count == 0)
        return true;
    size_t need = items->count + count; // both far below 2^32: each value took a byte
    if (need > items->capacity) {
        size_t capacity = items->count + items->count / 2;
        if (capacity < need)
            capacity = need;
        if (!spend(pickle, (capacity - items->capacity) * sizeof *items->values + 16))
            return false;
        struct pickle_value *values = realloc(items->values, capacity * sizeof *values);
        if (!values)
            return error_memory(pickle->error);
        items->values = values;
        items->capacity = (uint32_t)capacity;
    }
    pickle->depth -= count;
    memcpy(items->values + items->count, pickle->stack + pickle->depth,
           count * sizeof *items->values);
    items->count = (uint32_t)need;
    return true;
}

void *pickle_alloc(struct pickle *pickle, size_t size)
{
    if (!spend(pickle, size + sizeof(struct pickle_block) + 16))
        return NULL;
    struct pickle_block *block = calloc(1, sizeof *block + size);
    if (!block) {
        error_memory(pickle->error);
        return NULL;
    }
    block->next = pickle->blocks;
    pickle->blocks = block;
    return block->bytes;
}

void pickle_clear(struct pickle *pickle)
{
    for (struct pickle_chunk *next; pickle->chunks; pickle->chunks = next) {
        next = pickle->chunks->next;
        for (size_t i = 0; i < pickle->chunks->used; i++)
            free(pickle->chunks->items[i].values);
        free(pickle->chunks);
    }
    for (struct pickle_block *next; pickle->blocks; pickle->blocks = next) {
        next = pickle->blocks->next;
        free(pickle->blocks);
    }
    pickle_memo_clear(&pickle->memo);
    free(pickle->stack);
}
