// SPDX-License-Identifier: MIT
#include "server/sample_json.h"

#include <stdlib.h>

#include "encode/json.h"
#include "server/class_texts.h"
#include "server/selection_args.h"
#include "server/url.h"

// How one feature is written.
struct column {
    const struct feature *feature;
    const struct array *array;
    const struct class_texts *classes;
    struct buffer before; // ,"name":  and for images what precedes the sample's index
    struct buffer after;  // for images: what follows it
};

struct sample_json {
    const struct request *request;
    size_t count;
    struct column columns[];
};

static void image_texts(const struct request *request, int split, struct column *column)
{
    const struct schema *schema = request->schema;
    unsigned height, width, channels;
    feature_image_size(column->feature, &height, &width, &channels);
    buffer_printf(&column->before, "{\"url\":\"%s/datasets/%s/samples/", request->site->base_path,
                  schema->name);
    buffer_byte(&column->after, '/');
    url_escape(&column->after, column->feature->name);
    buffer_string(&column->after, ".png?split=");
    url_escape(&column->after, schema->splits[split].name);
    if (request->immutable)
        buffer_printf(&column->after, "&rev=%s", schema->revision);
    buffer_printf(&column->after, "\",\"width\":%u,\"height\":%u,\"channels\":%u}", width, height,
                  channels);
}

void sample_json_free(struct sample_json *json)
{
    for (size_t i = 0; json && i < json->count; i++) {
        buffer_free(&json->columns[i].before);
        buffer_free(&json->columns[i].after);
    }
    free(json);
}

struct sample_json *sample_json_new(const struct request *request, int split,
                                    struct problem *problem)
{
    const struct schema *schema = request->schema;
    bool *wanted = selection_args_features(request, problem);
    if (!wanted)
        return NULL;
    struct sample_json *json =
        calloc(1, sizeof *json + schema->num_features * sizeof json->columns[0]);
    const struct class_texts *classes = class_texts_of(request->dataset);
    bool failed = !json || !classes;
    for (size_t i = 0; !failed && i < schema->num_features; i++) {
        if (!wanted[i])
            continue;
        struct column *column = &json->columns[json->count++];
        column->feature = &schema->features[i];
        column->array = dataset_array(request->dataset, split, (int)i);
        column->classes = &classes[i];
        buffer_byte(&column->before, ',');
        json_write_string(&column->before, column->feature->name);
        buffer_byte(&column->before, ':');
        if (column->feature->kind == FEATURE_IMAGE)
            image_texts(request, split, column);
        failed = column->before.failed || column->after.failed;
    }
    free(wanted);
    if (!failed) {
        json->request = request;
        return json;
    }
    sample_json_free(json);
    problem_set(problem, PROBLEM_BUSY, "not enough memory");
    return NULL;
}

size_t sample_json_size(const struct sample_json *json)
{
    size_t size = 16;
    for (size_t i = 0; i < json->count; i++)
        size += json->columns[i].before.size + json->columns[i].after.size + 40;
    return size;
}

static void write_class(struct buffer *out, const struct sample_json *json,
                        const struct column *column, long long id)
{
    if (id < 0 || (unsigned long long)id >= column->feature->num_classes) {
        dataset_mark_damaged(json->request->dataset,
                             "a stored label names no class of its feature; "
                             "samplecase verify says which file is damaged");
        return;
    }
    const size_t *starts = column->classes->starts;
    buffer_append(out, column->classes->text + starts[id], starts[id + 1] - starts[id]);
}

void sample_json_write(struct sample_json *json, struct buffer *out, uint64_t index)
{
    buffer_append(out, "{\"index\":", 9);
    json_write_uint(out, index);
    for (size_t i = 0; i < json->count; i++) {
        const struct column *column = &json->columns[i];
        const struct feature *feature = column->feature;
        const uint8_t *row = column->array->rows + index * column->array->row_bytes;
        buffer_append(out, column->before.data, column->before.size);
        switch (feature->kind) {
        case FEATURE_IMAGE:
            json_write_uint(out, index);
            buffer_append(out, column->after.data, column->after.size);
            break;
        case FEATURE_CLASS:
            write_class(out, json, column, dtype_integer(feature->dtype, row, 0));
            break;
        case FEATURE_SCALAR:
            json_write_element(out, feature->dtype, row, 0);
            break;
        case FEATURE_ARRAY:
            json_write_array(out, feature->dtype, row, feature->rank, feature->shape);
            break;
        case FEATURE_TEXT:
        case FEATURE_TOKENS:
            buffer_append(out, "null", 4); // no format makes these yet
            break;
        }
    }
    buffer_byte(out, '}');
}
