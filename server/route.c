// SPDX-License-Identifier: MIT
#include "server/route.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "encode/decimal.h"
#include "encode/json.h"
#include "server/url.h"
#include "store/schema.h"

static bool same_text(const char *a, size_t size, const char *b)
{
    return strlen(b) == size && memcmp(a, b, size) == 0;
}

// The next segment of a path at *at ("/seg/seg"): its start and size; false at the end.
static bool next_segment(const char **at, const char **segment, size_t *size)
{
    if (**at != '/')
        return false;
    *segment = *at + 1;
    *size = strcspn(*segment, "/?");
    *at = *segment + *size;
    return true;
}

struct match {
    const char *value[ROUTE_MAX_SEGMENTS]; // still encoded
    size_t size[ROUTE_MAX_SEGMENTS];
    size_t num_values;
};

static bool match_segment(const char *pattern, size_t pattern_size, const char *segment,
                          size_t size, struct match *match)
{
    if (pattern[0] != '{')
        return pattern_size == size && memcmp(pattern, segment, size) == 0;
    const char *close = memchr(pattern, '}', pattern_size);
    size_t ending = pattern_size - (size_t)(close + 1 - pattern);
    if (size <= ending || memcmp(segment + size - ending, close + 1, ending) != 0)
        return false;
    match->value[match->num_values] = segment;
    match->size[match->num_values++] = size - ending;
    return true;
}

static bool match_path(const char *pattern, const char *path, struct match *match)
{
    match->num_values = 0;
    const char *a = pattern, *b = path, *pattern_segment, *segment;
    size_t pattern_size, size;
    for (;;) {
        bool more_a = next_segment(&a, &pattern_segment, &pattern_size);
        bool more_b = next_segment(&b, &segment, &size);
        if (!more_a || !more_b)
            return more_a == more_b;
        if (!match_segment(pattern_segment, pattern_size, segment, size, match))
            return false;
    }
}

static size_t find_param(const struct route *route, const char *name)
{
    size_t i = 0;
    for (; route->params && route->params[i].name; i++)
        if (route->params[i].name[0] == name[0] && strcmp(route->params[i].name, name) == 0)
            return i;
    return SIZE_MAX;
}

const struct value *request_value(const struct request *request, const char *name)
{
    static const struct value NONE = {.given = false};
    size_t i = find_param(request->route, name);
    return i == SIZE_MAX ? &NONE : &request->values[i];
}

bool request_sample_exists(const struct request *request, int split, uint64_t index,
                           struct problem *problem)
{
    const struct split *of = &request->schema->splits[split];
    if (index < of->num_samples)
        return true;
    return problem_parameter(problem, PROBLEM_NO_SAMPLE, "index",
                             "no sample %llu in split %s of %s; it has %llu samples, from 0 on",
                             (unsigned long long)index, of->name, request->schema->name,
                             (unsigned long long)of->num_samples);
}

static bool resolve_dataset(struct request *request, const char *name, struct problem *problem)
{
    request->dataset = snapshot_find(request->snapshot, name);
    if (request->dataset) {
        request->schema = dataset_schema(request->dataset);
        const char *damage = dataset_damage(request->dataset);
        return !damage || problem_set(problem, PROBLEM_DAMAGED, "%s", damage);
    }
    const char *broken = snapshot_broken(request->snapshot, name);
    if (broken)
        return problem_set(problem, PROBLEM_DAMAGED, "%s", broken);
    struct buffer names = BUFFER_INIT;
    size_t count = snapshot_num_datasets(request->snapshot);
    for (size_t i = 0; i < count; i++) {
        const char *other = dataset_schema(snapshot_dataset(request->snapshot, i))->name;
        if (i < 20)
            buffer_printf(&names, "%s%s", i ? ", " : "", other);
    }
    if (count > 20)
        buffer_printf(&names, ", and %zu more", count - 20);
    const char *list = buffer_text(&names);
    if (count)
        problem_set(problem, PROBLEM_UNKNOWN_DATASET, "no dataset \"%.64s\"; there are: %s", name,
                    list ? list : "");
    else
        problem_set(problem, PROBLEM_UNKNOWN_DATASET,
                    "no dataset \"%.64s\"; there are none yet: samplecase add NAME PATH", name);
    for (size_t i = 0; i < count; i++)
        problem_allow(problem, dataset_schema(snapshot_dataset(request->snapshot, i))->name);
    buffer_free(&names);
    return false;
}

static bool add_filter(struct request *request, int feature, const char *parameter,
                       const char *text, struct problem *problem)
{
    const struct feature *column = &request->schema->features[feature];
    uint64_t number;
    long id = feature_class_id(column, text);
    if (id < 0 && text_uint64(text, &number) && number < column->num_classes)
        id = (long)number;
    if (id < 0) {
        problem_parameter(problem, PROBLEM_INVALID_PARAMETER, parameter,
                          "%s=%.100s: no such class; give an id from 0 to %zu or a name from "
                          "%s/datasets/%s/classes?feature=%s",
                          parameter, text, column->num_classes - 1, request->site->base_path,
                          request->schema->name, column->name);
        for (size_t i = 0; i < column->num_classes; i++)
            problem_allow(problem, column->classes[i].name);
        return false;
    }
    for (size_t i = 0; i < request->num_filters; i++)
        if (request->filters[i].feature == feature && request->filters[i].id == id)
            return true;
    request->filters[request->num_filters++] = (struct filter_arg){feature, id};
    return true;
}

