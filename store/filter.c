// SPDX-License-Identifier: MIT
#include "store/filter.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"

static int by_id(const void *a, const void *b)
{
    long x = *(const long *)a, y = *(const long *)b;
    return (x > y) - (x < y);
}

// Sorts the ids and leaves out those that are there already.
static void sort_ids(struct filter *filter)
{
    size_t kept = 0;
    if (filter->num_ids > 0)
        qsort(filter->ids, filter->num_ids, sizeof *filter->ids, by_id);
    for (size_t i = 0; i < filter->num_ids; i++)
        if (i == 0 || filter->ids[i] != filter->ids[i - 1])
            filter->ids[kept++] = filter->ids[i];
    filter->num_ids = kept;
}

bool filters_init(struct filters *filters, struct dataset *dataset,
                  const struct selection_query *query, struct error *error)
{
    *filters = (struct filters){
        .dataset = dataset, .split = query->split, .base = query->base};
    filters->items = calloc(query->num_filters + 1, sizeof *filters->items);
    if (!filters->items)
        return error_memory(error);
    for (size_t i = 0; i < query->num_filters; i++) {
        const struct class_filter *from = &query->filters[i];
        const struct feature *feature = &dataset_schema(dataset)->features[from->feature];
        struct filter *filter = &filters->items[filters->count];
        bool ok = true;
        for (size_t j = 0; ok && j < from->num_ids; j++)
            if (from->ids[j] < 0 || (size_t)from->ids[j] >= feature->num_classes)
                ok = error_set(error, ERROR_MISSING,
                               "feature \"%s\" has no class %ld; it has %zu, from 0 on",
                               feature->name, from->ids[j], feature->num_classes);
        filter->ids = ok ? malloc((from->num_ids + 1) * sizeof *filter->ids) : NULL;
        if (!filter->ids) {
            error_memory(error);
            filters_clear(filters);
            return false;
        }
        filter->feature = from->feature;
        filter->num_ids = from->num_ids;
        if (from->num_ids > 0)
            memcpy(filter->ids, from->ids, from->num_ids * sizeof *filter->ids);
        sort_ids(filter);
        if (filter->num_ids == feature->num_classes)
            free(filter->ids);
        else
            filters->count++;
    }
    return true;
}

void filters_clear(struct filters *filters)
{
    for (size_t i = 0; i < filters->count; i++)
        free(filters->items[i].ids);
    free(filters->items);
    *filters = (struct filters){.count = 0};
}

// Sets passes[i] to 0 where the class of sample i does not pass the filter.
static bool sieve(const struct filters *filters, const struct filter *filter, uint8_t *passes,
                  uint64_t num_samples, struct error *error)
{
    const struct feature *feature = &dataset_schema(filters->dataset)->features[filter->feature];
    const struct array *labels = dataset_array(filters->dataset, filters->split, filter->feature);
    uint8_t *allowed = calloc(feature->num_classes, 1);
    if (!allowed)
        return error_memory(error);
    for (size_t i = 0; i < filter->num_ids; i++)
        allowed[filter->ids[i]] = 1;
    for (uint64_t i = 0; i < num_samples; i++) {
        long long class = dtype_integer(labels->dtype, labels->rows, i);
        if (class < 0 || (size_t) class >= feature->num_classes) {
            dataset_mark_damaged(filters->dataset, "a sample has a class that does not exist; "
                                                   "samplecase verify says where");
            class = 0;
        }
        passes[i] &= allowed[class];
    }
    free(allowed);
    return true;
}

static uint64_t sample_at(const struct sample_order *base, uint64_t place)
{
    return base ? base->table->values[base->from + place] : place;
}

static struct table *make_table(const void *context, struct error *error)
{
    const struct filters *filters = context;
    uint64_t num_samples = dataset_schema(filters->dataset)->splits[filters->split].num_samples;
    uint8_t *passes = malloc(num_samples + 1);
    if (!passes) {
        error_memory(error);
        return NULL;
    }
    memset(passes, 1, num_samples);
    bool ok = true;
    for (size_t i = 0; ok && i < filters->count; i++)
        ok = sieve(filters, &filters->items[i], passes, num_samples, error);
    const struct sample_order *base = filters->base;
    uint64_t num_places = base ? base->count : num_samples;
    size_t count = 0;
    for (uint64_t i = 0; i < num_places; i++)
        count += passes[sample_at(base, i)];
    struct table *table = ok ? table_new(count, error) : NULL;
    for (uint64_t i = 0, at = 0; table && at < count; i++)
        if (passes[sample_at(base, i)])
            table->values[at++] = (uint32_t)sample_at(base, i);
    free(passes);
    return table;
}

const struct table *filters_table(const struct filters *filters, struct error *error)
{
    struct buffer key = BUFFER_INIT;
    buffer_printf(&key, "filter %d %s", filters->split, filters->base ? filters->base->key : "");
    for (size_t i = 0; i < filters->count; i++) {
        buffer_printf(&key, " %d:", filters->items[i].feature);
        for (size_t j = 0; j < filters->items[i].num_ids; j++)
            buffer_printf(&key, "%ld,", filters->items[i].ids[j]);
    }
    const struct table *table = NULL;
    if (key.failed)
        error_memory(error);
    else
        table = cache_get(dataset_cache(filters->dataset), key.data, key.size, make_table, filters,
                          error);
    buffer_free(&key);
    return table;
}
