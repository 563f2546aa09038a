// SPDX-License-Identifier: MIT
#include "server/answer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/auth.h"
#include "server/json_query.h"
#include "store/dataset.h"

void answer_problem(const struct problem *problem, struct response *response)
{
    response_clear(response);
    *response = (struct response)RESPONSE_INIT;
    response->status = problem_status(problem->kind);
    response->content_type = "application/problem+json";
    response->body = BODY_BUFFER;
    response->caching = CACHE_NEVER;
    response->compressible = true;
    response->authenticate = problem->kind == PROBLEM_UNAUTHORIZED;
    response->retry = problem->kind == PROBLEM_BUSY;
    problem_write(problem, &response->buffer);
}

// The path behind the base path, or NULL when the target lies outside of it.
static const char *strip_base(const struct site *site, const char *target)
{
    size_t size = strlen(site->base_path);
    if (strncmp(target, site->base_path, size) != 0)
        return NULL;
    target += size;
    return *target == '/' ? target : NULL;
}

// FNV-1a (64 bit), which need not resist an attacker: it tells the queries of one client apart.
static uint64_t fold(uint64_t hash, const char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ (unsigned char)bytes[i]) * UINT64_C(0x100000001b3);
    return hash;
}

// An answer that depends on nothing but the revision and the query has its tag before it is made.
static void revision_tag(const struct request *request, struct response *response)
{
    struct buffer query = BUFFER_INIT;
    request_canonical(request, true, &query);
    uint64_t hash =
        fold(UINT64_C(0xcbf29ce484222325), SAMPLECASE_VERSION, sizeof SAMPLECASE_VERSION);
    hash = fold(hash, request->site->base_path, strlen(request->site->base_path));
    hash = fold(hash, request->immutable ? "rev" : "", request->immutable ? 3 : 0);
    if (query.size)
        hash = fold(hash, query.data, query.size);
    if (!query.failed)
        snprintf(response->etag, sizeof response->etag, "%.24s-%016llx", request->schema->revision,
                 (unsigned long long)hash);
    buffer_free(&query);
}

// Parses the target, with the parameters of the body behind those of the query.
static bool parse(struct request *request, const char *target, struct problem *problem)
{
    if (!(request->route->flags & ROUTE_BODY) || request->body_size == 0)
        return route_parse(request, target, problem);
    struct buffer query = BUFFER_INIT, whole = BUFFER_INIT;
    bool done =
        json_query(&query, request->route->params, request->body, request->body_size, problem);
    buffer_string(&whole, target);
    if (done && query.size > 0) {
        buffer_byte(&whole, strchr(target, '?') ? '&' : '?');
        buffer_append(&whole, query.data, query.size);
    }
    const char *text = buffer_text(&whole);
    done = done && (text || problem_set(problem, PROBLEM_BUSY, "not enough memory")) &&
           route_parse(request, text, problem);
    buffer_free(&query);
    buffer_free(&whole);
    return done;
}

// The token is asked for before a parameter is looked at: messages name datasets and classes.
static bool handle(struct request *request, const char *target, struct response *response,
                   struct problem *problem)
{
    const struct route *route = request->route;
    if (!(route->flags & ROUTE_OPEN) && !auth_allows(request->site, &request->fields, problem))
        return false;
    if (!parse(request, target, problem))
        return false;
    if (route->flags & ROUTE_REVISION && request->schema)
        revision_tag(request, response);
    if (!route->handler(request, response, problem))
        return false;
    const char *damage = request->dataset ? dataset_damage(request->dataset) : NULL;
    if (damage)
        return problem_set(problem, PROBLEM_DAMAGED, "%s", damage);
    if (response->buffer.failed || response->link.failed)
        return problem_set(problem, PROBLEM_BUSY, "not enough memory for this answer");
    return true;
}

static void answer_options(const char *target, struct response *response, struct problem *problem)
{
    response->allow = strcmp(target, "*") == 0 ? "GET, HEAD, POST, OPTIONS" : route_allow(target);
    response->status = 204;
    response->caching = CACHE_NEVER;
    if (!response->allow)
        problem_set(problem, PROBLEM_NOT_FOUND, "nothing at %.200s", target);
}

bool answer_wants_body(const struct site *site, const struct answer_input *input)
{
    struct problem problem = PROBLEM_INIT;
    struct request request = {.site = site};
    const char *target = strip_base(site, input->target), *allow;
    bool wants = target && route_find(&request, input->method, target, &problem, &allow) &&
                 request.route->flags & ROUTE_BODY &&
                 (request.route->flags & ROUTE_OPEN || auth_allows(site, &input->fields, &problem));
    problem_clear(&problem);
    return wants;
}

void answer_request(const struct site *site, const struct answer_input *input,
                    struct response *response)
{
    struct problem problem = PROBLEM_INIT;
    struct request request = {.site = site,
                              .fields = input->fields,
                              .head = strcmp(input->method, "HEAD") == 0,
                              .body = input->body,
                              .body_size = input->body_size};
    bool options = strcmp(input->method, "OPTIONS") == 0;
    bool all = options && strcmp(input->target, "*") == 0; // of the server, not of an address
    const char *target = all ? input->target : strip_base(site, input->target);
    const char *allow = NULL;
    bool done = false;
    *response = (struct response)RESPONSE_INIT;
    if (!target && strcmp(input->target, site->base_path) == 0) {
        response->status = 308;
        response->caching = CACHE_NEVER;
        snprintf(response->location, sizeof response->location, "%s/", site->base_path);
        done = true;
    } else if (!target) {
        problem_set(&problem, PROBLEM_NOT_FOUND,
                    "nothing at %.200s; this server's addresses begin "
                    "with %s/",
                    input->target, site->base_path);
    } else if (options) {
        answer_options(target, response, &problem);
        done = problem.kind == PROBLEM_NONE;
    } else {
        done = route_find(&request, input->method, target, &problem, &allow) &&
               handle(&request, target, response, &problem);
    }
    if (!done) {
        answer_problem(&problem, response);
        response->allow = allow;
    }
    request_clear(&request);
    problem_clear(&problem);
}
