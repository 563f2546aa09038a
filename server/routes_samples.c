// SPDX-License-Identifier: MIT
// Pages of samples as JSON. What is the same for every sample of a page is written once before the
// rows; a row is copies of those texts and a few numbers.
#include <stdlib.h>
#include <string.h>

#include "encode/json.h"
#include "server/class_texts.h"
#include "server/page_links.h"
#include "server/routes.h"
#include "server/selection_args.h"
#include "server/url.h"

// How one feature of a page is written.
struct column {
    const struct feature *feature;
    const struct array *array;
    const struct class_texts *classes;
    struct buffer before; // ,"name":  and for images what precedes the sample's index
    struct buffer after;  // for images: what follows it
};

struct columns {
    struct column *column;
    size_t count;
    bool damaged; // a stored label names no class
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

static void columns_free(struct columns *columns)
{
    for (size_t i = 0; i < columns->count; i++) {
        buffer_free(&columns->column[i].before);
        buffer_free(&columns->column[i].after);
    }
    free(columns->column);
}

static bool columns_new(struct columns *columns, const struct request *request, int split,
                        struct problem *problem)
{
    const struct schema *schema = request->schema;
    bool *wanted = selection_args_features(request, problem);
    if (!wanted)
        return false;
    columns->column = calloc(schema->num_features, sizeof *columns->column);
    const struct class_texts *classes = class_texts_of(request->dataset);
    bool failed = !columns->column || !classes;
    for (size_t i = 0; !failed && i < schema->num_features; i++) {
        if (!wanted[i])
            continue;
        struct column *column = &columns->column[columns->count++];
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
    return !failed || problem_set(problem, PROBLEM_BUSY, "not enough memory");
}

// About how many bytes a row takes, so that the buffer seldom grows.
static size_t columns_row_size(const struct columns *columns)
{
    size_t size = 16;
    for (size_t i = 0; i < columns->count; i++)
        size += columns->column[i].before.size + columns->column[i].after.size + 40;
    return size;
}

static void write_class(struct buffer *out, struct columns *columns, const struct column *column,
                        long long id)
{
    if (id < 0 || (unsigned long long)id >= column->feature->num_classes) {
        columns->damaged = true;
        return;
    }
    const size_t *starts = column->classes->starts;
    buffer_append(out, column->classes->text + starts[id], starts[id + 1] - starts[id]);
}

static void write_sample(struct buffer *out, struct columns *columns, uint64_t index)
{
    buffer_append(out, "{\"index\":", 9);
    json_write_uint(out, index);
    for (size_t i = 0; i < columns->count; i++) {
        const struct column *column = &columns->column[i];
        const struct feature *feature = column->feature;
        const uint8_t *row = column->array->rows + index * column->array->row_bytes;
        buffer_append(out, column->before.data, column->before.size);
        switch (feature->kind) {
        case FEATURE_IMAGE:
            json_write_uint(out, index);
            buffer_append(out, column->after.data, column->after.size);
            break;
        case FEATURE_CLASS:
            write_class(out, columns, column, dtype_integer(feature->dtype, row, 0));
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

// "next" and "prev" in the body, and the Link header with first and last besides.
static void write_links(const struct request *request, int split, uint64_t offset, uint64_t limit,
                        uint64_t total, struct response *response)
{
    if (request_value(request, "indices")->given) {
        buffer_string(&response->buffer, "\"next\":null,\"prev\":null");
        return;
    }
    struct page_address address = PAGE_ADDRESS_INIT;
    struct buffer *before = &address.before, *after = &address.after, rest = BUFFER_INIT;
    buffer_string(before, request->site->base_path);
    buffer_string(before, "/datasets/");
    buffer_string(before, request->schema->name);
    buffer_string(before, "/samples?split=");
    url_escape(before, request->schema->splits[split].name);
    buffer_string(before, "&offset=");
    buffer_string(after, "&limit=");
    json_write_uint(after, limit);
    request_canonical(request, false, &rest);
    if (rest.size) {
        buffer_byte(after, '&');
        buffer_append(after, rest.data, rest.size);
    }
    buffer_free(&rest);
    if (request->immutable) {
        buffer_string(after, "&rev=");
        buffer_string(after, request->schema->revision);
    }
    page_links_write(response, &address, offset, limit, total);
}

static bool finish(struct response *response, const struct request *request,
                   const struct columns *columns, struct problem *problem)
{
    if (columns->damaged)
        dataset_mark_damaged(request->dataset, "a stored label names no class of its feature; "
                                               "samplecase verify says which file is damaged");
    if (response->buffer.failed || response->link.failed)
        return problem_set(problem, PROBLEM_BUSY, "not enough memory for this page");
    response->body = BODY_BUFFER;
    response->compressible = true;
    if (request->immutable)
        response->caching = CACHE_IMMUTABLE;
    return true;
}

static bool write_page(const struct request *request, int split, struct columns *columns,
                       const struct selection *selection, struct response *response,
                       struct problem *problem)
{
    uint64_t indices[1000]; // the most that `limit` and `indices` allow
    uint64_t count = selection_count(selection), total = selection_total(selection);
    uint64_t offset = request_value(request, "offset")->number;
    uint64_t limit = request_value(request, "indices")->given
                         ? total
                         : request_value(request, "limit")->number;
    selection_indices(selection, 0, count, indices);
    struct buffer *out = &response->buffer;
    buffer_reserve(out, 2048 + count * columns_row_size(columns));
    buffer_string(out, "{\"dataset\":\"");
    buffer_string(out, request->schema->name);
    buffer_string(out, "\",\"revision\":\"");
    buffer_string(out, request->schema->revision);
    buffer_string(out, "\",\"split\":");
    json_write_string(out, request->schema->splits[split].name);
    buffer_string(out, ",\"offset\":");
    json_write_uint(out, offset);
    buffer_string(out, ",\"limit\":");
    json_write_uint(out, limit);
    buffer_string(out, ",\"total\":");
    json_write_uint(out, total);
    buffer_string(out, ",\n\"samples\":[");
    for (uint64_t i = 0; i < count; i++) {
        buffer_string(out, i ? ",\n" : "\n");
        write_sample(out, columns, indices[i]);
    }
    buffer_string(out, "],\n");
    write_links(request, split, offset, limit, total, response);
    buffer_append(out, "}\n", 2);
    return finish(response, request, columns, problem);
}

bool samples_page(const struct request *request, struct response *response,
                  struct problem *problem)
{
    int split = selection_args_split(request, problem);
    if (split < 0)
        return false;
    struct columns columns = {.count = 0};
    struct selection *selection = selection_args_build(request, split, problem);
    bool done = selection && columns_new(&columns, request, split, problem) &&
                write_page(request, split, &columns, selection, response, problem);
    columns_free(&columns);
    selection_free(selection);
    return done;
}

bool samples_one(const struct request *request, struct response *response, struct problem *problem)
{
    int split = selection_args_split(request, problem);
    uint64_t index = request_value(request, "index")->number;
    if (split < 0 || !request_sample_exists(request, split, index, problem))
        return false;
    struct columns columns = {.count = 0};
    bool done = columns_new(&columns, request, split, problem);
    if (done) {
        write_sample(&response->buffer, &columns, index);
        buffer_byte(&response->buffer, '\n');
        done = finish(response, request, &columns, problem);
    }
    columns_free(&columns);
    return done;
}
