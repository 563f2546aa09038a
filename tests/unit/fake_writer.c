// SPDX-License-Identifier: MIT
#include "tests/unit/fake_writer.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

// What the files of a feature hold; those of a split, or those that are one for all.
struct parts {
    struct buffer roles[ARRAY_ROLES];
};

struct writer {
    struct writer_options options;
    struct schema schema;
    struct parts *splits[SCHEMA_MAX_SPLITS]; // by feature; NULL for a split without samples
    struct parts *shared;                    // by feature; NULL while features can be declared
    size_t most_bytes, bytes;
    char path[PATH_MAX]; // fake_writer_place's
};

struct writer *fake_writer_new(const struct writer_options *options, size_t most_bytes)
{
    struct writer *writer = calloc(1, sizeof *writer);
    if (!writer)
        return NULL;
    writer->options = *options;
    writer->most_bytes = most_bytes;
    return writer;
}

static void drop(const struct writer *writer, struct parts **parts)
{
    for (size_t i = 0; *parts && i < writer->schema.num_features; i++)
        for (enum array_role role = 0; role < ARRAY_ROLES; role++)
            buffer_free(&(*parts)[i].roles[role]);
    free(*parts);
    *parts = NULL;
}

static void forget(struct writer *writer)
{
    for (size_t i = 0; i < SCHEMA_MAX_SPLITS; i++)
        drop(writer, &writer->splits[i]);
    drop(writer, &writer->shared);
    schema_clear(&writer->schema);
    writer->bytes = 0;
}

void writer_free(struct writer *writer)
{
    if (writer)
        forget(writer);
    free(writer);
}

bool writer_reset(struct writer *writer, struct error *error)
{
    (void)error;
    forget(writer);
    return true;
}

const struct writer_options *writer_options(const struct writer *writer)
{
    return &writer->options;
}

const struct schema *writer_schema(const struct writer *writer)
{
    return &writer->schema;
}

int writer_split(struct writer *writer, const char *name, struct error *error)
{
    struct schema *schema = &writer->schema;
    if (writer->options.split)
        name = writer->options.split;
    int known = schema_split(schema, name);
    if (known >= 0)
        return known;
    if (schema->num_splits == SCHEMA_MAX_SPLITS) {
        error_set(error, ERROR_LIMIT, "too many splits");
        return -1;
    }
    struct split *splits = realloc(schema->splits, (schema->num_splits + 1) * sizeof *splits);
    if (splits)
        schema->splits = splits;
    char *copy = strdup(name);
    if (!splits || !copy) {
        free(copy);
        error_memory(error);
        return -1;
    }
    splits[schema->num_splits] = (struct split){.name = copy};
    return (int)schema->num_splits++;
}

// Room for one more feature behind those that have parts already.
static bool grow_parts(const struct writer *writer, struct parts **parts, struct error *error)
{
    size_t count = writer->schema.num_features;
    struct parts *grown = *parts ? realloc(*parts, (count + 2) * sizeof *grown) : NULL;
    if (!grown)
        return !*parts || error_memory(error);
    memset(&grown[count], 0, 2 * sizeof *grown);
    *parts = grown;
    return true;
}

int writer_feature(struct writer *writer, const struct feature *feature, struct error *error)
{
    struct schema *schema = &writer->schema;
    if (writer->shared && feature->kind != FEATURE_CLASS) {
        error_set(error, ERROR_INTERNAL, "a feature is declared after the first row or word");
        return -1;
    }
    if (!feature_check(feature, error))
        return -1;
    if (schema_feature(schema, feature->name) >= 0) {
        error_set(error, ERROR_INTERNAL, "a feature is declared twice");
        return -1;
    }
    struct feature *features =
        realloc(schema->features, (schema->num_features + 1) * sizeof *features);
    if (features)
        schema->features = features;
    bool grown = grow_parts(writer, &writer->shared, error);
    for (size_t i = 0; i < SCHEMA_MAX_SPLITS; i++)
        grown = grown && grow_parts(writer, &writer->splits[i], error);
    char *copy = grown ? strdup(feature->name) : NULL;
    if (!features || !copy) {
        free(copy);
        error_memory(error);
        return -1;
    }
    struct feature *own = &features[schema->num_features];
    *own = *feature;
    own->name = copy;
    own->classes = NULL;
    own->num_classes = 0;
    own->num_words = 0;
    if (writer->options.target)
        own->target = strcmp(copy, writer->options.target) == 0;
    return (int)schema->num_features++;
}

