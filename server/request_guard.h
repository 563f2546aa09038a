// SPDX-License-Identifier: MIT
// The first look at a request, before a byte of its body is read: what the HTTP library's lenient
// parser lets through and must not be answered (RFC 9110, RFC 9112).
#ifndef SAMPLECASE_SERVER_REQUEST_GUARD_H
#define SAMPLECASE_SERVER_REQUEST_GUARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/problem.h"
#include "server/site.h"

enum {
    GUARD_MAX_HEAD = 12 * 1024, // what the HTTP library keeps of a request's head, about
    GUARD_MAX_BODY = 1 << 20,
};

// What was seen of a request's head.
struct request_guard {
    const char *method, *target; // the target as it came, not decoded
    const char *host;            // the Host field; NULL when absent
    size_t fields_size;          // bytes that the HTTP library keeps for the fields, about
    unsigned num_hosts, num_lengths;
    bool bad_field;              // a field name is no token
    bool transfer_encoding;
    bool bad_length;             // Content-Length is no number
    uint64_t length;             // Content-Length
};

// Notes one header field; value may be NULL.
void request_guard_field(struct request_guard *guard, const char *name, size_t name_size,
                         const char *value);

// Whether the request may be answered; false with the problem.
bool request_guard_check(const struct request_guard *guard, const struct site *site,
                         struct problem *problem);

#endif
