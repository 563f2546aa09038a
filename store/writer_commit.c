// SPDX-License-Identifier: MIT
// The end of an import: all that takes long (sorting, hashing, syncing) happens in the workspace,
// before the folder's lock is taken; under it come one rename and one transaction.
#include "store/writer.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "store/catalog_database.h"
#include "store/class_sort.h"
#include "store/orphan.h"
#include "store/revision.h"
#include "store/seal.h"
#include "store/writer_private.h"

// Where a split's name stands in the order of splits.
static int split_rank(const char *name)
{
    static const struct {
        const char *name;
        int rank;
    } KNOWN[] = {{"train", 0}, {"validation", 1}, {"valid", 1},
                 {"val", 1},   {"dev", 1},        {"test", 2}};
    for (size_t i = 0; i < sizeof KNOWN / sizeof KNOWN[0]; i++)
        if (strcmp(KNOWN[i].name, name) == 0)
            return KNOWN[i].rank;
    return 3;
}

// Brings the splits and their columns into the order of writer.h.
static void sort_splits(struct writer *writer)
{
    struct split *splits = writer->schema.splits;
    for (size_t i = 1; i < writer->schema.num_splits; i++) {
        for (size_t j = i; j > 0; j--) {
            int left = split_rank(splits[j - 1].name), right = split_rank(splits[j].name);
            if (left < right || (left == right && strcmp(splits[j - 1].name, splits[j].name) <= 0))
                break;
            struct split split = splits[j];
            splits[j] = splits[j - 1];
            splits[j - 1] = split;
            struct column *columns = writer->columns[j];
            writer->columns[j] = writer->columns[j - 1];
            writer->columns[j - 1] = columns;
        }
    }
}

// How many samples of a feature were appended to a split.
static uint64_t num_samples_of(const struct writer *writer, size_t split, size_t feature)
{
    switch (writer->schema.features[feature].storage) {
    case STORAGE_RAGGED:
        return writer_column(writer, split, feature, ARRAY_OFFSETS)->num_rows - 1;
    case STORAGE_IN_PLACE:
        return writer_column(writer, split, feature, ARRAY_PLACES)->num_rows;
    case STORAGE_ROWS:
        break;
    }
    return writer_column(writer, split, feature, ARRAY_VALUES)->num_rows;
}

// Every feature of a split must have as many samples as the others. Counts them, and the bytes of
// all that cannot be derived from the rest.
static bool check_rows(struct writer *writer, uint64_t *num_samples, struct error *error)
{
    struct schema *schema = &writer->schema;
    *num_samples = 0;
    for (size_t split = 0; split < schema->num_splits; split++) {
        uint64_t first = num_samples_of(writer, split, 0);
        for (size_t i = 1; i < schema->num_features; i++)
            if (num_samples_of(writer, split, i) != first)
                return error_set(error, ERROR_INPUT,
                                 "split \"%s\": feature \"%s\" has %" PRIu64
                                 " samples, but \"%s\" has %" PRIu64,
                                 schema->splits[split].name, schema->features[0].name, first,
                                 schema->features[i].name, num_samples_of(writer, split, i));
        schema->splits[split].num_samples = first;
        schema->splits[split].bytes = 0;
        for (size_t i = 0; i < writer->map.num_in_split; i++) { // class indices are empty yet
            const struct column *column = &writer->columns[split][i];
            schema->splits[split].bytes += column->num_rows * column->row_bytes;
        }
        *num_samples += first;
    }
    return *num_samples > 0 || error_set(error, ERROR_INPUT, "there is not one sample");
}

// Completes all files but class indices.
static bool finish_columns(struct writer *writer, struct error *error)
{
    const struct schema *schema = &writer->schema;
    int dir = workspace_fd(writer->workspace);
    for (size_t split = 0; split < schema->num_splits; split++)
        for (size_t i = 0; i < schema->num_features; i++)
            for (enum array_role role = 0; role < ARRAY_ROLES; role++)
                if (role_map_has(&writer->map, i, role) && !role_is_shared(role) &&
                    role != ARRAY_BY_CLASS &&
                    !column_finish(writer_column(writer, split, i, role), dir, error))
                    return false;
    for (size_t i = 0; i < writer->map.num_shared; i++)
        if (!column_finish(&writer->shared[i], dir, error))
            return false;
    return true;
}