bool writer_class(struct writer *writer, int feature, const char *name, long parent,
                  struct error *error)
{
    struct feature *of = &writer->schema.features[feature];
    if (of->kind != FEATURE_CLASS)
        return error_set(error, ERROR_INTERNAL, "a class of a feature that has none");
    struct class_label *classes = realloc(of->classes, (of->num_classes + 1) * sizeof *classes);
    if (classes)
        of->classes = classes;
    char *copy = strdup(name);
    if (!classes || !copy) {
        free(copy);
        return error_memory(error);
    }
    classes[of->num_classes++] = (struct class_label){.name = copy, .parent = parent};
    return true;
}

bool writer_class_parent(struct writer *writer, int feature, long id, long parent,
                         struct error *error)
{
    struct feature *of = &writer->schema.features[feature];
    if (id < 0 || (size_t)id >= of->num_classes)
        return error_set(error, ERROR_INTERNAL, "a parent of a class that was not declared");
    of->classes[id].parent = parent;
    return true;
}

static bool put(struct writer *writer, struct buffer *to, const void *bytes, uint64_t size,
                struct error *error)
{
    if (size > writer->most_bytes - writer->bytes)
        return error_set(error, ERROR_LIMIT, "more rows than the test wants");
    writer->bytes += size;
    buffer_append(to, bytes, size);
    return !to->failed || error_memory(error);
}

// Where runs end; the first time, also where the first begins.
static bool put_offset(struct writer *writer, struct buffer *to, uint64_t end, struct error *error)
{
    return (to->size > 0 || put(writer, to, &(int64_t){0}, sizeof(int64_t), error)) &&
           put(writer, to, &(int64_t){(int64_t)end}, sizeof(int64_t), error);
}

static bool make_parts(const struct writer *writer, struct parts **parts, struct error *error)
{
    if (!*parts)
        *parts = calloc(writer->schema.num_features + 1, sizeof **parts);
    return *parts || error_memory(error);
}

// The parts of a feature in a split; NULL with the error when nothing may be appended there so.
static struct parts *begin(struct writer *writer, int split, int feature, enum storage storage,
                           struct error *error)
{
    const struct schema *schema = &writer->schema;
    if (split < 0 || (size_t)split >= schema->num_splits || feature < 0 ||
        (size_t)feature >= schema->num_features) {
        error_set(error, ERROR_INTERNAL, "rows of something that was not declared");
        return NULL;
    }
    if (schema->features[feature].storage != storage) {
        error_set(error, ERROR_INTERNAL, "%s is stored otherwise", schema->features[feature].name);
        return NULL;
    }
    if (!make_parts(writer, &writer->shared, error) ||
        !make_parts(writer, &writer->splits[split], error))
        return NULL;
    return &writer->splits[split][feature];
}

bool writer_append(struct writer *writer, int split, int feature, const void *rows, uint64_t count,
                   struct error *error)
{
    struct parts *parts = begin(writer, split, feature, STORAGE_ROWS, error);
    return parts && put(writer, &parts->roles[ARRAY_VALUES], rows,
                        count * feature_row_bytes(&writer->schema.features[feature]), error);
}

