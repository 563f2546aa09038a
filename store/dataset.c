// SPDX-License-Identifier: MIT
#include "store/dataset.h"

#include <errno.h>
#include <fcntl.h>
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
#include "store/role.h"

// Tables for shuffles and combined filters; the permutation of ImageNet's 14 million images has 54.
static const size_t CACHE_BYTES = (size_t)64 << 20;

// A mapped file and what the guard needs to know about it.
struct mapped {
    struct array array;
    long ticket;
    char *path;   // below the data folder, owned
    char *reason; // owned
};

// Something derived from the dataset.
struct companion {
    const struct companion *next;
    dataset_make *make;
    dataset_drop *drop;
    void *made; // owned, by way of drop
};

struct dataset {
    _Atomic(size_t) references;
    struct schema schema;
    struct role_map map;
    struct mapped *arrays; // those of each split, then the shared ones; places as in the map
    size_t num_arrays;
    struct class_index *indexes; // [split * num_features + feature]; the arrays are those above
    size_t num_indexes;
    struct cache *cache;
    _Atomic(const char *) damage; // NULL, a reason of a mapped file, or `noted`
    _Atomic(char *) noted;        // owned; what dataset_mark_damaged was given
    _Atomic(struct companion *) companions; // owned; only ever put in front
};

static bool map(struct dataset *dataset, struct folder *folder, const struct catalog_array *entry,
                struct mapped *mapped, struct error *error)
{
    char path[ARRAY_PATH];
    if (!array_map(folder, &dataset->schema, entry, &mapped->array, error))
        return false;
    array_path(&dataset->schema, entry, path);
    mapped->path = strdup(path);
    if (!mapped->path)
        return error_memory(error);
    if (asprintf(&mapped->reason,
                 "%s cannot be read whole: it was cut, or the disk fails; samplecase verify %s "
                 "says more",
                 path, dataset->schema.name) < 0) {
        mapped->reason = NULL;
        return error_memory(error);
    }
    mapped->ticket = guard_add(mapped->array.file, mapped->array.file_bytes,
                               &dataset->damage, mapped->reason, error);
    return mapped->ticket >= 0;
}

