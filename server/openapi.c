// SPDX-License-Identifier: MIT
#include "server/openapi.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "server/route.h"

#define FILTER_HELP                                                                                \
    "a class feature's name with a class id or name; label also stands for the only or finest "    \
    "class feature; where one class has another's id for its name, the name holds"

static void set_text(json_t *object, const char *key, const char *text)
{
    json_object_set_new(object, key, json_string(text));
}

static json_t *number(uint64_t value)
{
    return value > INT64_MAX ? json_integer(INT64_MAX) : json_integer((json_int_t)value);
}

static json_t *choices(const char *text)
{
    json_t *list = json_array();
    for (const char *at = text; at;) {
        size_t size = strcspn(at, "|");
        json_array_append_new(list, json_stringn(at, size));
        at = at[size] ? at + size + 1 : NULL;
    }
    return list;
}

static json_t *param_schema(const struct param *param)
{
    json_t *schema = json_object();
    uint64_t standard;
    switch (param->type) {
    case PARAM_FRACTION:
        set_text(schema, "type", "number");
        json_object_set_new(schema, "minimum", number(0));
        json_object_set_new(schema, "maximum", number(1));
        return schema;
    case PARAM_OPTIONAL: // the bounds are for numbers, the pattern is for texts
        json_object_set_new(schema, "type", json_pack("[s,s]", "integer", "string"));
        json_object_set_new(schema, "minimum", number(param->min));
        json_object_set_new(schema, "maximum", number(param->max));
        set_text(schema, "pattern", "^none$");
        return schema;
    case PARAM_NUMBER:
        set_text(schema, "type", "integer");
        json_object_set_new(schema, "minimum", number(param->min));
        if (param->max != UINT64_MAX)
            json_object_set_new(schema, "maximum", number(param->max));
        if (param->standard && text_uint64(param->standard, &standard))
            json_object_set_new(schema, "default", number(standard));
        return schema;
    case PARAM_CHOICE:
        json_object_set_new(schema, "enum", choices(param->choices));
        break;
    case PARAM_NUMBERS:
        set_text(schema, "pattern", "^[0-9]+(-[0-9]+)?(,[0-9]+(-[0-9]+)?)*$");
        break;
    case PARAM_TEXT:
    case PARAM_NAMES:
        break;
    }
    set_text(schema, "type", "string");
    if (param->standard)
        set_text(schema, "default", param->standard);
    return schema;
}

static bool is_in_path(const struct route *route, const struct param *param)
{
    char braces[128];
    snprintf(braces, sizeof braces, "{%s}", param->name);
    return strstr(route->pattern, braces) != NULL;
}

static json_t *parameter(const struct route *route, const struct param *param)
{
    bool in_path = is_in_path(route, param);
    json_t *object = json_object();
    set_text(object, "name", param->name);
    set_text(object, "in", in_path ? "path" : "query");
    json_object_set_new(object, "required", json_boolean(in_path));
    set_text(object, "description", param->help);
    json_object_set_new(object, "schema", param_schema(param));
    return object;
}

// Class features are parameters whose names only the dataset knows.
static json_t *filter_parameter(void)
{
    return json_pack("{s:s, s:s, s:b, s:s, s:s, s:b, s:{s:s, s:{s:[s,s], s:{s:s}}}}", "name",
                     "class", "in", "query", "required", 0, "description",
                     FILTER_HELP "; repeat it for \"or\"", "style", "form", "explode", 1, "schema",
                     "type", "object", "additionalProperties", "type", "string", "array", "items",
                     "type", "string");
}

// What the answer may be: the media types of the route, without their parameters.
static json_t *content(const char *media_types)
{
    json_t *object = json_object();
    for (const char *at = media_types; at;) {
        size_t size = strcspn(at, "|");
        json_object_setn_new(object, at, strcspn(at, ";|"), json_object());
        at = at[size] ? at + size + 1 : NULL;
    }
    return object;
}

// In a JSON body numbers are numbers or texts of digits, lists are lists or texts with commas.
// Bounds are for numbers, patterns for texts.
static json_t *member_schema(const struct param *param)
{
    json_t *schema = param_schema(param);
    switch (param->type) {
    case PARAM_NUMBER: // larger numbers go as texts
        json_object_set_new(schema, "type", json_pack("[s,s]", "integer", "string"));
        json_object_set_new(schema, "maximum", number(param->max));
        set_text(schema, "pattern", "^[0-9]+$");
        break;
    case PARAM_OPTIONAL:
        json_object_set_new(schema, "type", json_pack("[s,s,s]", "integer", "string", "null"));
        set_text(schema, "pattern", "^([0-9]+|none)$");
        break;
    case PARAM_FRACTION:
        json_object_set_new(schema, "type", json_pack("[s,s]", "number", "string"));
        set_text(schema, "pattern", "^[0-9]+(\\.[0-9]+)?$");
        break;
    case PARAM_NUMBERS:
        json_object_set_new(schema, "type", json_pack("[s,s]", "array", "string"));
        json_object_set_new(schema, "items",
                            json_pack("{s:s, s:i}", "type", "integer", "minimum", 0));
        json_object_set_new(schema, "minItems", number(1));
        json_object_set_new(schema, "maxItems", number(param->max));
        break;
    case PARAM_NAMES:
        json_object_set_new(schema, "type", json_pack("[s,s]", "array", "string"));
        json_object_set_new(schema, "items", json_pack("{s:s}", "type", "string"));
        json_object_set_new(schema, "minItems", number(1));
        break;
    case PARAM_TEXT:
    case PARAM_CHOICE:
        break;
    }
    set_text(schema, "description", param->help);
    return schema;
}

