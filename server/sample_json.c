// SPDX-License-Identifier: MIT
#include "server/sample_json.h"

#include <stdlib.h>

#include "encode/json.h"
#include "formats/raster.h"
#include "server/class_texts.h"
#include "server/selection_args.h"
#include "server/text_json.h"
#include "server/token_json.h"
#include "server/url.h"

// How one feature is written.
struct column {
    int index; // of the feature in the schema
    const struct feature *feature;
    const struct array *array; // of what is stored in rows
    const struct class_texts *classes;
    struct token_json tokens;
    bool values;          // of an image: its values, not where its picture is
    struct buffer before; // ,"name":  and for images what precedes the sample's index
    struct buffer after;  // for images: what follows it
    struct buffer raw;    // for encoded images: the same for the address of the stored bytes
};

struct sample_json {
    const struct request *request;
    int split;
    uint64_t max_chars;
    bool marks; // cut texts; not where a feature is called "truncated" itself
    size_t count;
    struct column columns[];
};

// What follows the sample's index in the address of an image, up to its closing quote.
static void address_end(struct buffer *out, const struct request *request, int split,
                        const char *feature, const char *ending)
{
    buffer_byte(out, '/');
    url_escape(out, feature);
    buffer_string(out, ending);
    buffer_string(out, "?split=");
    url_escape(out, request->schema->splits[split].name);
    if (request->immutable)
        buffer_printf(out, "&rev=%s", request->schema->revision);
    buffer_byte(out, '"');
}

static void image_texts(const struct request *request, int split, struct column *column)
{
    const struct feature *feature = column->feature;
    buffer_printf(&column->before, "{\"url\":\"%s/datasets/%s/samples/", request->site->base_path,
                  request->schema->name);
    address_end(&column->after, request, split, feature->name, ".png");
    if (feature->storage != STORAGE_ROWS) {
        address_end(&column->raw, request, split, feature->name, "");
        return;
    }
    unsigned height, width, channels;
    feature_image_size(feature, &height, &width, &channels);
    buffer_printf(&column->after, ",\"width\":%u,\"height\":%u,\"channels\":%u}", width, height,
                  channels);
}

void sample_json_free(struct sample_json *json)
{
    for (size_t i = 0; json && i < json->count; i++) {
        buffer_free(&json->columns[i].before);
        buffer_free(&json->columns[i].after);
        buffer_free(&json->columns[i].raw);
        token_json_free(&json->columns[i].tokens);
    }
    free(json);
}

struct sample_json *sample_json_new(const struct request *request, int split,
                                    enum sample_json_images images, struct problem *problem)
{
    const struct schema *schema = request->schema;
    struct token_reading reading;
    if (!token_args_reading(request, &reading, problem))
        return NULL;
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
        column->index = (int)i;
        column->feature = &schema->features[i];
        if (column->feature->storage == STORAGE_ROWS)
            column->array = dataset_array(request->dataset, split, (int)i);
        column->classes = &classes[i];
        buffer_byte(&column->before, ',');
        json_write_string(&column->before, column->feature->name);
        buffer_byte(&column->before, ':');
        column->values = images == SAMPLE_JSON_VALUES && column->array;
        if (column->feature->kind == FEATURE_IMAGE && !column->values)
            image_texts(request, split, column);
        column->tokens = (struct token_json){.dataset = request->dataset,
                                             .split = split,
                                             .feature = (int)i,
                                             .reading = reading,
                                             .max_chars = text_json_max_chars(request)};
        failed = column->before.failed || column->after.failed || column->raw.failed;
    }
    free(wanted);
    if (!failed) {
        json->request = request;
        json->split = split;
        json->max_chars = text_json_max_chars(request);
        json->marks = schema_feature(schema, "truncated") < 0;
        return json;
    }
    sample_json_free(json);
    problem_set(problem, PROBLEM_BUSY, "not enough memory");
    return NULL;
}

size_t sample_json_size(const struct sample_json *json)
{
    enum { TEXT = 1024 }; // a buffer that turns out too small is doubled
    size_t size = 16;
    for (size_t i = 0; i < json->count; i++) {
        const struct column *column = &json->columns[i];
        size += column->before.size + column->after.size + 40;
        if (column->raw.size > 0)
            size += column->before.size + column->raw.size + 80;
        if (column->feature->kind == FEATURE_TOKENS)
            size += TEXT; // ids
        if (column->feature->kind == FEATURE_TEXT || column->feature->kind == FEATURE_TOKENS)
            size += json->max_chars < TEXT ? (size_t)json->max_chars : TEXT;
    }
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

// Whether it was cut.
static bool write_text(struct buffer *out, const struct sample_json *json,
                       const struct column *column, uint64_t index)
{
    uint64_t size;
    const char *text =
        dataset_run(json->request->dataset, json->split, column->index, index, &size);
    return text && text_json_write(out, text, size, json->max_chars);
}

// The type of the stored bytes; null when they cannot be read now, which is no reason to withhold
// the page.
static void write_media_type(struct buffer *out, const struct sample_json *json,
                             const struct column *column, uint64_t index)
{
    struct error error = ERROR_INIT;
    struct image_bytes image;
    enum raster_media media;
    bool known = dataset_image_head(json->request->dataset, json->split, column->index, index,
                                    &image, &error) &&
                 raster_recognise(image.bytes, image.size, &media);
    buffer_string(out, ",\"media_type\":");
    if (known)
        json_write_string(out, raster_media_type(media));
    else
        buffer_string(out, "null");
    image_bytes_free(&image);
}

static void write_encoded(struct buffer *out, const struct sample_json *json,
                          const struct column *column, uint64_t index)
{
    uint32_t height, width, channels;
    dataset_image_size(json->request->dataset, json->split, column->index, index, &height, &width,
                       &channels);
    buffer_printf(out, ",\"width\":%u,\"height\":%u,\"channels\":%u,\"raw_url\":\"%s/datasets/%s"
                       "/samples/%llu",
                  width, height, channels, json->request->site->base_path,
                  json->request->schema->name, (unsigned long long)index);
    buffer_append(out, column->raw.data, column->raw.size);
    write_media_type(out, json, column, index);
    buffer_byte(out, '}');
}

void sample_json_write(struct sample_json *json, struct buffer *out, uint64_t index)
{
    bool truncated = false;
    buffer_append(out, "{\"index\":", 9);
    json_write_uint(out, index);
    for (size_t i = 0; i < json->count; i++) {
        struct column *column = &json->columns[i];
        const struct feature *feature = column->feature;
        const struct array *array = column->array;
        const uint8_t *row = array ? array->rows + index * array->row_bytes : NULL;
        buffer_append(out, column->before.data, column->before.size);
        switch (feature->kind) {
        case FEATURE_IMAGE:
            if (column->values) {
                json_write_array(out, feature->dtype, row, feature->rank, feature->shape);
                break;
            }
            json_write_uint(out, index);
            buffer_append(out, column->after.data, column->after.size);
            if (column->raw.size > 0)
                write_encoded(out, json, column, index);
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
            truncated |= write_text(out, json, column, index);
            break;
        case FEATURE_TOKENS:
            token_json_write(&column->tokens, out, index);
            break;
        }
    }
    buffer_string(out, truncated && json->marks ? ",\"truncated\":true}" : "}");
}