// Whether a format may append such a run.
static bool check_run(const struct feature *feature, const void *values, uint64_t count,
                      struct error *error)
{
    if (feature->kind == FEATURE_TEXT && text_utf8_prefix(values, count) != count)
        return error_set(error, ERROR_INPUT, "%s holds what is no UTF-8", feature->name);
    for (uint64_t i = 0; feature->kind == FEATURE_TOKENS && i < count; i++)
        if (dtype_integer(feature->dtype, values, i) < 0)
            return error_set(error, ERROR_INPUT, "%s holds an id below 0", feature->name);
    return true;
}

static bool put_runs(struct writer *writer, struct parts *parts, const struct feature *feature,
                     const void *values, const uint64_t *counts, uint64_t count,
                     struct error *error)
{
    const uint8_t *next = values;
    size_t unit = dtype_size(feature->dtype);
    struct buffer *to = &parts->roles[ARRAY_VALUES];
    for (uint64_t i = 0; i < count; i++) {
        uint64_t size = counts[i] * unit;
        if (size > 0 &&
            (!check_run(feature, next, counts[i], error) || !put(writer, to, next, size, error)))
            return false;
        if (size > 0)
            next += size;
        if (!put_offset(writer, &parts->roles[ARRAY_OFFSETS], to->size / unit, error))
            return false;
    }
    return true;
}

bool writer_append_runs(struct writer *writer, int split, int feature, const void *values,
                        const uint64_t *counts, uint64_t count, struct error *error)
{
    struct parts *parts = begin(writer, split, feature, STORAGE_RAGGED, error);
    const struct feature *of = parts ? &writer->schema.features[feature] : NULL;
    if (of && of->kind == FEATURE_IMAGE)
        return error_set(error, ERROR_INTERNAL, "images of %s without their sizes", of->name);
    return of && put_runs(writer, parts, of, values, counts, count, error);
}

static bool put_size(struct writer *writer, struct parts *parts, const struct image_size *shown,
                     struct error *error)
{
    int32_t row[] = {(int32_t)shown->height, (int32_t)shown->width, (int32_t)shown->channels};
    if (row[0] <= 0 || row[1] <= 0 || row[2] <= 0 || row[2] > 4)
        return error_set(error, ERROR_INTERNAL, "an image of no size");
    return put(writer, &parts->roles[ARRAY_SIZES], row, sizeof row, error);
}

bool writer_append_image(struct writer *writer, int split, int feature, const void *bytes,
                         uint64_t size, const struct image_size *shown, struct error *error)
{
    struct parts *parts = begin(writer, split, feature, STORAGE_RAGGED, error);
    const struct feature *of = parts ? &writer->schema.features[feature] : NULL;
    if (of && (of->kind != FEATURE_IMAGE || size == 0 || size > SCHEMA_MAX_IMAGE))
        return error_set(error, ERROR_INTERNAL, "no image for %s", of->name);
    return of && put_runs(writer, parts, of, bytes, &size, 1, error) &&
           put_size(writer, parts, shown, error);
}

// The text between the offsets i and i + 1.
static const char *text_at(const struct buffer *values, const struct buffer *offsets, uint64_t i,
                           size_t *size)
{
    int64_t ends[2];
    if (offsets->size < (i + 2) * sizeof ends[0])
        return NULL;
    memcpy(ends, offsets->data + i * sizeof ends[0], sizeof ends);
    *size = (size_t)(ends[1] - ends[0]);
    return values->data ? values->data + ends[0] : "";
}

static uint64_t num_runs(const struct buffer *offsets)
{
    return offsets->size == 0 ? 0 : offsets->size / sizeof(int64_t) - 1;
}

