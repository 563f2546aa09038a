// SPDX-License-Identifier: MIT
#include "server/batch_lines.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "encode/json.h"
#include "server/batch.h"
#include "server/sample_json.h"
#include "server/selection_args.h"
#include "server/token_args.h"
#include "store/dataset.h"

enum { AT_ONCE = 256 }; // samples whose indices are worked out together

static bool too_large(const struct request *request, struct problem *problem)
{
    return problem_parameter(
        problem, PROBLEM_TOO_LARGE, selection_args_amount(request),
        "these samples make more than %llu MiB of text; an answer has at most "
        "%d samples and %llu MiB: ask for fewer samples, or for fewer features "
        "with features=",
        (unsigned long long)(BATCH_MAX_BYTES >> 20), BATCH_MAX_SAMPLES,
        (unsigned long long)(BATCH_MAX_BYTES >> 20));
}

// Calls write(context, out, index) for each selected sample.
static bool each_sample(const struct request *request, const struct selection *selection,
                        struct buffer *out,
                        void (*write)(void *context, struct buffer *out, uint64_t index),
                        void *context, struct problem *problem)
{
    uint64_t indices[AT_ONCE], count = selection_count(selection);
    for (uint64_t from = 0; from < count; from += AT_ONCE) {
        uint64_t some = count - from < AT_ONCE ? count - from : AT_ONCE;
        selection_indices(selection, from, some, indices);
        for (uint64_t i = 0; i < some; i++) {
            write(context, out, indices[i]);
            if (out->failed)
                return problem_set(problem, PROBLEM_BUSY, "not enough memory for this batch now");
            if (out->size > BATCH_MAX_BYTES)
                return too_large(request, problem);
        }
    }
    return true;
}

static void write_object(void *context, struct buffer *out, uint64_t index)
{
    sample_json_write(context, out, index);
    buffer_byte(out, '\n');
}

bool batch_ndjson(const struct request *request, int split, const struct selection *selection,
                  struct buffer *out, struct problem *problem)
{
    struct sample_json *json = sample_json_new(request, split, SAMPLE_JSON_VALUES, problem);
    bool done = json && each_sample(request, selection, out, write_object, json, problem);
    sample_json_free(json);
    return done;
}

struct table {
    const struct request *request;
    int split;
    bool *wanted; // by feature; owned
    struct token_reading reading;
    int64_t *ids; // of one sample, owned
    size_t room;
};

// A cell in quotes where it needs them.
static void put_cell(struct buffer *out, const char *text, size_t size)
{
    bool plain = size > 0;
    for (size_t i = 0; i < size && plain; i++)
        plain = text[i] != '"' && text[i] != ',' && text[i] != '\n' && text[i] != '\r';
    if (plain) {
        buffer_append(out, text, size);
        return;
    }
    buffer_byte(out, '"');
    for (size_t i = 0; i < size; i++) {
        if (text[i] == '"')
            buffer_byte(out, '"');
        buffer_byte(out, text[i]);
    }
    buffer_byte(out, '"');
}

static uint64_t num_values(const struct feature *feature)
{
    uint64_t count = 1;
    for (unsigned i = 0; i < feature->rank; i++)
        count *= feature->shape[i];
    return count;
}

// Whether a feature has that name.
static bool is_taken(const struct schema *schema, struct buffer *name)
{
    const char *text = buffer_text(name);
    return text && schema_feature(schema, text) >= 0;
}

static void put_heading(struct buffer *out, const struct schema *schema,
                        const struct feature *feature)
{
    char suffix[32];
    struct buffer name = BUFFER_INIT;
    bool spread = feature->kind == FEATURE_ARRAY || feature->kind == FEATURE_IMAGE;
    uint64_t count = spread ? num_values(feature) : feature->kind == FEATURE_CLASS ? 2 : 1;
    for (uint64_t i = 0; i < count && !out->failed && out->size <= BATCH_MAX_BYTES; i++) {
        bool derived = spread || i == 1;
        name.size = 0;
        buffer_string(&name, feature->name);
        if (spread)
            snprintf(suffix, sizeof suffix, ".%llu", (unsigned long long)i);
        buffer_string(&name, spread ? suffix : i == 1 ? ".name" : "");
        while (derived && is_taken(schema, &name))
            buffer_byte(&name, '_');
        buffer_byte(out, ',');
        put_cell(out, name.data, name.size);
    }
    out->failed |= name.failed;
    buffer_free(&name);
}

