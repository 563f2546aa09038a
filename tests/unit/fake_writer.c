// SPDX-License-Identifier: MIT
#include "tests/unit/fake_writer.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct writer {
    struct writer_options options;
    struct schema schema;
    struct buffer **rows; // by split, then feature; NULL for a split without rows
    size_t most_bytes, bytes;
    bool has_rows;
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

void writer_free(struct writer *writer)
{
    if (!writer)
        return;
    for (size_t i = 0; writer->rows && i < writer->schema.num_splits; i++) {
        for (size_t j = 0; writer->rows[i] && j < writer->schema.num_features; j++)
            buffer_free(&writer->rows[i][j]);
        free(writer->rows[i]);
    }
    free(writer->rows);
    schema_clear(&writer->schema);
    free(writer);
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
    struct split *splits = realloc(schema->splits, (schema->num_splits + 1) * sizeof *splits);
    if (splits)
        schema->splits = splits;
    struct buffer **rows = realloc(writer->rows, (schema->num_splits + 1) * sizeof *rows);
    if (rows)
        writer->rows = rows;
    char *copy = strdup(name);
    if (!splits || !rows || !copy) {
        free(copy);
        error_memory(error);
        return -1;
    }
    rows[schema->num_splits] = NULL;
    splits[schema->num_splits] = (struct split){.name = copy};
    return (int)schema->num_splits++;
}

int writer_feature(struct writer *writer, const struct feature *feature, struct error *error)
{
    struct schema *schema = &writer->schema;
    if (writer->has_rows) {
        error_set(error, ERROR_INTERNAL, "a feature is declared after the first row");
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
    char *copy = strdup(feature->name);
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

bool writer_append(struct writer *writer, int split, int feature, const void *rows, uint64_t count,
                   struct error *error)
{
    struct schema *schema = &writer->schema;
    if (split < 0 || (size_t)split >= schema->num_splits || feature < 0 ||
        (size_t)feature >= schema->num_features)
        return error_set(error, ERROR_INTERNAL, "rows of something that was not declared");
    writer->has_rows = true;
    if (!writer->rows[split])
        writer->rows[split] = calloc(schema->num_features, sizeof **writer->rows);
    if (!writer->rows[split])
        return error_memory(error);
    uint64_t size = count * feature_row_bytes(&schema->features[feature]);
    if (size > writer->most_bytes - writer->bytes)
        return error_set(error, ERROR_LIMIT, "more rows than the test wants");
    writer->bytes += size;
    struct buffer *to = &writer->rows[split][feature];
    buffer_append(to, rows, size);
    return !to->failed || error_memory(error);
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

const struct buffer *fake_writer_rows(const struct writer *writer, size_t split, size_t feature)
{
    static const struct buffer NONE = BUFFER_INIT;
    return writer->rows[split] ? &writer->rows[split][feature] : &NONE;
}

uint64_t fake_writer_count(const struct writer *writer, size_t split, size_t feature)
{
    return fake_writer_rows(writer, split, feature)->size /
           feature_row_bytes(&writer->schema.features[feature]);
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