static void unmap(struct mapped *mapped)
{
    guard_remove(mapped->ticket);
    array_unmap(&mapped->array);
    free(mapped->path);
    free(mapped->reason);
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

// Element i of an array of int64.
static int64_t number_at(const struct array *array, uint64_t i)
{
    int64_t number;
    memcpy(&number, array->rows + i * sizeof number, sizeof number);
    return number;
}

// Whether offsets begin at 0 and end with the values; what lies between is looked at when it is
// used.
static bool check_offsets(const struct dataset *dataset, const struct array *offsets,
                          const struct array *values, const struct catalog_array *entry,
                          struct error *error)
{
    char path[ARRAY_PATH];
    int64_t first = number_at(offsets, 0), last = number_at(offsets, offsets->num_rows - 1);
    array_path(&dataset->schema, entry, path);
    return (first == 0 && last >= 0 && (uint64_t)last == values->num_rows) ||
           error_set(error, ERROR_DAMAGED,
                     "%s goes from %" PRId64 " to %" PRId64 ", but must go from 0 to %" PRIu64,
                     path, first, last, values->num_rows);
}

static bool open_arrays(struct dataset *dataset, struct folder *folder,
                        const struct catalog_entry *entry, struct error *error)
{
    for (size_t i = 0; i < entry->num_arrays; i++) {
        const struct catalog_array *array = &entry->arrays[i];
        if (!map(dataset, folder, array, &dataset->arrays[i], error))
            return false;
        // The values of offsets stand before them.
        enum array_role values = array->role == ARRAY_OFFSETS        ? ARRAY_VALUES
                                 : array->role == ARRAY_WORD_OFFSETS ? ARRAY_WORDS
                                 : array->role == ARRAY_FILE_OFFSETS ? ARRAY_FILES
                                                                     : ARRAY_ROLES;
        if (values != ARRAY_ROLES &&
            !check_offsets(dataset, &dataset->arrays[i].array,
                           dataset_part(dataset, array->split, array->feature, values), array,
                           error))
            return false;
        if (array->role != ARRAY_BY_CLASS)
            continue;
        size_t place = (size_t)array->split * dataset->schema.num_features + (size_t)array->feature;
        struct class_index *index = &dataset->indexes[place];
        index->by_class = dataset->arrays[i].array;
        index->starts = class_starts(entry->class_counts[place],
                                     dataset->schema.features[array->feature].num_classes, error);
        if (!index->starts)
            return false;
    }
    return true;
}

// Makes room for what is opened.
static bool prepare(struct dataset *dataset, const struct catalog_entry *entry, struct error *error)
{
    size_t columns = entry->schema.num_splits * entry->schema.num_features;
    dataset->arrays = calloc(entry->num_arrays + 1, sizeof *dataset->arrays);
    dataset->indexes = calloc(columns + 1, sizeof *dataset->indexes);
    dataset->cache = cache_new(CACHE_BYTES);
    if (!dataset->arrays || !dataset->indexes || !dataset->cache)
        return error_memory(error);
    dataset->num_arrays = entry->num_arrays;
    dataset->num_indexes = columns;
    for (size_t i = 0; i < entry->num_arrays; i++)
        dataset->arrays[i] = (struct mapped){.ticket = -1};
    return role_map_init(&dataset->map, &entry->schema, error);
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
    atomic_init(&dataset->references, 1);
    bool ok = prepare(dataset, entry, error);
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

static void drop_companions(const struct companion *companion)
{
    while (companion) {
        const struct companion *next = companion->next;
        companion->drop(companion->made);
        free((void *)(uintptr_t)companion);
        companion = next;
    }
}

void dataset_release(struct dataset *dataset)
{
    if (!dataset || atomic_fetch_sub_explicit(&dataset->references, 1, memory_order_acq_rel) != 1)
        return;
    for (size_t i = 0; i < dataset->num_arrays; i++)
        unmap(&dataset->arrays[i]);
    for (size_t i = 0; i < dataset->num_indexes; i++)
        free(dataset->indexes[i].starts);
    drop_companions(atomic_load(&dataset->companions));
    free(dataset->arrays);
    free(dataset->indexes);
    role_map_free(&dataset->map);
    cache_free(dataset->cache);
    schema_clear(&dataset->schema);
    free(atomic_load(&dataset->noted));
    free(dataset);
}

const struct schema *dataset_schema(const struct dataset *dataset)
{
    return &dataset->schema;
}

const struct array *dataset_part(const struct dataset *dataset, int split, int feature,
                                 enum array_role role)
{
    if (!role_map_has(&dataset->map, (size_t)feature, role))
        return NULL;
    size_t before = role_is_shared(role) ? dataset->schema.num_splits : (size_t)split;
    size_t place =
        before * dataset->map.num_in_split + role_map_place(&dataset->map, (size_t)feature, role);
    return &dataset->arrays[place].array;
}

const struct array *dataset_array(const struct dataset *dataset, int split, int feature)
{
    static const struct array NONE = {.file = NULL};
    const struct array *values = dataset_part(dataset, split, feature, ARRAY_VALUES);
    return values ? values : &NONE;
}

const struct class_index *dataset_class_index(const struct dataset *dataset, int split,
                                              int class_feature)
{
    return &dataset->indexes[(size_t)split * dataset->schema.num_features + (size_t)class_feature];
}

struct cache *dataset_cache(struct dataset *dataset)
{
    return dataset->cache;
}

// The companion that `make` made; NULL when it has made none yet.
static const struct companion *find_companion(const struct companion *first, dataset_make *make)
{
    while (first && first->make != make)
        first = first->next;
    return first;
}

void *dataset_companion(struct dataset *dataset, dataset_make *make, dataset_drop *drop)
{
    struct companion *first = atomic_load_explicit(&dataset->companions, memory_order_acquire);
    const struct companion *found = find_companion(first, make);
    if (found)
        return found->made;
    struct companion *own = malloc(sizeof *own);
    void *made = own ? make(dataset) : NULL;
    if (!made) {
        free(own);
        return NULL;
    }
    *own = (struct companion){.next = first, .make = make, .drop = drop, .made = made};
    while (!atomic_compare_exchange_strong(&dataset->companions, &first, own)) {
        if ((found = find_companion(first, make))) {
            drop(made);
            free(own);
            return found->made;
        }
        own->next = first;
    }
    return made;
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

// A file that is there no more was removed with its dataset, and stays readable where it is mapped.
static bool is_whole(const struct mapped *mapped, const struct folder *folder)
{
    struct stat info;
    if (!mapped->path)
        return true;
    if (fstatat(folder_fd(folder), mapped->path, &info, AT_SYMLINK_NOFOLLOW) != 0)
        return errno == ENOENT;
    return (uint64_t)info.st_size == mapped->array.file_bytes;
}

void dataset_look(struct dataset *dataset, const struct folder *folder)
{
    for (size_t i = 0; i < dataset->num_arrays; i++) {
        const struct mapped *mapped = &dataset->arrays[i];
        const char *none = NULL;
        if (!is_whole(mapped, folder))
            atomic_compare_exchange_strong(&dataset->damage, &none, mapped->reason);
    }
}