bool writer_append_place(struct writer *writer, int split, int feature,
                         const struct image_place *place, const struct image_size *shown,
                         struct error *error)
{
    struct parts *parts = begin(writer, split, feature, STORAGE_IN_PLACE, error);
    if (!parts)
        return false;
    if (place->path[0] != '/' || place->size == 0 || place->size > SCHEMA_MAX_IMAGE ||
        place->offset > place->file_size || place->size > place->file_size - place->offset)
        return error_set(error, ERROR_INTERNAL, "%s is no place of an image", place->path);
    struct buffer *files = &writer->shared[feature].roles[ARRAY_FILES];
    struct buffer *offsets = &writer->shared[feature].roles[ARRAY_FILE_OFFSETS];
    size_t size = strlen(place->path), before = 0;
    uint64_t count = num_runs(offsets);
    const char *last = count > 0 ? text_at(files, offsets, count - 1, &before) : NULL;
    if (!last || before != size || memcmp(last, place->path, size) != 0) {
        if (!put(writer, files, place->path, size, error) ||
            !put_offset(writer, offsets, files->size, error))
            return false;
        count++;
    }
    int64_t row[] = {(int64_t)count - 1, (int64_t)place->offset, (int64_t)place->size,
                     (int64_t)place->file_size, place->modified};
    return put(writer, &parts->roles[ARRAY_PLACES], row, sizeof row, error) &&
           put(writer, &parts->roles[ARRAY_DIGESTS], place->sha256, sizeof place->sha256, error) &&
           put_size(writer, parts, shown, error);
}

// Appends row (or run) after row to a new buffer.
static bool reorder(struct buffer *buffer, size_t row, const struct buffer *offsets,
                    const uint64_t *order, uint64_t count, struct error *error)
{
    struct buffer to = BUFFER_INIT;
    for (uint64_t i = 0; i < count; i++) {
        size_t size = row;
        const char *from =
            offsets ? text_at(buffer, offsets, order[i], &size) : buffer->data + order[i] * row;
        buffer_append(&to, from, size);
    }
    buffer_free(buffer);
    *buffer = to;
    return !to.failed || error_memory(error);
}

bool writer_reorder(struct writer *writer, int split, int feature, const uint64_t *order,
                    uint64_t count, struct error *error)
{
    const struct feature *of = &writer->schema.features[feature];
    struct parts *parts = begin(writer, split, feature, of->storage, error);
    if (!parts)
        return false;
    for (enum array_role role = 0; role < ARRAY_ROLES; role++) {
        struct buffer *buffer = &parts->roles[role];
        bool has_runs = role == ARRAY_VALUES && of->storage == STORAGE_RAGGED;
        if (role != ARRAY_OFFSETS && buffer->size > 0 &&
            !reorder(buffer, has_runs ? 1 : buffer->size / count,
                     has_runs ? &parts->roles[ARRAY_OFFSETS] : NULL, order, count, error))
            return false;
    }
    struct buffer offsets = parts->roles[ARRAY_OFFSETS];
    parts->roles[ARRAY_OFFSETS] = (struct buffer)BUFFER_INIT;
    bool good = true;
    for (uint64_t i = 0, end = 0; good && offsets.size > 0 && i < count; i++) {
        size_t size;
        text_at(&parts->roles[ARRAY_VALUES], &offsets, order[i], &size);
        end += size;
        good = put_offset(writer, &parts->roles[ARRAY_OFFSETS], end, error);
    }
    buffer_free(&offsets);
    return good;
}

bool writer_word(struct writer *writer, int feature, const char *word, size_t size,
                 struct error *error)
{
    struct schema *schema = &writer->schema;
    if (feature < 0 || (size_t)feature >= schema->num_features ||
        schema->features[feature].kind != FEATURE_TOKENS)
        return error_set(error, ERROR_INTERNAL, "a word of a feature that has none");
    if (text_utf8_prefix(word, size) != size)
        return error_set(error, ERROR_INPUT, "a word that is no UTF-8");
    if (!make_parts(writer, &writer->shared, error))
        return false;
    struct parts *parts = &writer->shared[feature];
    struct buffer *words = &parts->roles[ARRAY_WORDS];
    if (!put(writer, words, word, size, error) ||
        !put_offset(writer, &parts->roles[ARRAY_WORD_OFFSETS], words->size, error))
        return false;
    schema->features[feature].num_words++;
    return true;
}

