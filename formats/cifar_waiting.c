// SPDX-License-Identifier: MIT
#include "formats/cifar_waiting.h"

#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "formats/source.h"

// The published archive needs 92 MB.
enum { MAX_BYTES = 256 << 20, BLOCK = 1 << 20 };

enum cifar_turn cifar_waiting_turn(struct cifar_waiting *waiting, unsigned long number)
{
    if (number <= waiting->last)
        return CIFAR_TURN_GONE;
    for (size_t i = 0; i < waiting->count; i++)
        if (waiting->batches[i].number == number)
            return CIFAR_TURN_GONE;
    if (number != waiting->last + 1)
        return CIFAR_TURN_LATER;
    waiting->last = number;
    return CIFAR_TURN_NOW;
}

// Reads the source's present member whole.
static bool read_member(struct source *source, uint64_t most, struct buffer *out,
                        struct error *error)
{
    int64_t got;
    do {
        char *to = buffer_reserve(out, BLOCK);
        if (!to)
            return error_memory(error);
        got = source_read(source, to, BLOCK, error);
        if (got < 0)
            return false;
        out->size += (size_t)got;
        if (out->size > most)
            return error_set(error, ERROR_LIMIT,
                             "%s: the batches lie in an order that would need more "
                             "than %d MiB of memory to mend",
                             source_where(source), MAX_BYTES >> 20);
    } while (got == BLOCK);
    return true;
}

bool cifar_waiting_add(struct cifar_waiting *waiting, unsigned long number, bool is_pickle,
                       struct source *source, struct error *error)
{
    struct cifar_batch *batches = realloc(waiting->batches, (waiting->count + 1) * sizeof *batches);
    if (!batches)
        return error_memory(error);
    waiting->batches = batches;
    struct buffer bytes = BUFFER_INIT;
    char *where = strdup(source_where(source));
    if (!where || !read_member(source, MAX_BYTES - waiting->size, &bytes, error)) {
        if (!where)
            error_memory(error);
        free(where);
        buffer_free(&bytes);
        return false;
    }
    size_t at = waiting->count;
    while (at > 0 && batches[at - 1].number > number)
        at--;
    memmove(&batches[at + 1], &batches[at], (waiting->count - at) * sizeof *batches);
    batches[at] = (struct cifar_batch){.number = number,
                                       .where = where,
                                       .bytes = (uint8_t *)bytes.data,
                                       .size = bytes.size,
                                       .is_pickle = is_pickle};
    waiting->count++;
    waiting->size += bytes.size;
    return true;
}

bool cifar_waiting_take(struct cifar_waiting *waiting, bool any, struct cifar_batch *batch)
{
    if (waiting->count == 0 || (!any && waiting->batches[0].number != waiting->last + 1))
        return false;
    *batch = waiting->batches[0];
    waiting->last = batch->number;
    waiting->size -= batch->size;
    waiting->count--;
    memmove(&waiting->batches[0], &waiting->batches[1], waiting->count * sizeof *batch);
    return true;
}

void cifar_batch_free(struct cifar_batch *batch)
{
    free(batch->where);
    free(batch->bytes);
}

void cifar_waiting_clear(struct cifar_waiting *waiting)
{
    for (size_t i = 0; i < waiting->count; i++)
        cifar_batch_free(&waiting->batches[i]);
    free(waiting->batches);
    *waiting = (struct cifar_waiting){.batches = NULL};
}
