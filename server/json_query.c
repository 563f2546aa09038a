// SPDX-License-Identifier: MIT
#include "server/json_query.h"

#include <jansson.h>
#include <string.h>

#include "encode/decimal.h"
#include "server/url.h"

static bool refuse(const char *name, struct problem *problem)
{
    return problem_parameter(
        problem, PROBLEM_INVALID_PARAMETER, name,
        "\"%.100s\" in the body must be a number, a text, true, false, null, or "
        "a list of numbers and texts",
        name);
}

// What a member is for: its name, and the row of the table that has it, or NULL.
struct member {
    const char *name;
    const struct param *param;
};

static struct member find_member(const struct param *params, const char *name)
{
    for (const struct param *param = params; param && param->name; param++)
        if (strcmp(param->name, name) == 0)
            return (struct member){name, param};
    return (struct member){name, NULL};
}

static bool append_null(struct buffer *query, const struct member *member, struct problem *problem)
{
    if (!member->param || member->param->type != PARAM_OPTIONAL)
        return problem_parameter(problem, PROBLEM_INVALID_PARAMETER, member->name,
                                 "null is no value for %.100s; give it one, or leave it out%s%s",
                                 member->name, member->param ? ": " : "",
                                 member->param ? member->param->help : "");
    buffer_string(query, "none");
    return true;
}

// A whole number goes without its point, 1e3 as 1000, as long as doubles tell whole numbers apart.
static void append_real(struct buffer *query, double value)
{
    char text[DECIMAL_PLAIN_MAX];
    size_t size = decimal_plain(text, value);
    bool whole = value > -0x1p53 && value < 0x1p53 && memcmp(text + size - 2, ".0", 2) == 0;
    buffer_append(query, text, whole ? size - 2 : size);
}

// Appends one value without its name.
static bool append_value(struct buffer *query, const struct member *member, const json_t *value,
                         struct problem *problem)
{
    const char *name = member->name;
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
        append_real(query, json_real_value(value));
        return true;
    case JSON_TRUE:
        buffer_string(query, "true");
        return true;
    case JSON_FALSE:
        buffer_string(query, "false");
        return true;
    case JSON_NULL:
        return append_null(query, member, problem);
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

static bool append_list(struct buffer *query, const struct member *member, const json_t *list,
                        struct problem *problem)
{
    const char *name = member->name;
    const struct param *param = member->param;
    bool one = param && (param->type == PARAM_NUMBERS || param->type == PARAM_NAMES);
    if (json_array_size(list) == 0) // no parameter would be left of it, and nobody told
        return problem_parameter(problem, PROBLEM_INVALID_PARAMETER, name,
                                 "%.100s is an empty list; give at least one value, or leave it "
                                 "out%s%s",
                                 name, param ? ": " : "", param ? param->help : "");
    if (one)
        begin_parameter(query, name);
    for (size_t i = 0; i < json_array_size(list); i++) {
        if (!one)
            begin_parameter(query, name);
        else if (i > 0)
            buffer_byte(query, ',');
        if (!append_value(query, member, json_array_get(list, i), problem))
            return false;
    }
    return true;
}

bool json_query(struct buffer *query, const struct param *params, const char *body, size_t size,
                struct problem *problem)
{
    json_error_t where;
    json_t *object = json_loadb(size > 0 ? body : "", size, JSON_REJECT_DUPLICATES, &where);
    if (!object && json_error_code(&where) == json_error_numeric_overflow)
        return problem_set(
            problem, PROBLEM_INVALID_REQUEST,
            "line %d, column %d: this number is beyond those that are read from JSON; "
            "from 2^63 on write it as a text, as in \"seed\":\"9223372036854775808\"",
            where.line, where.column);
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
            struct member member = find_member(params, name);
            if (json_is_array(value)) {
                done = append_list(query, &member, value, problem);
            } else {
                begin_parameter(query, name);
                done = append_value(query, &member, value, problem);
            }
            if (!done)
                break;
        }
    json_decref(object);
    if (done && query->failed)
        done = problem_set(problem, PROBLEM_BUSY, "not enough memory");
    return done;
}