bool writer_set_aside(struct writer *writer, const char *file, const char *reason,
                      struct error *error)
{
    struct schema *schema = &writer->schema;
    schema->num_set_aside++;
    if (schema->num_listed_aside == SCHEMA_MAX_SET_ASIDE)
        return true;
    struct set_aside *list =
        realloc(schema->set_aside, (schema->num_listed_aside + 1) * sizeof *list);
    if (list)
        schema->set_aside = list;
    struct set_aside own = {strdup(file), strdup(reason)};
    if (!list || !own.file || !own.reason) {
        free(own.file);
        free(own.reason);
        return error_memory(error);
    }
    list[schema->num_listed_aside++] = own;
    return true;
}

static bool replace(char **text, const char *by, struct error *error)
{
    if (!by)
        return true;
    free(*text);
    *text = strdup(by);
    return *text || error_memory(error);
}

bool writer_card(struct writer *writer, const struct card *card, struct error *error)
{
    struct card *own = &writer->schema.card;
    if (!replace(&own->title, card->title, error) ||
        !replace(&own->description, card->description, error) ||
        !replace(&own->license, card->license, error) ||
        !replace(&own->citation, card->citation, error) ||
        !replace(&own->homepage, card->homepage, error) || !replace(&own->task, card->task, error))
        return false;
    for (size_t i = 0; i < card->num_warnings; i++)
        if (!writer_warn(writer, error, "%s", card->warnings[i]))
            return false;
    return true;
}

bool writer_warn(struct writer *writer, struct error *error, const char *format, ...)
{
    struct card *card = &writer->schema.card;
    char **warnings = realloc(card->warnings, (card->num_warnings + 1) * sizeof *warnings);
    if (!warnings)
        return error_memory(error);
    card->warnings = warnings;
    va_list args;
    va_start(args, format);
    int size = vasprintf(&warnings[card->num_warnings], format, args);
    va_end(args);
    if (size < 0)
        return error_memory(error);
    card->num_warnings++;
    return true;
}

bool writer_source(struct writer *writer, const char *file, uint64_t bytes, const char *sha256,
                   struct error *error)
{
    struct schema *schema = &writer->schema;
    struct source_file *sources =
        realloc(schema->sources, (schema->num_sources + 1) * sizeof *sources);
    if (sources)
        schema->sources = sources;
    char *copy = strdup(file);
    if (!sources || !copy) {
        free(copy);
        return error_memory(error);
    }
    struct source_file *own = &sources[schema->num_sources++];
    *own = (struct source_file){.file = copy, .bytes = bytes};
    if (strlen(sha256) != DIGEST_HEX - 1)
        return error_set(error, ERROR_INTERNAL, "a source without its hash");
    memcpy(own->sha256, sha256, DIGEST_HEX);
    return true;
}

const struct buffer *fake_writer_part(const struct writer *writer, size_t split, size_t feature,
                                      enum array_role role)
{
    static const struct buffer NONE = BUFFER_INIT;
    const struct parts *parts = role >= ARRAY_WORDS ? writer->shared : writer->splits[split];
    return parts ? &parts[feature].roles[role] : &NONE;
}

const struct buffer *fake_writer_rows(const struct writer *writer, size_t split, size_t feature)
{
    return fake_writer_part(writer, split, feature, ARRAY_VALUES);
}

uint64_t fake_writer_count(const struct writer *writer, size_t split, size_t feature)
{
    const struct feature *of = &writer->schema.features[feature];
    if (of->storage == STORAGE_RAGGED)
        return num_runs(fake_writer_part(writer, split, feature, ARRAY_OFFSETS));
    if (of->storage == STORAGE_IN_PLACE)
        return fake_writer_part(writer, split, feature, ARRAY_DIGESTS)->size / 32;
    return fake_writer_rows(writer, split, feature)->size / feature_row_bytes(of);
}

