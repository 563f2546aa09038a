// SPDX-License-Identifier: MIT
// Pages of samples as JSON. What is the same for every sample of a page is written once before the
// rows; a row is copies of those texts and a few numbers.
#include <stdlib.h>
#include <string.h>

#include "encode/json.h"
#include "server/routes.h"
#include "server/selection_args.h"

// How one feature of a page is written.
struct column {
    const struct feature *feature;
    const struct array *array;
    struct buffer before; // ,"name":  and for images what precedes the sample's index
    struct buffer after;  // for images: what follows it
};

struct columns {
    struct column *column;
    size_t count;
    bool failed; // memory was short
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
    columns->failed = !columns->column;
    for (size_t i = 0; columns->column && i < schema->num_features; i++) {
        if (!wanted[i])
            continue;
        struct column *column = &columns->column[columns->count++];
        column->feature = &schema->features[i];
        column->array = dataset_array(request->dataset, split, (int)i);
        buffer_byte(&column->before, ',');
        json_write_string(&column->before, column->feature->name);
        buffer_byte(&column->before, ':');
        if (column->feature->kind == FEATURE_IMAGE)
            image_texts(request, split, column);
        columns->failed |= column->before.failed || column->after.failed;
    }
    free(wanted);
    if (columns->failed)
        problem_set(problem, PROBLEM_BUSY, "not enough memory");
    return !columns->failed;
}

static void write_class(struct buffer *out, const struct feature *feature, long long id)
{
    buffer_append(out, "{\"id\":", 6);
    json_write_int(out, id);
    buffer_append(out, ",\"name\":", 8);
    if (id >= 0 && (unsigned long long)id < feature->num_classes)
        json_write_string(out, feature->classes[id].name);
    else
        buffer_append(out, "null", 4);
    buffer_byte(out, '}');
}

static void write_sample(struct buffer *out, const struct columns *columns, uint64_t index)
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
            write_class(out, feature, dtype_integer(feature->dtype, row, 0));
            break;
        case FEATURE_SCALAR:
            json_write_element(out, feature->dtype, row, 0);
            break;
        case FEATURE_ARRAY:
            json_write_array(out, feature->dtype, row, feature->rank, feature->shape);
            break;
        }
    }
    buffer_byte(out, '}');
}

// The address of the page at an offset.
static void page_url(struct buffer *out, const struct request *request, int split,
                     uint64_t offset, uint64_t limit)
{
    buffer_printf(out, "%s/datasets/%s/samples?split=", request->site->base_path,
                  request->schema->name);
    url_escape(out, request->schema->splits[split].name);
    buffer_printf(out, "&offset=%llu&limit=%llu", (unsigned long long)offset,
                  (unsigned long long)limit);
    struct buffer rest = BUFFER_INIT;
    request_canonical(request, false, &rest);
    if (rest.size) {
        buffer_byte(out, '&');
        buffer_append(out, rest.data, rest.size);
    }
    buffer_free(&rest);
    if (request->immutable)
        buffer_printf(out, "&rev=%s", request->schema->revision);
}

static void link_page(struct buffer *link, const struct request *request, int split,
                      uint64_t offset, uint64_t limit, const char *relation)
{
    buffer_string(link, link->size ? ", <" : "<");
    page_url(link, request, split, offset, limit);
    buffer_printf(link, ">; rel=\"%s\"", relation);
}

// "next" and "prev" in the body, and the Link header with first and last besides.
static void write_links(const struct request *request, int split, uint64_t offset, uint64_t limit,
                        uint64_t total, struct response *response)
{
    struct buffer *out = &response->buffer, *link = &response->link;
    if (request_value(request, "indices")->given) {
        buffer_string(out, "\"next\":null,\"prev\":null");
        return;
    }
    bool has_next = offset < total && limit < total - offset;
    bool has_prev = offset > 0;
    uint64_t reach = offset < total ? offset : total;
    uint64_t previous = reach > limit ? reach - limit : 0;
    link_page(link, request, split, 0, limit, "first");
    buffer_string(out, "\"next\":");
    buffer_byte(out, has_next ? '"' : 'n');
    if (has_next) {
        page_url(out, request, split, offset + limit, limit);
        link_page(link, request, split, offset + limit, limit, "next");
    }
    buffer_string(out, has_next ? "\"" : "ull");
    buffer_string(out, ",\"prev\":");
    buffer_byte(out, has_prev ? '"' : 'n');
    if (has_prev) {
        page_url(out, request, split, previous, limit);
        link_page(link, request, split, previous, limit, "prev");
    }
    buffer_string(out, has_prev ? "\"" : "ull");
    link_page(link, request, split, total ? (total - 1) / limit * limit : 0, limit, "last");
}

static bool finish(struct response *response, const struct request *request,
                   struct problem *problem)
{
    if (response->buffer.failed || response->link.failed)
        return problem_set(problem, PROBLEM_BUSY, "not enough memory for this page");
    response->body = BODY_BUFFER;
    response->compressible = true;
    if (request->immutable)
        response->caching = CACHE_IMMUTABLE;
    return true;
}

static bool write_page(const struct request *request, int split, const struct columns *columns,
                       const struct selection *selection, struct response *response,
                       struct problem *problem)
{
    uint64_t indices[1000]; // the most that `limit` and `indices` allow
    uint64_t count = selection_count(selection), total = selection_total(selection);
    uint64_t offset = request_value(request, "offset")->number;
    const struct value *limit_value = request_value(request, "limit");
    uint64_t limit = limit_value->number;
    if (request_value(request, "indices")->given && !limit_value->given)
        limit = total;
    selection_indices(selection, 0, count, indices);
    struct buffer *out = &response->buffer;
    buffer_reserve(out, 16384);
    buffer_printf(out, "{\"dataset\":\"%s\",\"revision\":\"%s\",\"split\":", request->schema->name,
                  request->schema->revision);
    json_write_string(out, request->schema->splits[split].name);
    buffer_printf(out, ",\"offset\":%llu,\"limit\":%llu,\"total\":%llu,\n\"samples\":[",
                  (unsigned long long)offset, (unsigned long long)limit,
                  (unsigned long long)total);
    for (uint64_t i = 0; i < count; i++) {
        buffer_string(out, i ? ",\n" : "\n");
        write_sample(out, columns, indices[i]);
    }
    buffer_string(out, "],\n");
    write_links(request, split, offset, limit, total, response);
    buffer_append(out, "}\n", 2);
    return finish(response, request, problem);
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
        done = finish(response, request, problem);
    }
    columns_free(&columns);
    return done;
}
