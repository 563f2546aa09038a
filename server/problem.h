// SPDX-License-Identifier: MIT
// An error answer as a value: what was wrong, where, what would be right (RFC 9457). Handlers fill
// it and return false; problem_write makes the body. The first problem wins.
#ifndef SAMPLECASE_SERVER_PROBLEM_H
#define SAMPLECASE_SERVER_PROBLEM_H

#include <stdbool.h>

#include "base/buffer.h"
#include "base/error.h"

// One list, several views: the enum, the HTTP status, the stable code word, the title.
#define PROBLEM_LIST(X)                                                             \
    X(PROBLEM_INVALID_REQUEST, 400, "invalid_request", "Malformed request")         \
    X(PROBLEM_INVALID_PARAMETER, 400, "invalid_parameter", "Invalid parameter")     \
    X(PROBLEM_UNKNOWN_PARAMETER, 400, "unknown_parameter", "Unknown parameter")     \
    X(PROBLEM_TOO_LARGE, 400, "too_large", "Too large")                             \
    X(PROBLEM_UNAUTHORIZED, 401, "unauthorized", "Unauthorized")                    \
    X(PROBLEM_UNKNOWN_DATASET, 404, "unknown_dataset", "Unknown dataset")           \
    X(PROBLEM_UNKNOWN_SPLIT, 404, "unknown_split", "Unknown split")                 \
    X(PROBLEM_UNKNOWN_FEATURE, 404, "not_found", "Unknown feature")                 \
    X(PROBLEM_NO_SAMPLE, 404, "out_of_range", "No such sample")                     \
    X(PROBLEM_NOT_FOUND, 404, "not_found", "Not found")                             \
    X(PROBLEM_METHOD, 405, "method_not_allowed", "Method not allowed")              \
    X(PROBLEM_GONE, 410, "gone", "Revision is not current")                         \
    X(PROBLEM_BODY_TOO_LARGE, 413, "too_large", "Content too large")                \
    X(PROBLEM_RANGE, 416, "out_of_range", "Range not satisfiable")                  \
    X(PROBLEM_HOST, 421, "forbidden_host", "Misdirected request")                   \
    X(PROBLEM_HEAD_TOO_LARGE, 431, "too_large", "Request head too large")           \
    X(PROBLEM_INTERNAL, 500, "internal", "Internal error")                          \
    X(PROBLEM_BUSY, 503, "busy", "Busy")                                            \
    X(PROBLEM_DAMAGED, 503, "internal", "Stored data is damaged")

enum problem_kind {
    PROBLEM_NONE,
#define X(id, status, code, title) id,
    PROBLEM_LIST(X)
#undef X
};

struct problem {
    enum problem_kind kind;
    char detail[1024];
    char parameter[128];   // "" when it is about none
    struct buffer allowed; // JSON strings with commas between
    size_t num_allowed;    // of them; 0 when there is no list
};

#define PROBLEM_INIT {.kind = PROBLEM_NONE, .detail = "", .parameter = "", .allowed = BUFFER_INIT}

// Fills it unless it is filled already. Always returns false.
bool problem_set(struct problem *problem, enum problem_kind kind, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

// The same with the parameter it is about.
bool problem_parameter(struct problem *problem, enum problem_kind kind, const char *parameter,
                       const char *format, ...) __attribute__((format(printf, 4, 5)));

// Adds one of the values that would have been right. After the first 100 no more are taken.
void problem_allow(struct problem *problem, const char *value);

// What a failure of the store means over HTTP. Returns false.
bool problem_error(struct problem *problem, const struct error *error);

unsigned problem_status(enum problem_kind kind);

// Appends the application/problem+json body.
void problem_write(const struct problem *problem, struct buffer *out);

// Frees what it owns.
void problem_clear(struct problem *problem);

#endif