// The class feature that a query parameter names, or -1.
static int filter_feature(const struct request *request, const char *name)
{
    if (!(request->route->flags & ROUTE_FILTERS) || !request->schema)
        return -1;
    int feature = schema_feature(request->schema, name);
    if (feature >= 0 && request->schema->features[feature].kind == FEATURE_CLASS)
        return feature;
    return strcmp(name, "label") == 0 ? schema_label(request->schema) : -1;
}

static bool unknown_parameter(const struct request *request, const char *name,
                              struct problem *problem)
{
    struct buffer names = BUFFER_INIT;
    const struct route *route = request->route;
    for (size_t i = request->num_path_values; route->params && route->params[i].name; i++)
        buffer_printf(&names, "%s%s", names.size ? "\n" : "", route->params[i].name);
    if (route->flags & ROUTE_FILTERS && request->schema)
        for (size_t i = 0; i < request->schema->num_features; i++)
            if (request->schema->features[i].kind == FEATURE_CLASS)
                buffer_printf(&names, "%s%s", names.size ? "\n" : "",
                              request->schema->features[i].name);
    buffer_text(&names);
    problem_parameter(problem, PROBLEM_UNKNOWN_PARAMETER, name, "unknown parameter \"%.100s\"; %s",
                      name, names.size ? "see `allowed`" : "this address takes none");
    for (char *at = names.failed || !names.size ? NULL : names.data; at;) {
        char *end = strchr(at, '\n');
        if (end)
            *end = '\0';
        problem_allow(problem, at);
        at = end ? end + 1 : NULL;
    }
    buffer_free(&names);
    return false;
}

static bool parse_arg(struct request *request, char *name, char *text, struct problem *problem)
{
    size_t i = find_param(request->route, name);
    if (i != SIZE_MAX && i >= request->num_path_values) {
        struct value *value = &request->values[i];
        if (value->given)
            return problem_parameter(problem, PROBLEM_INVALID_PARAMETER, name,
                                     "%s is given twice; give it once", name);
        value->given = true;
        value->text = text;
        return param_parse(&request->route->params[i], value, problem);
    }
    int feature = filter_feature(request, name);
    if (feature < 0)
        return unknown_parameter(request, name, problem);
    return add_filter(request, feature, name, text, problem);
}

// Splits "a=1&b=2" and parses each part. The text is changed.
static bool parse_query(struct request *request, char *query, struct problem *problem)
{
    size_t count = 1;
    for (const char *at = query; *at; at++)
        count += *at == '&';
    if (count > ROUTE_MAX_ARGS)
        return problem_set(problem, PROBLEM_TOO_LARGE, "the query has %zu parameters; at most %d",
                           count, ROUTE_MAX_ARGS);
    if (request->route->flags & ROUTE_FILTERS) {
        request->filters = calloc(count, sizeof *request->filters);
        if (!request->filters)
            return problem_set(problem, PROBLEM_BUSY, "not enough memory");
    }
    for (char *at = query; at;) {
        char *end = strchr(at, '&');
        if (end)
            *end = '\0';
        char *text = strchr(at, '=');
        if (text)
            *text++ = '\0';
        if (*at || text) {
            if (!url_decode(at, true) || (text && !url_decode(text, true)))
                return problem_set(problem, PROBLEM_INVALID_REQUEST,
                                   "the query has a bad percent escape, or is not UTF-8");
            static char empty[1] = "";
            if (!parse_arg(request, at, text ? text : empty, problem))
                return false;
        }
        at = end ? end + 1 : NULL;
    }
    return true;
}

static bool parse_path(struct request *request, const struct match *match, char *text,
                       struct problem *problem)
{
    for (size_t i = 0; i < match->num_values; i++) {
        memcpy(text, match->value[i], match->size[i]);
        text[match->size[i]] = '\0';
        if (!url_decode(text, false))
            return problem_set(problem, PROBLEM_INVALID_REQUEST,
                               "the path has a bad percent escape, or is not UTF-8");
        const struct param *param = &request->route->params[i];
        struct value *value = &request->values[i];
        *value = (struct value){.given = true, .text = text};
        text += match->size[i] + 1;
        if (strcmp(param->name, "dataset") == 0) {
            if (!resolve_dataset(request, value->text, problem))
                return false;
        } else if (!param_parse(param, value, problem)) {
            return false;
        }
    }
    return true;
}

