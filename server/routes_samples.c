// SPDX-License-Identifier: MIT
// Pages of samples, and single ones.
#include "encode/json.h"
#include "server/page_links.h"
#include "server/routes.h"
#include "server/sample_json.h"
#include "server/selection_args.h"
#include "server/url.h"

// A page may pass this by one sample at most: arrays and long texts are large in JSON.
enum { PAGE_MAX_BYTES = 64 << 20 };

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
    url_escape(before, selection_args_split_name(request, split));
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

static bool write_page(const struct request *request, int split, struct sample_json *json,
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
    buffer_reserve(out, 2048 + count * sample_json_size(json));
    buffer_string(out, "{\"dataset\":\"");
    buffer_string(out, request->schema->name);
    buffer_string(out, "\",\"revision\":\"");
    buffer_string(out, request->schema->revision);
    buffer_string(out, "\",\"split\":");
    json_write_string(out, selection_args_split_name(request, split));
    buffer_string(out, ",\"offset\":");
    json_write_uint(out, offset);
    buffer_string(out, ",\"limit\":");
    json_write_uint(out, limit);
    buffer_string(out, ",\"total\":");
    json_write_uint(out, total);
    buffer_string(out, ",\n\"samples\":[");
    for (uint64_t i = 0; i < count && out->size <= PAGE_MAX_BYTES; i++) {
        buffer_string(out, i ? ",\n" : "\n");
        sample_json_write(json, out, indices[i]);
    }
    if (out->size > PAGE_MAX_BYTES)
        return problem_parameter(problem, PROBLEM_TOO_LARGE, selection_args_amount(request),
                                 "a page has at most %d MiB; ask for fewer samples or features, or "
                                 "shorter texts (%s, features, max_chars)",
                                 PAGE_MAX_BYTES >> 20, selection_args_amount(request));
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
    struct selection *selection = selection_args_build(request, split, problem);
    struct sample_json *json = selection ? sample_json_new(request, split, SAMPLE_JSON_LINKS, problem)
                                         : NULL;
    bool done = json && write_page(request, split, json, selection, response, problem);
    sample_json_free(json);
    selection_free(selection);
    return done;
}

bool samples_one(const struct request *request, struct response *response, struct problem *problem)
{
    int split = selection_args_split(request, problem);
    uint64_t index = request_value(request, "index")->number;
    if (split < 0 || !request_sample_exists(request, split, index, problem))
        return false;
    struct sample_json *json = sample_json_new(request, split, SAMPLE_JSON_LINKS, problem);
    if (!json)
        return false;
    sample_json_write(json, &response->buffer, index);
    buffer_byte(&response->buffer, '\n');
    sample_json_free(json);
    return finish(response, request, problem);
}
