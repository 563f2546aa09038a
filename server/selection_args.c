// SPDX-License-Identifier: MIT
#include "server/selection_args.h"

#include <stdlib.h>
#include <string.h>

int selection_args_split(const struct request *request, struct problem *problem)
{
    if (token_args_keras(request))
        return token_args_split(request, problem);
    const struct schema *schema = request->schema;
    const struct value *value = request_value(request, "split");
    int split = value->text ? schema_split(schema, value->text) : schema_default_split(schema);
    if (split >= 0)
        return split;
    struct buffer names = BUFFER_INIT;
    for (size_t i = 0; i < schema->num_splits; i++)
        buffer_printf(&names, "%s%s", i ? ", " : "", schema->splits[i].name);
    const char *list = buffer_text(&names);
    problem_parameter(problem, PROBLEM_UNKNOWN_SPLIT, "split",
                      "%s has no split \"%.100s\"; there are: %s", schema->name, value->text,
                      list ? list : "");
    for (size_t i = 0; i < schema->num_splits; i++)
        problem_allow(problem, schema->splits[i].name);
    buffer_free(&names);
    return -1;
}

const char *selection_args_split_name(const struct request *request, int split)
{
    const char *asked = request_value(request, "split")->text;
    return asked ? asked : token_args_keras(request) ? "train" : request->schema->splits[split].name;
}

uint64_t selection_args_seed(const struct request *request)
{
    return token_args_keras(request) ? token_args_seed(request)
                                     : request_value(request, "seed")->number;
}

// The feature whose name stands at the beginning of a list of names, with a comma or the end behind
// it, and the size of that name. Of several the longest is meant: names may have commas themselves.
// -1 for none; *size is then up to the next comma.
static int first_feature(const struct schema *schema, const char *list, size_t *size)
{
    int found = -1;
    *size = strcspn(list, ",");
    for (size_t i = 0; i < schema->num_features; i++) {
        const char *name = schema->features[i].name;
        size_t length = strlen(name);
        if (length >= *size && strncmp(list, name, length) == 0 &&
            (!list[length] || list[length] == ',')) {
            found = (int)i;
            *size = length;
        }
    }
    return found;
}

bool *selection_args_features(const struct request *request, struct problem *problem)
{
    const struct schema *schema = request->schema;
    const struct value *value = request_value(request, "features");
    bool *wanted = malloc(schema->num_features * sizeof *wanted);
    if (!wanted) {
        problem_set(problem, PROBLEM_BUSY, "not enough memory");
        return NULL;
    }
    memset(wanted, value->given ? false : true, schema->num_features * sizeof *wanted);
    for (const char *at = value->given ? value->text : NULL; at;) {
        size_t size;
        int feature = first_feature(schema, at, &size);
        if (feature < 0) {
            problem_parameter(problem, PROBLEM_UNKNOWN_FEATURE, "features",
                              "%s has no feature \"%.*s\"; see `allowed`", schema->name,
                              (int)(size < 100 ? size : 100), at);
            for (size_t i = 0; i < schema->num_features; i++)
                problem_allow(problem, schema->features[i].name);
            free(wanted);
            return NULL;
        }
        wanted[feature] = true;
        at = at[size] ? at + size + 1 : NULL;
    }
    return wanted;
}

const char *selection_args_amount(const struct request *request)
{
    return request_value(request, "indices")->given ? "indices" : "limit";
}