const void *fake_writer_run(const struct writer *writer, size_t split, size_t feature,
                            uint64_t index, uint64_t *count)
{
    size_t unit = dtype_size(writer->schema.features[feature].dtype);
    const struct buffer *offsets = fake_writer_part(writer, split, feature, ARRAY_OFFSETS);
    const struct buffer *values = fake_writer_rows(writer, split, feature);
    int64_t ends[2];
    if (index >= num_runs(offsets))
        return NULL;
    memcpy(ends, offsets->data + index * sizeof ends[0], sizeof ends);
    *count = (uint64_t)(ends[1] - ends[0]);
    return values->data ? values->data + (size_t)ends[0] * unit : "";
}

const char *fake_writer_word(const struct writer *writer, size_t feature, uint64_t rank,
                             size_t *size)
{
    return rank == 0
               ? NULL
               : text_at(fake_writer_part(writer, 0, feature, ARRAY_WORDS),
                         fake_writer_part(writer, 0, feature, ARRAY_WORD_OFFSETS), rank - 1, size);
}

struct image_size fake_writer_size(const struct writer *writer, size_t split, size_t feature,
                                   uint64_t index)
{
    int32_t row[3];
    memcpy(row, fake_writer_part(writer, split, feature, ARRAY_SIZES)->data + index * sizeof row,
           sizeof row);
    return (struct image_size){(uint32_t)row[0], (uint32_t)row[1], (uint32_t)row[2]};
}

struct image_place fake_writer_place(struct writer *writer, size_t split, size_t feature,
                                     uint64_t index)
{
    int64_t row[5];
    size_t size = 0;
    memcpy(row, fake_writer_part(writer, split, feature, ARRAY_PLACES)->data + index * sizeof row,
           sizeof row);
    const char *path =
        text_at(fake_writer_part(writer, 0, feature, ARRAY_FILES),
                fake_writer_part(writer, 0, feature, ARRAY_FILE_OFFSETS), (uint64_t)row[0], &size);
    snprintf(writer->path, sizeof writer->path, "%.*s", (int)size, path);
    struct image_place place = {.path = writer->path,
                                .offset = (uint64_t)row[1],
                                .size = (uint64_t)row[2],
                                .file_size = (uint64_t)row[3],
                                .modified = row[4]};
    memcpy(place.sha256,
           fake_writer_part(writer, split, feature, ARRAY_DIGESTS)->data +
               index * sizeof place.sha256,
           sizeof place.sha256);
    return place;
}

static bool check_values(const struct writer *writer, size_t split, size_t i, struct error *error)
{
    const struct feature *feature = &writer->schema.features[i];
    const struct buffer *rows = fake_writer_rows(writer, split, i);
    uint64_t count = fake_writer_count(writer, split, i);
    for (size_t row = 0; row < count; row++) {
        long long value = dtype_integer(feature->dtype, rows->data, row);
        if (value < 0 || (feature->num_classes > 0 && (size_t)value >= feature->num_classes))
            return error_set(error, ERROR_INTERNAL, "%s holds %lld", feature->name, value);
    }
    return true;
}

bool fake_writer_check(const struct writer *writer, struct error *error)
{
    const struct schema *schema = &writer->schema;
    uint64_t samples = 0;
    for (size_t split = 0; split < schema->num_splits; split++)
        for (size_t i = 0; i < schema->num_features; i++) {
            uint64_t count = fake_writer_count(writer, split, i);
            samples += count;
            if (count != fake_writer_count(writer, split, 0))
                return error_set(error, ERROR_INTERNAL, "%s has %llu rows",
                                 schema->features[i].name, (unsigned long long)count);
            if (schema->features[i].kind == FEATURE_CLASS && !check_values(writer, split, i, error))
                return false;
        }
    return samples > 0 || error_set(error, ERROR_INTERNAL, "no samples");
}
