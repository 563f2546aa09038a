// SPDX-License-Identifier: MIT
// From a checked request to its response: base path, route, token, conditions, handler, problem.
// Knows no socket, so that it can be tested and fuzzed without one.
#ifndef SAMPLECASE_SERVER_ANSWER_H
#define SAMPLECASE_SERVER_ANSWER_H

#include "server/route.h"

struct answer_input {
    const char *method, *target; // the target as it came
    struct header_fields fields;
    const char *body; // of a POST; borrowed
    size_t body_size;
};

// Whether the body of a request is worth reading: its route takes one, and the client may use it.
// What is not is to be answered at once, and the connection closed.
bool answer_wants_body(const struct site *site, const struct answer_input *input);

// Fills the response, whatever the request is; the caller clears it.
void answer_request(const struct site *site, const struct answer_input *input,
                    struct response *response);

// Makes the response for a problem, which it leaves to the caller to clear.
void answer_problem(const struct problem *problem, struct response *response);

#endif
