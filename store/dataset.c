// SPDX-License-Identifier: MIT
#include "store/dataset.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "store/array.h"
#include "store/cache.h"
#include "store/catalog.h"
#include "store/guard.h"

// Tables for shuffles and combined filters; the permutation of ImageNet's 14 million images has 54.
static const size_t CACHE_BYTES = (size_t)64 << 20;

// A mapped file and what the guard needs to know about it.
struct guarded {
    long ticket;
    char *reason; // owned
};

// A feature in a split.
struct column {
    struct array values;
    struct class_index index; // starts is NULL where the feature is no class
    struct guarded values_guard, index_guard;
};

struct dataset {
    _Atomic(size_t) references;
    struct schema schema;
    struct column *columns; // [split * num_features + feature]
    size_t num_columns;
    struct cache *cache;
    _Atomic(const char *) damage; // NULL, a reason of a column, or `noted`
    _Atomic(char *) noted;        // owned; what dataset_mark_damaged was given
    _Atomic(void *) companion;    // owned, by way of drop
    _Atomic(dataset_drop *) drop;
};

static bool map(struct dataset *dataset, struct folder *folder, const struct catalog_array *entry,
                struct array *array, struct guarded *guarded, struct error *error)
{
    char path[ARRAY_PATH];
    if (!array_map(folder, &dataset->schema, entry, array, error))
        return false;
    array_path(&dataset->schema, entry, path);
    if (asprintf(
            &guarded->reason,
            "%s cannot be read whole: it was cut, or the disk fails; samplecase verify %s says "
            "more",
            path, dataset->schema.name) < 0) {
        guarded->reason = NULL;
        return error_memory(error);
    }
    guarded->ticket = guard_add(array->file, array->file_bytes, array->fd, &dataset->damage,
                                guarded->reason, error);
    return guarded->ticket >= 0;
}

static void unmap(struct array *array, struct guarded *guarded)
{
    guard_remove(guarded->ticket);
    array_unmap(array);
    free(guarded->reason);
}

// Where each class begins in by_class, from how many samples each has.
static uint64_t *class_starts(const uint64_t *counts, size_t num_classes, struct error *error)
{
    uint64_t *starts = calloc(num_classes + 1, sizeof *starts);
    if (!starts) {
        error_memory(error);
        return NULL;
    }
    for (size_t i = 0; i < num_classes; i++)
        starts[i + 1] = starts[i] + counts[i];
    return starts;
}

static bool open_arrays(struct dataset *dataset, struct folder *folder,
                        const struct catalog_entry *entry, struct error *error)
{
    for (size_t i = 0; i < entry->num_arrays; i++) {
        const struct catalog_array *array = &entry->arrays[i];
        size_t place = (size_t)array->split * dataset->schema.num_features + (size_t)array->feature;
        struct column *column = &dataset->columns[place];
        bool by_class = array->role == ARRAY_BY_CLASS;
        if (by_class && !(column->index.starts = class_starts(
                              entry->class_counts[place],
                              dataset->schema.features[array->feature].num_classes, error)))
            return false;
        if (!map(dataset, folder, array, by_class ? &column->index.by_class : &column->values,
                 by_class ? &column->index_guard : &column->values_guard, error))
            return false;
    }
    return true;
}

struct dataset *dataset_open(struct folder *folder, struct catalog_entry *entry,
                             struct error *error)
{
    struct dataset *dataset = calloc(1, sizeof *dataset);
    if (!dataset) {
        error_memory(error);
        catalog_entry_clear(entry);
        return NULL;
    }
    size_t count = entry->schema.num_splits * entry->schema.num_features;
    atomic_init(&dataset->references, 1);
    dataset->columns = calloc(count, sizeof *dataset->columns);
    dataset->cache = cache_new(CACHE_BYTES);
    bool ok = dataset->columns && dataset->cache;
    if (!ok)
        error_memory(error);
    for (size_t i = 0; dataset->columns && i < count; i++) {
        struct column *column = &dataset->columns[i];
        column->values.fd = column->index.by_class.fd = -1;
        column->values_guard.ticket = column->index_guard.ticket = -1;
        dataset->num_columns = i + 1;
    }
    dataset->schema = entry->schema;
    ok = ok && open_arrays(dataset, folder, entry, error);
    entry->schema = (struct schema){.num_features = 0};
    catalog_entry_clear(entry);
    if (ok)
        return dataset;
    dataset_release(dataset);
    return NULL;
}

struct dataset *dataset_hold(struct dataset *dataset)
{
    atomic_fetch_add_explicit(&dataset->references, 1, memory_order_relaxed);
    return dataset;
}

void dataset_release(struct dataset *dataset)
{
    if (!dataset || atomic_fetch_sub_explicit(&dataset->references, 1, memory_order_acq_rel) != 1)
        return;
    for (size_t i = 0; i < dataset->num_columns; i++) {
        struct column *column = &dataset->columns[i];
        unmap(&column->values, &column->values_guard);
        unmap(&column->index.by_class, &column->index_guard);
        free(column->index.starts);
    }
    void *companion = atomic_load(&dataset->companion);
    if (companion)
        atomic_load(&dataset->drop)(companion);
    free(dataset->columns);
    cache_free(dataset->cache);
    schema_clear(&dataset->schema);
    free(atomic_load(&dataset->noted));
    free(dataset);
}

const struct schema *dataset_schema(const struct dataset *dataset)
{
    return &dataset->schema;
}

static const struct column *column_at(const struct dataset *dataset, int split, int feature)
{
    return &dataset->columns[(size_t)split * dataset->schema.num_features + (size_t)feature];
}

const struct array *dataset_array(const struct dataset *dataset, int split, int feature)
{
    return &column_at(dataset, split, feature)->values;
}

const struct class_index *dataset_class_index(const struct dataset *dataset, int split,
                                              int class_feature)
{
    return &column_at(dataset, split, class_feature)->index;
}

struct cache *dataset_cache(struct dataset *dataset)
{
    return dataset->cache;
}

void *dataset_companion(struct dataset *dataset, dataset_make *make, dataset_drop *drop)
{
    void *companion = atomic_load_explicit(&dataset->companion, memory_order_acquire);
    if (companion)
        return companion;
    void *made = make(dataset);
    if (!made)
        return NULL;
    atomic_store(&dataset->drop, drop);
    if (atomic_compare_exchange_strong(&dataset->companion, &companion, made))
        return made;
    drop(made);
    return companion;
}

void dataset_mark_damaged(struct dataset *dataset, const char *what)
{
    char *copy = strdup(what), *none = NULL;
    if (copy && atomic_compare_exchange_strong(&dataset->noted, &none, copy)) {
        const char *nothing = NULL;
        atomic_compare_exchange_strong(&dataset->damage, &nothing, copy);
    } else {
        free(copy);
    }
}

const char *dataset_damage(const struct dataset *dataset)
{
    return atomic_load_explicit(&dataset->damage, memory_order_acquire);
}

static bool is_whole(const struct array *array)
{
    struct stat info;
    return array->fd < 0 ||
           (fstat(array->fd, &info) == 0 && (uint64_t)info.st_size == array->file_bytes);
}

void dataset_look(struct dataset *dataset)
{
    for (size_t i = 0; i < dataset->num_columns; i++) {
        const struct column *column = &dataset->columns[i];
        const char *reason = !is_whole(&column->values)           ? column->values_guard.reason
                             : !is_whole(&column->index.by_class) ? column->index_guard.reason
                                                                  : NULL;
        const char *none = NULL;
        if (reason)
            atomic_compare_exchange_strong(&dataset->damage, &none, reason);
    }
}