// Checks the values of a class feature; names its classes by their numbers when it came without.
static bool check_classes(struct writer *writer, size_t number, struct error *error)
{
    const struct schema *schema = &writer->schema;
    const struct feature *feature = &schema->features[number];
    uint64_t limit = feature->num_classes ? feature->num_classes : SCHEMA_MAX_CLASSES;
    uint64_t needed = 0;
    for (size_t split = 0; split < schema->num_splits; split++) {
        struct class_extent extent;
        if (!class_extent(workspace_fd(writer->workspace),
                          writer_column(writer, split, number, ARRAY_VALUES), limit, &extent,
                          error))
            return false;
        if (extent.has_bad)
            return error_set(error, ERROR_INPUT,
                             "split \"%s\", feature \"%s\": sample %" PRIu64
                             " has the class %s, but there are %s%" PRIu64 " classes, from 0 on",
                             schema->splits[split].name, feature->name, extent.bad_sample,
                             extent.bad_value, feature->num_classes ? "" : "at most ", limit);
        needed = extent.num_needed > needed ? extent.num_needed : needed;
    }
    if (feature->num_classes > 0)
        return true;
    for (uint64_t id = 0; id < needed; id++) {
        char name[24];
        snprintf(name, sizeof name, "%" PRIu64, id);
        if (!writer_class(writer, (int)number, name, -1, error))
            return false;
    }
    return true;
}

// Counts the samples of each class and writes the class index.
static bool index_classes(struct writer *writer, struct catalog_entry *entry, size_t split,
                          size_t number, struct error *error)
{
    int dir = workspace_fd(writer->workspace);
    const struct schema *schema = &writer->schema;
    size_t place = split * schema->num_features + number;
    size_t num_classes = schema->features[number].num_classes;
    struct column *by_class = writer_column(writer, split, number, ARRAY_BY_CLASS);
    uint64_t *counts = entry->class_counts[place] = calloc(num_classes, sizeof *counts);
    if (!counts)
        return error_memory(error);
    return class_sort(dir, writer_column(writer, split, number, ARRAY_VALUES), num_classes, counts,
                      by_class, error) &&
           column_finish(by_class, dir, error);
}

static bool index_all(struct writer *writer, struct catalog_entry *entry, struct error *error)
{
    const struct schema *schema = &writer->schema;
    size_t columns = schema->num_splits * schema->num_features;
    entry->class_counts = calloc(columns, sizeof *entry->class_counts);
    if (!entry->class_counts)
        return error_memory(error);
    entry->num_columns = columns;
    for (size_t i = 0; i < columns; i++)
        if (schema->features[i % schema->num_features].kind == FEATURE_CLASS &&
            !index_classes(writer, entry, i / schema->num_features, i % schema->num_features,
                           error))
            return false;
    return true;
}

// Hashes and syncs all files, and lists them in the entry.
static bool seal(struct writer *writer, struct catalog_entry *entry, struct error *error)
{
    bool ok = catalog_entry_list(entry, error);
    struct seal_file *files = calloc(entry->num_arrays + 1, sizeof *files);
    if (ok && !files)
        ok = error_memory(error);
    for (size_t i = 0; ok && i < entry->num_arrays; i++) {
        struct catalog_array *array = &entry->arrays[i];
        size_t split = array->split < 0 ? 0 : (size_t)array->split;
        const struct column *column =
            writer_column(writer, split, (size_t)array->feature, array->role);
        array->bytes = column_file_bytes(column);
        files[i] = (struct seal_file){.file = column->file, .bytes = array->bytes};
    }
    ok = ok && seal_files(workspace_fd(writer->workspace), files, entry->num_arrays, error);
    for (size_t i = 0; ok && i < entry->num_arrays; i++)
        memcpy(entry->arrays[i].sha256, files[i].sha256, DIGEST_HEX);
    free(files);
    return ok;
}