static void put_class(struct buffer *out, const struct feature *feature, const void *row)
{
    long long id = dtype_integer(feature->dtype, row, 0);
    json_write_int(out, id);
    buffer_byte(out, ',');
    if (id >= 0 && (unsigned long long)id < feature->num_classes) {
        const char *name = feature->classes[id].name;
        put_cell(out, name, strlen(name));
    }
}

// JSON has no infinities, tables have; what is no number leaves the cell empty.
static void put_number(struct buffer *out, enum dtype dtype, const void *row, size_t i)
{
    double value = dtype_is_integer(dtype) ? 0 : dtype_double(dtype, row, i);
    if (isinf(value))
        buffer_string(out, value < 0 ? "-inf" : "inf");
    else if (!isnan(value))
        json_write_element(out, dtype, row, i);
}

static void put_tokens(struct buffer *out, struct table *table, int feature, uint64_t index)
{
    uint64_t count;
    const int32_t *run = dataset_run(table->request->dataset, table->split, feature, index, &count);
    if (run && count + 1 > table->room) {
        table->room = 2 * (count + 1);
        free(table->ids);
        table->ids = malloc(table->room * sizeof *table->ids);
    }
    if (!run || !table->ids) {
        out->failed |= run != NULL; // without a run the dataset is marked as damaged
        table->room = table->ids ? table->room : 0;
        return;
    }
    count = token_reading_apply(&table->reading, run, count, table->ids);
    for (uint64_t i = 0; i < count; i++) {
        if (i > 0)
            buffer_byte(out, ' ');
        json_write_int(out, table->ids[i]);
    }
}

static void put_feature(struct buffer *out, struct table *table, int number, uint64_t index)
{
    const struct feature *feature = &table->request->schema->features[number];
    struct dataset *dataset = table->request->dataset;
    const struct array *array = dataset_array(dataset, table->split, number);
    const uint8_t *row =
        feature->storage == STORAGE_ROWS ? array->rows + index * array->row_bytes : NULL;
    uint64_t count;
    const void *run;
    buffer_byte(out, ',');
    switch (feature->kind) {
    case FEATURE_CLASS:
        put_class(out, feature, row);
        break;
    case FEATURE_TEXT:
        run = dataset_run(dataset, table->split, number, index, &count);
        if (run)
            put_cell(out, run, count);
        break;
    case FEATURE_TOKENS:
        put_tokens(out, table, number, index);
        break;
    case FEATURE_SCALAR:
    case FEATURE_ARRAY:
    case FEATURE_IMAGE:
        count = num_values(feature);
        for (uint64_t i = 0; i < count; i++) {
            if (i > 0)
                buffer_byte(out, ',');
            put_number(out, feature->dtype, row, i);
        }
        break;
    }
}

static void write_record(void *context, struct buffer *out, uint64_t index)
{
    struct table *table = context;
    json_write_uint(out, index);
    for (size_t i = 0; i < table->request->schema->num_features; i++)
        if (table->wanted[i])
            put_feature(out, table, (int)i, index);
    buffer_byte(out, '\n');
}

static bool write_headings(const struct table *table, struct buffer *out, struct problem *problem)
{
    const struct schema *schema = table->request->schema;
    buffer_string(out, "index");
    for (size_t i = 0; i < schema->num_features; i++) {
        const struct feature *feature = &schema->features[i];
        if (!table->wanted[i])
            continue;
        if (feature->kind == FEATURE_IMAGE && feature->storage != STORAGE_ROWS)
            return problem_parameter(
                problem, PROBLEM_INVALID_PARAMETER, "format",
                "%s has encoded images, for which csv has no room; use another "
                "format, or name the other features with features=",
                feature->name);
        put_heading(out, schema, feature);
    }
    buffer_byte(out, '\n');
    return true;
}

bool batch_csv(const struct request *request, int split, const struct selection *selection,
               struct buffer *out, struct problem *problem)
{
    struct table table = {.request = request, .split = split};
    table.wanted = selection_args_features(request, problem);
    bool done = table.wanted && token_args_reading(request, &table.reading, problem) &&
                write_headings(&table, out, problem) &&
                each_sample(request, selection, out, write_record, &table, problem);
    free(table.wanted);
    free(table.ids);
    return done;
}
