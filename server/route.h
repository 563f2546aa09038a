// SPDX-License-Identifier: MIT
// The one table of routes. A row carries method, path, parameters (type, range, default, help),
// summary and handler; parsing, the 400 messages, /openapi.json and the reference page come from
// it.
//
// A request is checked here before its handler runs: path values are decoded and parsed, every
// query parameter is known, given once and in range, the dataset exists, `rev` is its current
// revision.
#ifndef SAMPLECASE_SERVER_ROUTE_H
#define SAMPLECASE_SERVER_ROUTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/param.h"
#include "server/problem.h"
#include "server/response.h"
#include "server/site.h"
#include "store/library.h"

enum route_flag {
    ROUTE_OPEN = 1,     // answers without the token
    ROUTE_FILTERS = 2,  // takes class features as parameters
    ROUTE_REVISION = 4, // the answer is a function of the dataset's revision and the query
    ROUTE_PAGE = 8,     // a page of the gallery: its script reads the query, any is taken
    ROUTE_BODY = 16,    // takes its parameters in a JSON body as well (json_query.h)
};

struct request;

// Fills *response, or *problem and returns false.
typedef bool route_handler(const struct request *request, struct response *response,
                           struct problem *problem);

struct route {
    const char *method;  // GET stands for HEAD too
    const char *pattern; // "/datasets/{dataset}/samples/{index}": a value is a whole segment, or one
                         // with a literal ending ("{feature}.png")
    const struct param *params; // path values first; ends with a row without a name; or NULL
    unsigned flags;
    route_handler *handler;
    const char *media_type; // of the answer; of several '|' stands between; "" when it is empty
    const char *answer;     // what the answer is, for the documents
    const char *summary;
};

// All routes; ends with a row without a method.
extern const struct route ROUTES[];

enum { ROUTE_MAX_PARAMS = 40, ROUTE_MAX_ARGS = 1100, ROUTE_MAX_SEGMENTS = 8 };

// A query parameter that is no row of the table: a class feature and the value asked for.
struct filter_arg {
    int feature;
    long id;
};

// Header fields that matter, borrowed from the connection; NULL when absent.
struct header_fields {
    const char *origin, *accept_encoding, *if_none_match, *if_range, *range, *authorization,
        *cookie;
};

struct request {
    const struct site *site;
    const struct route *route;
    struct snapshot *snapshot;
    struct dataset *dataset;       // of {dataset}, borrowed from the snapshot; or NULL
    const struct schema *schema;   // of the dataset; or NULL
    bool head;
    bool immutable;                // `rev` was given and is current
    struct header_fields fields;
    struct value values[ROUTE_MAX_PARAMS]; // beside route->params
    size_t num_path_values;                // the first of them stand in the path
    struct filter_arg *filters;            // owned
    size_t num_filters;
    char *args_text; // the decoded query, owned; values and names point into it
    const char *body;
    size_t body_size;
};

// Finds the route of a target ("/path?query", not yet decoded, without the base path) for
// request->route. On failure fills *problem; for a wrong method *allow gets the value of the Allow
// header.
bool route_find(struct request *request, const char *method, const char *target,
                struct problem *problem, const char **allow);

// Parses the target's path values and query for the route that was found; the caller has set the
// request's site, fields, body and head. False with the problem. Clear the request in any case.
bool route_parse(struct request *request, const char *target, struct problem *problem);

// Value of the Allow header for a target, static; NULL when no route has that path.
const char *route_allow(const char *target);

void request_clear(struct request *request);

// The parsed parameter with that name; it must be one of the route's.
const struct value *request_value(const struct request *request, const char *name);

// Whether the split has a sample with that index; false with the problem.
bool request_sample_exists(const struct request *request, int split, uint64_t index,
                           struct problem *problem);

// Appends the request's query in canonical form: the parameters that were given in the table's
// order, then the class filters sorted; "a=1&b=2", percent-encoded. `rev` is left out; without
// `window` so are split, offset and limit.
void request_canonical(const struct request *request, bool window, struct buffer *out);

#endif
