// SPDX-License-Identifier: MIT
// Parameters in the body of a POST: a JSON object with the names of the query's parameters.
#ifndef SAMPLECASE_SERVER_JSON_QUERY_H
#define SAMPLECASE_SERVER_JSON_QUERY_H

#include "base/buffer.h"
#include "server/param.h"
#include "server/problem.h"

// Appends the members of the object as a query, "a=1&b=x": numbers and texts as they are, true and
// false by these words, null as "none" where the parameter takes that. What `params` say is a list
// becomes one parameter with commas between; any other list a parameter for each element. False
// with the problem, which says what is wrong where.
bool json_query(struct buffer *query, const struct param *params, const char *body, size_t size,
                struct problem *problem);

#endif
