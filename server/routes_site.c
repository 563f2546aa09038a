// SPDX-License-Identifier: MIT
#include <string.h>

#include "base/embedded.h"
#include "server/auth.h"
#include "server/routes.h"

extern const struct embedded STATIC_FILES[], CLIENT_FILES[];

static bool small_json(struct response *response)
{
    response->body = BODY_BUFFER;
    response->caching = CACHE_NEVER;
    return true;
}

static bool embedded(const struct embedded *file, struct response *response)
{
    response->body = BODY_EMBEDDED;
    response->embedded = file;
    memcpy(response->etag, file->sha256, 32);
    return true;
}

bool site_health(const struct request *request, struct response *response, struct problem *problem)
{
    (void)request;
    (void)problem;
    buffer_string(&response->buffer, "{\"status\":\"ok\"}\n");
    return small_json(response);
}

bool site_ready(const struct request *request, struct response *response, struct problem *problem)
{
    (void)problem;
    buffer_printf(&response->buffer, "{\"status\":\"ready\",\"datasets\":%zu}\n",
                  snapshot_num_datasets(request->snapshot));
    return small_json(response);
}

bool site_openapi(const struct request *request, struct response *response, struct problem *problem)
{
    (void)problem;
    return embedded(&request->site->openapi.made, response);
}

bool site_session(const struct request *request, struct response *response, struct problem *problem)
{
    if (!*request->site->token_sha256)
        return problem_set(problem, PROBLEM_NOT_FOUND,
                           "this server asks for no token, so there is no session to begin");
    auth_cookie(request->site, response->cookie, sizeof response->cookie);
    response->status = 204;
    response->caching = CACHE_NEVER;
    return true;
}

bool site_gallery(const struct request *request, struct response *response, struct problem *problem)
{
    (void)problem;
    response->content_type = "text/html; charset=utf-8";
    response->page = true;
    return embedded(&request->site->index_html.made, response);
}

// By the file's ending; there are no others.
static const char *media_type(const char *name)
{
    static const struct {
        const char *ending, *type;
    } TYPES[] = {
        {".js", "text/javascript; charset=utf-8"},
        {".css", "text/css; charset=utf-8"},
        {".svg", "image/svg+xml"},
        {".html", "text/html; charset=utf-8"},
        {".png", "image/png"},
        {".py", "text/x-python; charset=utf-8"},
    };
    size_t size = strlen(name);
    for (size_t i = 0; i < sizeof TYPES / sizeof *TYPES; i++) {
        size_t ending = strlen(TYPES[i].ending);
        if (size > ending && strcmp(name + size - ending, TYPES[i].ending) == 0)
            return TYPES[i].type;
    }
    return "application/octet-stream";
}

// Answers with the file of a table that the path names.
static bool answer_file(const struct request *request, const struct embedded *files,
                        struct response *response, struct problem *problem)
{
    const char *name = request_value(request, "file")->text;
    for (const struct embedded *file = files; file->name; file++) {
        if (strcmp(file->name, name) == 0) {
            response->content_type = media_type(name);
            return embedded(file, response);
        }
    }
    problem_parameter(problem, PROBLEM_NOT_FOUND, "file", "there is no file \"%.100s\" here", name);
    for (const struct embedded *file = files; file->name; file++)
        problem_allow(problem, file->name);
    return false;
}

bool site_static(const struct request *request, struct response *response, struct problem *problem)
{
    return answer_file(request, STATIC_FILES, response, problem);
}

bool site_client(const struct request *request, struct response *response, struct problem *problem)
{
    return answer_file(request, CLIENT_FILES, response, problem);
}
