// SPDX-License-Identifier: MIT
// Four steps lead from a place in the window to a sample: the window, the shard, the permutation,
// and the base, which is the samples that the filters leave in ascending order. Each step is
// arithmetic or one look into a table, so that a place costs the same wherever it is.
#include "store/selection.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "store/cache.h"
#include "store/filter.h"
#include "store/group.h"
#include "store/shuffle.h"

enum base {
    BASE_ALL,     // place i is sample i
    BASE_GROUPS,  // one class, or several of one feature
    BASE_TABLE,   // a table of samples, from a place of it on
    BASE_INDICES, // the caller's list
};

struct selection {
    struct dataset *dataset; // borrowed
    enum base base;
    struct group *groups; // BASE_GROUPS, owned
    size_t num_groups;
    const struct table *table;       // BASE_TABLE, a reference
    uint64_t table_from;
    const uint64_t *indices;         // BASE_INDICES, borrowed
    const struct table *permutation; // of the base, a reference; NULL for none
    bool ascending; // the base is
    uint64_t shard, shards;
    uint64_t total, offset, count;
};

static bool check_indices(const struct selection_query *query, const struct split *split,
                          struct error *error)
{
    for (size_t i = 0; i < query->num_indices; i++)
        if (query->indices[i] >= split->num_samples)
            return error_set(error, ERROR_MISSING,
                             "no sample %" PRIu64 " in split \"%s\"; it has %" PRIu64 ", from 0 on",
                             query->indices[i], split->name, split->num_samples);
    return true;
}

// The base of one filter of few classes: their groups. Returns how many samples there are.
static bool use_groups(struct selection *selection, const struct filters *filters, uint64_t *count,
                       struct error *error)
{
    const struct filter *filter = &filters->items[0];
    selection->groups = calloc(filter->num_ids + 1, sizeof *selection->groups);
    if (!selection->groups)
        return error_memory(error);
    selection->base = BASE_GROUPS;
    selection->num_groups = filter->num_ids;
    *count = 0;
    for (size_t i = 0; i < filter->num_ids; i++) {
        selection->groups[i] =
            group_of_class(filters->dataset, filters->split, filter->feature, filter->ids[i]);
        *count += selection->groups[i].count;
    }
    return true;
}

// The base that the filters leave, and how many samples it has.
static bool use_filters(struct selection *selection, const struct filters *filters, bool in_order,
                        uint64_t *count, struct error *error)
{
    uint64_t num_samples = dataset_schema(filters->dataset)->splits[filters->split].num_samples;
    const struct sample_order *base = filters->base;
    *count = base ? base->count : num_samples;
    selection->ascending = !base;
    if (filters->count == 0) {
        if (base) {
            selection->base = BASE_TABLE;
            selection->table = table_hold(base->table);
            selection->table_from = base->from;
        }
        return true;
    }
    // Merging is quick from any place on, but place by place only if they follow each other.
    size_t num_ids = filters->items[0].num_ids;
    if (!base && filters->count == 1 && (num_ids <= 1 || (in_order && num_ids <= GROUP_MAX_MERGED)))
        return use_groups(selection, filters, count, error);
    if (num_samples > UINT32_MAX)
        return error_set(error, ERROR_LIMIT,
                         "such a filter works on at most %" PRIu32 " samples, not %" PRIu64,
                         UINT32_MAX, num_samples);
    selection->base = BASE_TABLE;
    selection->table = filters_table(filters, error);
    *count = selection->table ? selection->table->count : 0;
    return selection->table;
}

struct permutation {
    uint32_t count;
    uint64_t seed, epoch;
};

static struct table *make_permutation(const void *context, struct error *error)
{
    const struct permutation *of = context;
    struct table *table = table_new(of->count, error);
    if (table && !shuffle_permutation(table->values, of->count, of->seed, of->epoch)) {
        table_release(table);
        error_memory(error);
        return NULL;
    }
    return table;
}

