// SPDX-License-Identifier: MIT
// Any bytes as a pickle. What it holds is walked through, every byte of it touched; where a value
// refers to itself the walk ends.
#include <stdio.h>
#include <stdlib.h>

#include "formats/pickle.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static volatile unsigned sum;

static void touch(const uint8_t *bytes, uint64_t size)
{
    for (uint64_t i = 0; i < size; i++)
        sum += bytes[i];
}

static void walk(const struct pickle_value *value, unsigned depth, unsigned *steps);

static void walk_items(const struct pickle_items *items, uint64_t count, unsigned depth,
                       unsigned *steps)
{
    if (count > items->count)
        abort();
    for (uint64_t i = 0; i < count; i++)
        walk(&items->values[i], depth + 1, steps);
}

static void walk(const struct pickle_value *value, unsigned depth, unsigned *steps)
{
    if (depth > 20 || ++*steps > 10000)
        return;
    switch (value->kind) {
    case PICKLE_STR:
    case PICKLE_BYTES:
        touch(value->bytes, value->size);
        break;
    case PICKLE_LIST:
    case PICKLE_TUPLE:
    case PICKLE_DICT:
        walk_items(value->items, value->items->count, depth, steps);
        break;
    case PICKLE_ARRAY:
        if (value->array->objects)
            walk_items(value->array->objects, value->array->count, depth, steps);
        else if (value->array->is_whole)
            touch(value->array->data, value->array->count * value->array->type.item);
        break;
    default:
        sum += (unsigned)pickle_kind_name(value->kind)[0];
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct error error = ERROR_INIT;
    struct pickle *pickle = pickle_read(data, size, 0, &error);
    if (!pickle != (error.kind != ERROR_NONE) || (!pickle && error.text[0] == '\0') ||
        error.kind == ERROR_INTERNAL) {
        fprintf(stderr, "broken promise: %s\n", error.text);
        abort();
    }
    unsigned steps = 0;
    if (pickle) {
        walk(pickle_root(pickle), 0, &steps);
        pickle_get(pickle_root(pickle), "data");
    }
    pickle_free(pickle);
    return 0;
}