// Makes the folders' entries durable.
static bool sync_folders(struct writer *writer, struct error *error)
{
    const struct schema *schema = &writer->schema;
    int dir = workspace_fd(writer->workspace);
    for (size_t i = 0; i < schema->num_splits; i++) {
        int fd = openat(dir, schema->splits[i].name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        bool ok = fd >= 0 && fsync(fd) == 0;
        if (!ok)
            error_system(error, "cannot make %s durable", schema->splits[i].name);
        if (fd >= 0)
            close(fd);
        if (!ok)
            return false;
    }
    return fsync(dir) == 0 || error_system(error, "cannot make the arrays durable");
}

// What to call the task when the format did not say.
static const char *guess_task(const struct schema *schema)
{
    bool has_image = false, has_text = false, has_class = false, has_number = false;
    for (size_t i = 0; i < schema->num_features; i++) {
        const struct feature *feature = &schema->features[i];
        has_image = has_image || feature->kind == FEATURE_IMAGE;
        has_text = has_text || feature->kind == FEATURE_TEXT || feature->kind == FEATURE_TOKENS;
        has_class = has_class || (feature->target && feature->kind == FEATURE_CLASS);
        has_number = has_number || (feature->target && feature->kind == FEATURE_SCALAR);
    }
    if (has_class)
        return has_image  ? "image-classification"
               : has_text ? "text-classification"
                          : "tabular-classification";
    return has_number && !has_image && !has_text ? "tabular-regression" : "other";
}

// Fills in what the card lacks, and the date.
static bool complete_card(struct writer *writer, struct error *error)
{
    struct schema *schema = &writer->schema;
    struct card *card = &schema->card;
    const char *title = writer->options.title ? writer->options.title
                        : card->title         ? card->title
                                              : schema->name;
    char *copy = writer_text(title);
    if (!copy)
        return error_memory(error);
    free(card->title);
    card->title = copy;
    char **texts[] = {&card->description, &card->license, &card->citation, &card->homepage};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (!*texts[i] && !(*texts[i] = strdup("")))
            return error_memory(error);
    if (!card->task && !(card->task = strdup(guess_task(schema))))
        return error_memory(error);
    struct timespec now;
    struct tm utc;
    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &utc);
    size_t used = strftime(schema->created, sizeof schema->created, "%Y-%m-%dT%H:%M:%S", &utc);
    snprintf(schema->created + used, sizeof schema->created - used, ".%06ldZ", now.tv_nsec / 1000);
    return true;
}

// Renames and commits, under the folder's lock.
static bool publish(struct writer *writer, const struct catalog_entry *entry, bool *unchanged,
                    struct error *error)
{
    const char *name = entry->schema.name, *revision = entry->schema.revision;
    char before[DIGEST_HEX];
    struct catalog *catalog = catalog_open(writer->folder, FOLDER_WRITE, error);
    if (!catalog)
        return false;
    bool renamed = false;
    bool ok = catalog_revision(catalog, name, before, error) &&
              (!before[0] || writer->options.replace || catalog_exists(name, error));
    if (ok) {
        renamed = true;
        ok = workspace_publish(writer->workspace, name, revision, error) &&
             catalog_publish(catalog, entry, writer->options.replace, error);
    }
    *unchanged = ok && strcmp(before, revision) == 0;
    // A failure below leaves an orphan, which the next writer deletes.
    if (ok && before[0] && !*unchanged)
        orphan_remove(writer->folder, name, before, NULL, NULL);
    catalog_close(catalog);
    // Whether a commit that failed took effect, only a fresh look at the catalog tells: opening it
    // deletes the folder that was renamed, unless it is current.
    if (!ok && renamed)
        catalog_close(catalog_open(writer->folder, FOLDER_WRITE, NULL));
    return ok;
}

static bool prepare(struct writer *writer, struct catalog_entry *entry, uint64_t *num_samples,
                    struct error *error)
{
    struct schema *schema = &writer->schema;
    const char *target = writer->options.target;
    if (schema->num_splits == 0 || schema->num_features == 0)
        return error_set(error, ERROR_INPUT, "there is not one sample");
    if (target && schema_feature(schema, target) < 0)
        return error_set(error, ERROR_INPUT, "--target %.100s: there is no such feature", target);
    sort_splits(writer);
    for (size_t split = 0; split < schema->num_splits; split++)
        if (!writer_start_split(writer, split, error))
            return false;
    if (!check_rows(writer, num_samples, error) || !finish_columns(writer, error))
        return false;
    for (size_t i = 0; i < schema->num_features; i++)
        if (schema->features[i].kind == FEATURE_CLASS && !check_classes(writer, i, error))
            return false;
    if (!schema_check(schema, error) || !complete_card(writer, error))
        return false;
    entry->schema = *schema;
    if (!index_all(writer, entry, error) || !seal(writer, entry, error) ||
        !sync_folders(writer, error))
        return false;
    return revision_compute(entry, entry->schema.revision, error);
}

bool writer_commit(struct writer *writer, struct writer_result *result, struct error *error)
{
    struct catalog_entry entry = {.num_arrays = 0};
    uint64_t num_samples = 0;
    bool unchanged = false;
    bool ok = prepare(writer, &entry, &num_samples, error);
    if (!ok)
        error_prefix(error, "dataset \"%s\"", writer->schema.name);
    ok = ok && publish(writer, &entry, &unchanged, error);
    if (ok) {
        *result = (struct writer_result){.unchanged = unchanged, .num_samples = num_samples};
        memcpy(result->revision, entry.schema.revision, DIGEST_HEX);
        for (size_t i = 0; i < entry.schema.num_splits; i++)
            result->bytes += entry.schema.splits[i].bytes;
    }
    entry.schema = (struct schema){.num_features = 0}; // the writer's
    catalog_entry_clear(&entry);
    return ok;
}
