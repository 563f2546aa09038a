// SPDX-License-Identifier: MIT
#include "server/problem.h"

#include <stdarg.h>
#include <stdio.h>

#include "encode/json.h"

static const struct {
    unsigned status;
    const char *code, *title;
} TABLE[] = {
    [PROBLEM_NONE] = {500, "internal", "Internal error"},
#define X(id, status, code, title) [id] = {status, code, title},
    PROBLEM_LIST(X)
#undef X
};

enum { MAX_ALLOWED = 100 };

__attribute__((format(printf, 3, 0))) static bool set(struct problem *problem,
                                                      enum problem_kind kind,
                                                      const char *format, va_list args)
{
    problem->kind = kind;
    vsnprintf(problem->detail, sizeof problem->detail, format, args);
    return false;
}

bool problem_set(struct problem *problem, enum problem_kind kind, const char *format, ...)
{
    if (problem->kind != PROBLEM_NONE)
        return false;
    va_list args;
    va_start(args, format);
    set(problem, kind, format, args);
    va_end(args);
    return false;
}

bool problem_parameter(struct problem *problem, enum problem_kind kind, const char *parameter,
                       const char *format, ...)
{
    if (problem->kind != PROBLEM_NONE)
        return false;
    snprintf(problem->parameter, sizeof problem->parameter, "%s", parameter);
    va_list args;
    va_start(args, format);
    set(problem, kind, format, args);
    va_end(args);
    return false;
}

void problem_allow(struct problem *problem, const char *value)
{
    if (problem->num_allowed == MAX_ALLOWED)
        return;
    if (problem->num_allowed++)
        buffer_byte(&problem->allowed, ',');
    json_write_string(&problem->allowed, value);
}

bool problem_error(struct problem *problem, const struct error *error)
{
    enum problem_kind kind = PROBLEM_INTERNAL;
    switch (error->kind) {
    case ERROR_INPUT:
    case ERROR_EXISTS:
        kind = PROBLEM_INVALID_PARAMETER;
        break;
    case ERROR_MISSING:
        kind = PROBLEM_NO_SAMPLE;
        break;
    case ERROR_LIMIT:
        kind = PROBLEM_TOO_LARGE;
        break;
    case ERROR_DAMAGED:
        kind = PROBLEM_DAMAGED;
        break;
    case ERROR_MEMORY:
        kind = PROBLEM_BUSY;
        break;
    case ERROR_NONE:
    case ERROR_SYSTEM:
    case ERROR_INTERNAL:
        break;
    }
    return problem_set(problem, kind, "%s", error->text);
}

unsigned problem_status(enum problem_kind kind)
{
    return TABLE[kind].status;
}

void problem_write(const struct problem *problem, struct buffer *out)
{
    buffer_string(out, "{\"type\":\"about:blank\",\"title\":");
    json_write_string(out, TABLE[problem->kind].title);
    buffer_printf(out, ",\"status\":%u,\"detail\":", TABLE[problem->kind].status);
    json_write_string(out, problem->detail);
    buffer_string(out, ",\"code\":");
    json_write_string(out, TABLE[problem->kind].code);
    if (*problem->parameter) {
        buffer_string(out, ",\"parameter\":");
        json_write_string(out, problem->parameter);
    }
    if (problem->allowed.size) {
        buffer_string(out, ",\"allowed\":[");
        buffer_append(out, problem->allowed.data, problem->allowed.size);
        buffer_byte(out, ']');
    }
    buffer_string(out, "}\n");
}

void problem_clear(struct problem *problem)
{
    buffer_free(&problem->allowed);
    problem->kind = PROBLEM_NONE;
}