// Looks at `rev` before all others: what else is in the query may be right for that revision alone.
static bool check_revision(struct request *request, const char *query, struct problem *problem)
{
    if (!request->schema || find_param(request->route, "rev") == SIZE_MAX)
        return true;
    const char *current = request->schema->revision;
    for (const char *at = query; at;) {
        size_t size = strcspn(at, "&");
        if (size > 4 && strncmp(at, "rev=", 4) == 0) {
            request->immutable = same_text(at + 4, size - 4, current);
            if (!request->immutable)
                return problem_parameter(problem, PROBLEM_GONE, "rev",
                                         "%s is now at revision %s, not %.*s; look at "
                                         "%s/datasets/%s and start again from it",
                                         request->schema->name, current,
                                         size - 4 < 70 ? (int)size - 4 : 70, at + 4,
                                         request->site->base_path, request->schema->name);
        }
        at = at[size] ? at + size + 1 : NULL;
    }
    return true;
}

bool route_parse(struct request *request, const char *target, struct problem *problem)
{
    struct match match;
    match_path(request->route->pattern, target, &match);
    request->snapshot = library_snapshot(request->site->library);
    request->num_path_values = match.num_values;
    size_t size = strlen(target);
    request->args_text = malloc(2 * size + 2 * ROUTE_MAX_SEGMENTS);
    if (!request->args_text)
        return problem_set(problem, PROBLEM_BUSY, "not enough memory");
    const struct param *params = request->route->params;
    for (size_t i = 0; params && params[i].name; i++) {
        request->values[i].text = params[i].standard;
        if (params[i].standard && params[i].type == PARAM_NUMBER)
            text_uint64(params[i].standard, &request->values[i].number);
    }
    char *query_text = request->args_text + size + ROUTE_MAX_SEGMENTS;
    if (!parse_path(request, &match, request->args_text, problem))
        return false;
    const char *query = strchr(target, '?');
    if (query && !(request->route->flags & ROUTE_PAGE)) {
        memcpy(query_text, query + 1, strlen(query + 1) + 1);
        return check_revision(request, query + 1, problem) &&
               parse_query(request, query_text, problem);
    }
    return true;
}

static bool is_method(const struct route *route, const char *method, bool head)
{
    return strcmp(route->method, head ? "GET" : method) == 0;
}

const char *route_allow(const char *target)
{
    bool get = false, post = false;
    struct match match;
    for (const struct route *route = ROUTES; route->method; route++) {
        if (match_path(route->pattern, target, &match)) {
            get |= strcmp(route->method, "GET") == 0;
            post |= strcmp(route->method, "POST") == 0;
        }
    }
    if (get && post)
        return "GET, HEAD, POST, OPTIONS";
    return get ? "GET, HEAD, OPTIONS" : post ? "POST, OPTIONS" : NULL;
}

bool route_find(struct request *request, const char *method, const char *target,
                struct problem *problem, const char **allow)
{
    struct match match;
    const char *base = request->site->base_path;
    *allow = NULL;
    for (const struct route *route = ROUTES; route->method; route++) {
        if (is_method(route, method, request->head) && match_path(route->pattern, target, &match)) {
            request->route = route;
            return true;
        }
    }
    *allow = route_allow(target);
    if (*allow)
        return problem_set(problem, PROBLEM_METHOD, "%.20s is not allowed here; allowed: %s",
                           method, *allow);
    return problem_set(problem, PROBLEM_NOT_FOUND,
                       "nothing at %s%.200s; what there is: %s/openapi.json, %s/datasets", base,
                       target, base, base);
}

void request_clear(struct request *request)
{
    for (size_t i = 0; i < ROUTE_MAX_PARAMS; i++)
        free(request->values[i].numbers);
    free(request->filters);
    free(request->args_text);
    if (request->snapshot)
        snapshot_release(request->snapshot);
    request->snapshot = NULL;
}

static int compare_filters(const void *a, const void *b)
{
    const struct filter_arg *x = a, *y = b;
    if (x->feature != y->feature)
        return x->feature < y->feature ? -1 : 1;
    return x->id < y->id ? -1 : x->id > y->id;
}

static void canonical_arg(struct buffer *out, const char *name)
{
    if (out->size)
        buffer_byte(out, '&');
    url_escape(out, name);
    buffer_byte(out, '=');
}

static bool is_window(const char *name)
{
    return strcmp(name, "split") == 0 || strcmp(name, "offset") == 0 || strcmp(name, "limit") == 0;
}

void request_canonical(const struct request *request, bool window, struct buffer *out)
{
    const struct param *params = request->route->params;
    for (size_t i = request->num_path_values; params && params[i].name; i++) {
        const struct value *value = &request->values[i];
        if (!value->given || strcmp(params[i].name, "rev") == 0 ||
            (!window && is_window(params[i].name)))
            continue;
        canonical_arg(out, params[i].name);
        char text[DECIMAL_PLAIN_MAX];
        if (params[i].type == PARAM_FRACTION)
            buffer_append(out, text, decimal_plain(text, value->fraction));
        else if (params[i].type == PARAM_NUMBER || (params[i].type == PARAM_OPTIONAL && !value->none))
            json_write_uint(out, value->number);
        else
            url_escape(out, value->text);
    }
    if (request->num_filters)
        qsort(request->filters, request->num_filters, sizeof *request->filters, compare_filters);
    for (size_t i = 0; i < request->num_filters; i++) {
        canonical_arg(out, request->schema->features[request->filters[i].feature].name);
        buffer_printf(out, "%ld", request->filters[i].id);
    }
}
