// SPDX-License-Identifier: MIT
#include <stdlib.h>

#include "encode/json.h"
#include "server/page_links.h"
#include "server/routes.h"
#include "server/url.h"
#include "server/vocabulary.h"

// The token feature with words that is asked for, or the first. -1 with the problem.
static int word_feature(const struct request *request, struct problem *problem)
{
    const struct schema *schema = request->schema;
    const char *name = request_value(request, "feature")->text;
    int feature = name ? schema_feature(schema, name) : -1;
    bool tokens = false;
    for (size_t i = 0; i < schema->num_features; i++) {
        tokens = tokens || schema->features[i].kind == FEATURE_TOKENS;
        if (!name && feature < 0 && schema->features[i].num_words > 0)
            feature = (int)i;
    }
    if (feature >= 0 && schema->features[feature].num_words > 0)
        return feature;
    if (name)
        problem_parameter(problem, PROBLEM_UNKNOWN_FEATURE, "feature",
                          feature < 0 ? "%s has no feature \"%.100s\"; see `allowed`"
                                      : "%s: feature \"%.100s\" has no vocabulary; see `allowed`",
                          schema->name, name);
    else
        problem_set(problem, PROBLEM_NOT_FOUND, "%s has no vocabulary: it has no token feature%s",
                    schema->name, tokens ? " that came with a word index" : "");
    for (size_t i = 0; name && i < schema->num_features; i++)
        if (schema->features[i].num_words > 0)
            problem_allow(problem, schema->features[i].name);
    return -1;
}

static bool finish(struct response *response, const struct request *request)
{
    buffer_string(&response->buffer, "}\n");
    response->body = BODY_BUFFER;
    response->compressible = true;
    if (request->immutable)
        response->caching = CACHE_IMMUTABLE;
    return true;
}

bool vocabulary_word_index(const struct request *request, struct response *response,
                           struct problem *problem)
{
    int feature = word_feature(request, problem);
    if (feature < 0)
        return false;
    struct buffer *out = &response->buffer;
    uint64_t num_words = request->schema->features[feature].num_words;
    buffer_byte(out, '{');
    for (uint64_t rank = 1; rank <= num_words; rank++) {
        size_t size = 0;
        const char *word = dataset_word(request->dataset, feature, rank, &size);
        if (size == 0)
            continue; // the word index has no word of that rank
        if (out->size > 1)
            buffer_byte(out, ',');
        json_write_string_size(out, word, size);
        buffer_byte(out, ':');
        json_write_uint(out, rank);
    }
    return finish(response, request);
}

static int by_rank(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

// The ranks of the words that begin with the prefix, ascending; owned by the caller. NULL when
// memory is short.
static uint32_t *ranks_of(const struct request *request, int feature,
                          const struct vocabulary *vocabulary, const char *prefix, uint32_t *count)
{
    uint32_t from, to;
    vocabulary_find(request->dataset, feature, vocabulary, prefix, &from, &to);
    *count = to - from;
    uint32_t *ranks = malloc((*count + (size_t)1) * sizeof *ranks);
    if (!ranks || *count == 0)
        return ranks;
    memcpy(ranks, vocabulary->by_word + from, *count * sizeof *ranks);
    qsort(ranks, *count, sizeof *ranks, by_rank);
    return ranks;
}

static void write_links(const struct request *request, uint64_t offset, uint64_t limit,
                        uint64_t total, struct response *response)
{
    static const char *const KEPT[] = {"feature", "prefix"};
    struct page_address address = PAGE_ADDRESS_INIT;
    buffer_printf(&address.before, "%s/datasets/%s/vocabulary?offset=", request->site->base_path,
                  request->schema->name);
    buffer_printf(&address.after, "&limit=%llu", (unsigned long long)limit);
    for (size_t i = 0; i < sizeof KEPT / sizeof *KEPT; i++) {
        const struct value *value = request_value(request, KEPT[i]);
        if (!value->given)
            continue;
        buffer_printf(&address.after, "&%s=", KEPT[i]);
        url_escape(&address.after, value->text);
    }
    if (request->immutable)
        buffer_printf(&address.after, "&rev=%s", request->schema->revision);
    page_links_write(response, &address, offset, limit, total);
}

bool vocabulary_page(const struct request *request, struct response *response,
                     struct problem *problem)
{
    int feature = word_feature(request, problem);
    if (feature < 0)
        return false;
    const struct vocabulary *vocabulary = vocabulary_of(request->dataset, feature);
    const char *prefix = request_value(request, "prefix")->text;
    uint64_t offset = request_value(request, "offset")->number;
    uint64_t limit = request_value(request, "limit")->number;
    uint32_t total = vocabulary ? vocabulary->num_words : 0;
    uint32_t *ranks = NULL; // NULL without a prefix: all, rank by rank
    if (!vocabulary ||
        (prefix && !(ranks = ranks_of(request, feature, vocabulary, prefix, &total))))
        return problem_set(problem, PROBLEM_BUSY, "not enough memory for the vocabulary");
    uint64_t left = offset < total ? total - offset : 0;
    uint64_t end = offset + (limit < left ? limit : left);
    struct buffer *out = &response->buffer;
    buffer_printf(out, "{\"total\":%lu,\"words\":[", (unsigned long)total);
    for (uint64_t i = offset; i < end; i++) {
        uint64_t rank = ranks ? ranks[i] : i + 1;
        size_t size = 0;
        const char *word = dataset_word(request->dataset, feature, rank, &size);
        buffer_string(out, i > offset ? ",\n{\"word\":" : "\n{\"word\":");
        json_write_string_size(out, word ? word : "", size);
        buffer_string(out, ",\"rank\":");
        json_write_uint(out, rank);
        buffer_string(out, ",\"count\":");
        json_write_uint(out, vocabulary->counts[rank - 1]);
        buffer_byte(out, '}');
    }
    buffer_string(out, "],\n");
    write_links(request, offset, limit, total, response);
    free(ranks);
    return finish(response, request);
}
