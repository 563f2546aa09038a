// SPDX-License-Identifier: MIT
#include "formats/npy_tokens.h"

#include <stdlib.h>
#include <string.h>

#include "formats/pickle_member.h"
#include "formats/source.h"
#include "store/writer.h"

// What is gathered before it is appended.
enum { MOST_VALUES = 256 << 10, MOST_RUNS = 16 << 10 };

struct gathering {
    struct writer *writer;
    const char *where;
    int split, feature;
    int32_t *values;  // MOST_VALUES
    uint64_t *counts; // MOST_RUNS
    size_t num_values, num_runs;
    uint64_t left; // of what may be gathered in all
};

static bool flush(struct gathering *to, struct error *error)
{
    bool good =
        to->num_runs == 0 || writer_append_runs(to->writer, to->split, to->feature, to->values,
                                                to->counts, to->num_runs, error);
    to->num_values = to->num_runs = 0;
    return good;
}

// Makes room for a run. One that is longer than the room for all gets a larger room.
static bool reserve(struct gathering *to, uint64_t count, size_t *room, struct error *error)
{
    if ((to->num_runs == MOST_RUNS || to->num_values + count > *room) && !flush(to, error))
        return false;
    if (count <= *room)
        return true;
    int32_t *values = realloc(to->values, count * sizeof *values);
    if (!values)
        return error_memory(error);
    to->values = values;
    *room = count;
    return true;
}

static bool refuse(const struct gathering *to, uint64_t sample, const struct pickle_value *value,
                   struct error *error)
{
    return error_set(error, ERROR_INPUT,
                     "%s: sample %llu is %s; arrays of objects are read as tokens, a list of "
                     "whole numbers for each sample",
                     to->where, (unsigned long long)sample, pickle_kind_name(value->kind));
}

static bool put(struct gathering *to, uint64_t sample, size_t i, int64_t token, struct error *error)
{
    if (token < 0 || token > INT32_MAX)
        return error_set(error, ERROR_INPUT,
                         "%s: sample %llu, value %zu: %lld is no token; tokens are whole numbers "
                         "from 0 to 2^31 - 1",
                         to->where, (unsigned long long)sample, i, (long long)token);
    to->values[to->num_values++] = (int32_t)token;
    return true;
}

static bool put_list(struct gathering *to, uint64_t sample, const struct pickle_items *items,
                     struct error *error)
{
    for (size_t i = 0; i < items->count; i++) {
        const struct pickle_value *value = &items->values[i];
        if (value->kind != PICKLE_INT)
            return error_set(
                error, ERROR_INPUT, "%s: sample %llu, value %zu: is %s; tokens are whole numbers",
                to->where, (unsigned long long)sample, i, pickle_kind_name(value->kind));
        if (!put(to, sample, i, value->integer, error))
            return false;
    }
    return true;
}

static bool put_array(struct gathering *to, uint64_t sample, const struct pickle_array *array,
                      struct error *error)
{
    uint64_t value = 0;
    for (size_t i = 0; i < array->count; i++) {
        npy_type_convert(&array->type, &value, array->data + i * array->type.item, 1);
        if (!put(to, sample, i, dtype_integer(array->type.dtype, &value, 0), error))
            return false;
    }
    return true;
}

static bool is_token_array(const struct pickle_value *value)
{
    return value->kind == PICKLE_ARRAY && value->array->data && value->array->rank == 1 &&
           dtype_is_integer(value->array->type.dtype) && !value->array->type.is_half;
}

static bool put_sample(struct gathering *to, uint64_t sample, const struct pickle_value *value,
                       size_t *room, struct error *error)
{
    bool is_list = value->kind == PICKLE_LIST || value->kind == PICKLE_TUPLE;
    if (!is_list && !is_token_array(value))
        return refuse(to, sample, value, error);
    uint64_t count = is_list ? value->items->count : value->array->count;
    if (count > to->left)
        return error_set(error, ERROR_LIMIT,
                         "%s: sample %llu: the samples up to here have more tokens than the "
                         "pickle has bytes, as no honest data does",
                         to->where, (unsigned long long)sample);
    to->left -= count;
    if (!reserve(to, count, room, error))
        return false;
    to->counts[to->num_runs++] = count;
    return is_list ? put_list(to, sample, value->items, error)
                   : put_array(to, sample, value->array, error);
}

static bool put_all(struct gathering *to, const struct pickle_value *root,
                    const struct npy_header *header, struct error *error)
{
    const struct pickle_array *array = root->array;
    if (root->kind != PICKLE_ARRAY || !array->objects || array->count != header->shape[0])
        return error_set(error, ERROR_INPUT,
                         "%s: byte %zu: the pickle holds %s that does not fit the header "
                         "(%llu objects)",
                         to->where, header->size, pickle_kind_name(root->kind),
                         (unsigned long long)header->shape[0]);
    size_t room = MOST_VALUES;
    to->values = malloc(room * sizeof *to->values);
    to->counts = malloc(MOST_RUNS * sizeof *to->counts);
    bool good = (to->values && to->counts) || error_memory(error);
    for (uint64_t i = 0; good && i < array->count; i++)
        good = put_sample(to, i, &array->objects->values[i], &room, error);
    good = good && flush(to, error);
    free(to->values);
    free(to->counts);
    return good;
}

bool npy_tokens_read(struct source *source, const struct npy_header *header, struct writer *writer,
                     int split, int feature, struct error *error)
{
    struct pickle_member member;
    if (!pickle_member_read(&member, source, SOURCE_SIZE_UNKNOWN, error))
        return false;
    struct gathering to = {.writer = writer,
                           .where = source_where(source),
                           .split = split,
                           .feature = feature,
                           .left = member.size};
    bool good = put_all(&to, pickle_root(member.pickle), header, error);
    pickle_member_clear(&member);
    return good;
}