// Members whose names only the dataset knows.
static json_t *filter_schema(void)
{
    return json_pack("{s:s, s:[s,s,s], s:i, s:{s:[s,s]}, s:i}", "description",
                     FILTER_HELP "; a list of them for \"or\"", "type", "integer", "string",
                     "array", "minimum", 0, "items", "type", "integer", "string", "minItems", 1);
}

// The parameters once more, as members of a JSON object.
static json_t *request_body(const struct route *route)
{
    json_t *members = json_object();
    for (const struct param *param = route->params; param && param->name; param++)
        if (!is_in_path(route, param))
            json_object_set_new(members, param->name, member_schema(param));
    json_t *others = route->flags & ROUTE_FILTERS ? filter_schema() : json_false();
    return json_pack("{s:b, s:s, s:{s:{s:{s:s, s:o, s:o}}}}", "required", 0, "description",
                     "parameters by name; lists as JSON lists, class features by their names",
                     "content", "application/json", "schema", "type", "object", "properties",
                     members, "additionalProperties", others);
}

static json_t *operation(const struct route *route)
{
    json_t *parameters = json_array();
    for (const struct param *param = route->params; param && param->name; param++)
        json_array_append_new(parameters, parameter(route, param));
    if (route->flags & ROUTE_FILTERS)
        json_array_append_new(parameters, filter_parameter());
    json_t *answer = json_pack("{s:s}", "description", route->answer);
    if (*route->media_type)
        json_object_set_new(answer, "content", content(route->media_type));
    json_t *object =
        json_pack("{s:s, s:o, s:{s:o, s:{s:s}}}", "summary", route->summary, "parameters",
                  parameters, "responses", *route->media_type ? "200" : "204", answer, "default",
                  "$ref", "#/components/responses/problem");
    if (route->flags & ROUTE_BODY)
        json_object_set_new(object, "requestBody", request_body(route));
    if (route->flags & ROUTE_OPEN)
        json_object_set_new(object, "security", json_array());
    return object;
}

static json_t *components(void)
{
    return json_pack(
        "{s:{s:{s:s, s:{s:{s:{s:s}}}}}, s:{s:{s:s, s:[s,s,s,s,s],"
        "s:{s:{s:s}, s:{s:s}, s:{s:s}, s:{s:s}, s:{s:s}, s:{s:s}, s:{s:s, s:{s:s}}}}},"
        "s:{s:{s:s, s:s}, s:{s:s, s:s, s:s}}}",
        "responses", "problem", "description", "what was wrong and what would be right (RFC 9457)",
        "content", "application/problem+json", "schema", "$ref", "#/components/schemas/problem",
        "schemas", "problem", "type", "object", "required", "type", "title", "status", "detail",
        "code", "properties", "type", "type", "string", "title", "type", "string", "status", "type",
        "integer", "detail", "type", "string", "code", "type", "string", "parameter", "type",
        "string", "allowed", "type", "array", "items", "type", "string", "securitySchemes", "token",
        "type", "http", "scheme", "bearer", "cookie", "type", "apiKey", "in", "cookie", "name",
        "samplecase");
}

bool openapi_write(struct buffer *out, const char *base_path)
{
    json_t *paths = json_object();
    for (const struct route *route = ROUTES; route->method; route++) {
        json_t *item = json_object_get(paths, route->pattern);
        if (!item) {
            item = json_object();
            json_object_set_new(paths, route->pattern, item);
        }
        json_object_set_new(item, strcmp(route->method, "POST") == 0 ? "post" : "get",
                            operation(route));
    }
    json_t *document = json_pack(
        "{s:s, s:{s:s, s:s, s:s, s:{s:s, s:s}}, s:[{s:s}], s:o, s:o, s:[{}, {s:[]}, {s:[]}]}",
        "openapi", "3.1.0", "info", "title", "Samplecase", "version", SAMPLECASE_VERSION,
        "description", "Datasets for learning and research, decoded once and served to everyone.",
        "license", "name", "MIT", "identifier", "MIT", "servers", "url",
        *base_path ? base_path : "/", "paths", paths, "components", components(), "security",
        "token", "cookie");
    char *text = document ? json_dumps(document, JSON_COMPACT) : NULL;
    if (text)
        buffer_string(out, text);
    buffer_byte(out, '\n');
    free(text);
    json_decref(document);
    return text && !out->failed;
}