static bool check_combination(const struct request *request, struct problem *problem)
{
    static const char *const NOT_WITH_INDICES[] = {"offset", "limit", "order", "seed",
                                                   "epoch",  "shard", "shards"};
    if (request_value(request, "indices")->given) {
        for (size_t i = 0; i < sizeof NOT_WITH_INDICES / sizeof *NOT_WITH_INDICES; i++)
            if (request_value(request, NOT_WITH_INDICES[i])->given)
                return problem_parameter(problem, PROBLEM_INVALID_PARAMETER, NOT_WITH_INDICES[i],
                                         "%s does not go together with indices, which say what to "
                                         "answer with and in which order",
                                         NOT_WITH_INDICES[i]);
        if (request->num_filters)
            return problem_parameter(problem, PROBLEM_INVALID_PARAMETER, "indices",
                                     "indices do not go together with a class filter");
    }
    if (!token_args_check(request, problem))
        return false;
    bool shuffle = strcmp(request_value(request, "order")->text, "shuffle") == 0;
    static const char *const SHUFFLE_ONLY[] = {"seed", "epoch"};
    for (size_t i = 0; i < 2 && !shuffle; i++)
        if (request_value(request, SHUFFLE_ONLY[i])->given && (i > 0 || !token_args_keras(request)))
            return problem_parameter(problem, PROBLEM_INVALID_PARAMETER, SHUFFLE_ONLY[i],
                                     "%s has a meaning with order=shuffle only%s", SHUFFLE_ONLY[i],
                                     i == 0 ? ", or with compat=keras" : "");
    if (request_value(request, "shard")->number >= request_value(request, "shards")->number)
        return problem_parameter(problem, PROBLEM_INVALID_PARAMETER, "shard",
                                 "shard=%llu: must be less than shards=%llu; parts count from 0",
                                 (unsigned long long)request_value(request, "shard")->number,
                                 (unsigned long long)request_value(request, "shards")->number);
    return true;
}

// Groups the request's (feature, id) pairs by feature. *ids and the result are owned by the caller.
static struct class_filter *group_filters(const struct request *request, size_t *count, long **ids)
{
    size_t n = request->num_filters, used = 0;
    struct class_filter *filters = calloc(n, sizeof *filters);
    *ids = calloc(n, sizeof **ids);
    *count = 0;
    for (size_t i = 0; filters && *ids && i < n; i++) {
        int feature = request->filters[i].feature;
        bool seen = false;
        for (size_t j = 0; j < i; j++)
            seen |= request->filters[j].feature == feature;
        if (seen)
            continue;
        struct class_filter *filter = &filters[(*count)++];
        *filter = (struct class_filter){.feature = feature, .ids = *ids + used};
        for (size_t j = i; j < n; j++)
            if (request->filters[j].feature == feature)
                filter->ids[filter->num_ids++] = request->filters[j].id;
        used += filter->num_ids;
    }
    return filters && *ids ? filters : NULL;
}

// Classes were looked up before: what is missing can be one of the indices alone.
static void refuse_selection(const struct request *request, const struct error *error,
                             struct problem *problem)
{
    if (error->kind == ERROR_MISSING && request_value(request, "indices")->given)
        problem_parameter(problem, PROBLEM_NO_SAMPLE, "indices", "%s", error->text);
    else
        problem_error(problem, error);
}

struct selection *selection_args_build(const struct request *request, int split,
                                       struct problem *problem)
{
    struct keras_part part = {.split = split};
    bool keras = token_args_keras(request);
    if (!check_combination(request, problem) ||
        (keras && !token_args_load(request, &part, problem)))
        return NULL;
    bool shuffle = strcmp(request_value(request, "order")->text, "shuffle") == 0;
    const struct value *indices = request_value(request, "indices");
    struct selection_query query = {
        .split = split,
        .base = part.order.table ? &part.order : NULL,
        .order = shuffle ? ORDER_SHUFFLE : ORDER_INDEX,
        .seed = selection_args_seed(request),
        .epoch = request_value(request, "epoch")->number,
        .shard = request_value(request, "shard")->number,
        .shards = request_value(request, "shards")->number,
        .indices = indices->numbers,
        .num_indices = indices->num_numbers,
        .offset = request_value(request, "offset")->number,
        .limit = indices->given ? indices->num_numbers : request_value(request, "limit")->number,
    };
    struct class_filter *filters = NULL;
    long *ids = NULL;
    if (request->num_filters) {
        filters = group_filters(request, &query.num_filters, &ids);
        query.filters = filters;
    }
    struct error error = ERROR_INIT;
    struct selection *selection = NULL;
    if (request->num_filters && !filters)
        problem_set(problem, PROBLEM_BUSY, "not enough memory");
    else if (!(selection = selection_new(request->dataset, &query, &error)))
        refuse_selection(request, &error, problem);
    keras_part_clear(&part);
    free(filters);
    free(ids);
    return selection;
}