static bool use_shuffle(struct selection *selection, const struct selection_query *query,
                        uint64_t count, struct error *error)
{
    if (count > UINT32_MAX)
        return error_set(error, ERROR_LIMIT,
                         "at most %" PRIu32 " samples can be shuffled, not %" PRIu64, UINT32_MAX,
                         count);
    struct permutation of = {(uint32_t)count, query->seed, query->epoch};
    char key[96];
    int size = snprintf(key, sizeof key, "shuffle %" PRIu32 " %" PRIu64 " %" PRIu64, of.count,
                        of.seed, of.epoch);
    selection->permutation = cache_get(dataset_cache(selection->dataset), key, (size_t)size,
                                       make_permutation, &of, error);
    return selection->permutation;
}

struct selection *selection_new(struct dataset *dataset, const struct selection_query *query,
                                struct error *error)
{
    struct selection *selection = calloc(1, sizeof *selection);
    if (!selection) {
        error_memory(error);
        return NULL;
    }
    selection->dataset = dataset;
    selection->shards = 1;
    uint64_t count = query->num_indices;
    bool ok;
    if (query->indices) {
        selection->base = BASE_INDICES;
        selection->indices = query->indices;
        ok = check_indices(query, &dataset_schema(dataset)->splits[query->split], error);
    } else {
        bool shuffled = query->order == ORDER_SHUFFLE;
        struct filters filters;
        ok = filters_init(&filters, dataset, query, error);
        if (ok) {
            ok = use_filters(selection, &filters, !shuffled && query->shards <= 1, &count, error);
            filters_clear(&filters);
        }
        ok = ok && (!shuffled || use_shuffle(selection, query, count, error));
        selection->shard = query->shard;
        selection->shards = query->shards > 0 ? query->shards : 1;
    }
    if (!ok) {
        selection_free(selection);
        return NULL;
    }
    selection->total =
        count > selection->shard ? (count - selection->shard - 1) / selection->shards + 1 : 0;
    selection->offset = query->offset;
    uint64_t left = query->offset < selection->total ? selection->total - query->offset : 0;
    selection->count = query->limit < left ? query->limit : left;
    return selection;
}

void selection_free(struct selection *selection)
{
    if (!selection)
        return;
    table_release(selection->table);
    table_release(selection->permutation);
    free(selection->groups);
    free(selection);
}

uint64_t selection_total(const struct selection *selection)
{
    return selection->total;
}

uint64_t selection_count(const struct selection *selection)
{
    return selection->count;
}

// The sample at a place of the base.
static uint64_t base_at(const struct selection *selection, uint64_t place)
{
    switch (selection->base) {
    case BASE_ALL:
        return place;
    case BASE_GROUPS:
        return group_at(&selection->groups[0], place);
    case BASE_TABLE:
        return selection->table->values[selection->table_from + place];
    case BASE_INDICES:
        return selection->indices[place];
    }
    return 0;
}

void selection_indices(const struct selection *selection, uint64_t from, uint64_t count,
                       uint64_t *out)
{
    uint64_t first = selection->offset + from;
    if (selection->num_groups > 1) {
        group_merge(selection->groups, selection->num_groups, first, count, out);
        return;
    }
    for (uint64_t i = 0; i < count; i++) {
        uint64_t place = selection->shard + (first + i) * selection->shards;
        if (selection->permutation)
            place = selection->permutation->values[place];
        out[i] = base_at(selection, place);
    }
}

bool selection_is_run(const struct selection *selection, uint64_t *first)
{
    uint64_t count = selection->count, last;
    *first = 0;
    if (count == 0)
        return true;
    selection_indices(selection, 0, 1, first);
    selection_indices(selection, count - 1, 1, &last);
    if (last < *first || last - *first != count - 1)
        return false;
    if (!selection->permutation && selection->ascending)
        return true;
    for (uint64_t i = 1; i + 1 < count; i++) {
        uint64_t index;
        selection_indices(selection, i, 1, &index);
        if (index != *first + i)
            return false;
    }
    return true;
}
