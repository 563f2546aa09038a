// SPDX-License-Identifier: MIT
#include "server/json_query.h"

#include <jansson.h>
#include <string.h>

#include "server/url.h"

static bool refuse(const char *name, struct problem *problem)
{
    return problem_parameter(
        problem, PROBLEM_INVALID_PARAMETER, name,
        "\"%.100s\" in the body must be a number, a text, true, false, null, or "
        "a list of numbers and texts",
        name);
}

// Appends one value without its name. Numbers are written as they are; those that are not whole go
// with as many digits as bring them back.
static bool append_value(struct buffer *query, const char *name, const json_t *value,
                         struct problem *problem)
{
    switch (json_typeof(value)) {
    case JSON_STRING:
        if (strlen(json_string_value(value)) != json_string_length(value))
            return refuse(name, problem);
        url_escape(query, json_string_value(value));
        return true;
    case JSON_INTEGER:
        buffer_printf(query, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
        return true;
    case JSON_REAL:
        buffer_printf(query, "%.17g", json_real_value(value));
        return true;
    case JSON_TRUE:
        buffer_string(query, "true");
        return true;
    case JSON_FALSE:
        buffer_string(query, "false");
        return true;
    case JSON_NULL:
        buffer_string(query, "none");
        return true;
    case JSON_ARRAY:
    case JSON_OBJECT:
        break;
    }
    return refuse(name, problem);
}

static void begin_parameter(struct buffer *query, const char *name)
{
    if (query->size > 0)
        buffer_byte(query, '&');
    url_escape(query, name);
    buffer_byte(query, '=');
}

static bool append_list(struct buffer *query, const char *name, const json_t *list,
                        struct problem *problem)
{
    bool one = strcmp(name, "indices") == 0 || strcmp(name, "features") == 0;
    if (one)
        begin_parameter(query, name);
    for (size_t i = 0; i < json_array_size(list); i++) {
        if (!one)
            begin_parameter(query, name);
        else if (i > 0)
            buffer_byte(query, ',');
        if (!append_value(query, name, json_array_get(list, i), problem))
            return false;
    }
    return true;
}

bool json_query(struct buffer *query, const char *body, size_t size, struct problem *problem)
{
    json_error_t where;
    json_t *object = json_loadb(size > 0 ? body : "", size, JSON_REJECT_DUPLICATES, &where);
    if (!object)
        return problem_set(problem, PROBLEM_INVALID_REQUEST,
                           "the body is no JSON: line %d, column %d: %s", where.line, where.column,
                           where.text);
    bool done = json_is_object(object);
    if (!done)
        problem_set(problem, PROBLEM_INVALID_REQUEST,
                    "the body must be a JSON object, as {\"indices\":[3,1,4]}");
    const char *name;
    json_t *value;
    if (done)
        json_object_foreach(object, name, value)
        {
            if (json_is_array(value)) {
                done = append_list(query, name, value, problem);
            } else {
                begin_parameter(query, name);
                done = append_value(query, name, value, problem);
            }
            if (!done)
                break;
        }
    json_decref(object);
    if (done && query->failed)
        done = problem_set(problem, PROBLEM_BUSY, "not enough memory");
    return done;
}
