// SPDX-License-Identifier: MIT
#include "server/http.h"

#include <dirent.h>
#include <microhttpd.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/resource.h>
#include <unistd.h>

#include "server/answer.h"
#include "server/body.h"
#include "server/parcel.h"
#include "server/request_guard.h"
#include "store/dataset.h"

enum {
    MEMORY_PER_CONNECTION = 16 * 1024, // head of a request (GUARD_MAX_HEAD) and of its answer
    SILENCE_SECONDS = 30,
    DRAIN_MS = 8000,
    SPARE_FILES = 256, // descriptors for what is neither a connection nor open at the start
    STANDARD_CONNECTIONS = 8192,
    LINK_MAX = 3 * 1024, // beside the largest head; a longer one is left out, bodies have it too
};

struct http {
    const struct site *site;
    struct listener *listener;
    struct connections *connections;
    unsigned num_daemons, next_daemon;
    struct MHD_Daemon **daemons;
    atomic_uint under_way; // requests whose answer is not out yet
    atomic_bool stopping;
};

// --- headers -------------------------------------------------------------------------------------

static void add_header(struct MHD_Response *reply, const char *name, const char *value)
{
    (void)MHD_add_response_header(reply, name, value); // without memory the header is lost
}

static bool origin_allowed(const struct site *site, const char *origin)
{
    for (const char *const *allowed = site->cors; origin && allowed && *allowed; allowed++)
        if (strcmp(*allowed, "*") == 0 || strcmp(*allowed, origin) == 0)
            return true;
    return false;
}

static void add_cors(struct MHD_Response *reply, const struct site *site, const char *origin,
                     bool preflight)
{
    if (!site->cors || !*site->cors || !origin_allowed(site, origin))
        return;
    add_header(reply, MHD_HTTP_HEADER_ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    if (preflight) {
        add_header(reply, "Access-Control-Allow-Methods", "GET, HEAD, POST, OPTIONS");
        add_header(reply, "Access-Control-Allow-Headers",
                   "Authorization, Content-Type, If-None-Match, If-Range, Range");
        add_header(reply, "Access-Control-Max-Age", "86400");
    } else {
        add_header(reply, "Access-Control-Expose-Headers",
                   "Accept-Ranges, Content-Range, ETag, Link");
    }
}

static void add_vary(struct MHD_Response *reply, const struct site *site, bool coding)
{
    bool origin = site->cors && *site->cors;
    if (coding || origin)
        add_header(reply, MHD_HTTP_HEADER_VARY,
                   coding && origin ? "Accept-Encoding, Origin"
                   : coding         ? "Accept-Encoding"
                                    : "Origin");
}

static void add_cache(struct MHD_Response *reply, const struct response *response, bool token)
{
    const char *value = "no-cache";
    if (response->caching == CACHE_NEVER)
        value = "no-store";
    else if (response->caching == CACHE_IMMUTABLE)
        value = token ? "private, max-age=31536000, immutable"
                      : "public, max-age=31536000, immutable";
    add_header(reply, MHD_HTTP_HEADER_CACHE_CONTROL, value);
}

static const char CONTENT_SECURITY_POLICY[] =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";

// --- bodies --------------------------------------------------------------------------------------

static void release_dataset(void *dataset)
{
    dataset_release(dataset);
}

static void release_parcel(void *parcel)
{
    parcel_free(parcel);
}

static struct MHD_Response *make_parcel_reply(struct response *response)
{
    struct MHD_IoVec parts[PARCEL_PIECES];
    const struct parcel *parcel = response->parcel;
    for (size_t i = 0; i < parcel->num_pieces; i++)
        parts[i] = (struct MHD_IoVec){parcel->pieces[i].bytes, parcel->pieces[i].size};
    struct MHD_Response *reply = MHD_create_response_from_iovec(
        parts, (unsigned)parcel->num_pieces, release_parcel, response->parcel);
    if (reply)
        response->parcel = NULL;
    return reply;
}

// Makes the library's response for a body, giving it what the body lives on.
static struct MHD_Response *make_reply(struct response *response, struct body *body)
{
    if (response->parcel)
        return make_parcel_reply(response);
    void *bytes = (void *)(uintptr_t)body->bytes; // the library reads it only
    if (response->hold) {
        struct MHD_Response *reply = MHD_create_response_from_buffer_with_free_callback_cls(
            body->size, bytes, release_dataset, response->hold);
        if (reply)
            response->hold = NULL;
        return reply;
    }
    struct buffer *owned = body->bytes == body->owned.data ? &body->owned : &response->buffer;
    if (body->bytes != owned->data)
        return MHD_create_response_from_buffer(body->size, bytes, MHD_RESPMEM_PERSISTENT);
    struct MHD_Response *reply =
        MHD_create_response_from_buffer(body->size, bytes, MHD_RESPMEM_MUST_FREE);
    if (reply)
        *owned = (struct buffer)BUFFER_INIT;
    return reply;
}

// --- sending -------------------------------------------------------------------------------------

static void add_headers(struct MHD_Response *reply, const struct http *http,
                        const struct connection *connection, const struct response *response,
                        const struct body *body)
{
    char text[128];
    bool known = response->status == 304; // only what a cache needs to find its copy again
    if (response->status != 204 && !known)
        add_header(reply, MHD_HTTP_HEADER_CONTENT_TYPE, response->content_type);
    add_header(reply, MHD_HTTP_HEADER_X_CONTENT_TYPE_OPTIONS, "nosniff");
    add_cache(reply, response, *http->site->token_sha256 != '\0');
    if (*response->etag) {
        snprintf(text, sizeof text, "\"%s%s\"", response->etag, body->gzip ? "-gzip" : "");
        add_header(reply, MHD_HTTP_HEADER_ETAG, text);
    }
    if (body->gzip && !known)
        add_header(reply, MHD_HTTP_HEADER_CONTENT_ENCODING, "gzip");
    add_vary(reply, http->site, response->compressible || response->body == BODY_EMBEDDED);
    if (response->body == BODY_STORED)
        add_header(reply, MHD_HTTP_HEADER_ACCEPT_RANGES, "bytes");
    if (*body->content_range)
        add_header(reply, MHD_HTTP_HEADER_CONTENT_RANGE, body->content_range);
    if (response->page) {
        add_header(reply, "Content-Security-Policy", CONTENT_SECURITY_POLICY);
        add_header(reply, "Referrer-Policy", "no-referrer");
    }
    if (response->allow)
        add_header(reply, MHD_HTTP_HEADER_ALLOW, response->allow);
    if (*response->location)
        add_header(reply, MHD_HTTP_HEADER_LOCATION, response->location);
    if (*response->cookie)
        add_header(reply, MHD_HTTP_HEADER_SET_COOKIE, response->cookie);
    if (response->authenticate)
        add_header(reply, MHD_HTTP_HEADER_WWW_AUTHENTICATE, "Bearer realm=\"samplecase\"");
    if (response->retry)
        add_header(reply, MHD_HTTP_HEADER_RETRY_AFTER, "1");
    add_cors(reply, http->site, connection->fields.origin,
             response->status == 204 && response->allow);
}

static enum MHD_Result send_response(const struct http *http, struct MHD_Connection *mhd,
                                     const struct connection *connection,
                                     struct response *response, bool close_after)
{
    struct body body;
    body_choose(response, &connection->fields, &body);
    struct MHD_Response *reply = make_reply(response, &body);
    enum MHD_Result result = MHD_NO;
    if (reply) {
        add_headers(reply, http, connection, response, &body);
        const char *link = response->link.size ? buffer_text(&response->link) : NULL;
        if (link && response->link.size <= LINK_MAX)
            add_header(reply, MHD_HTTP_HEADER_LINK, link);
        if (close_after || atomic_load_explicit(&http->stopping, memory_order_relaxed))
            add_header(reply, MHD_HTTP_HEADER_CONNECTION, "close");
        result = MHD_queue_response(mhd, response->status, reply);
        MHD_destroy_response(reply);
    }
    buffer_free(&body.owned);
    return result;
}

// --- requests ------------------------------------------------------------------------------------

// Called with the request's target before anything else of a request; what it returns becomes the
// request's context. The query is hidden from the library afterwards, which would otherwise spend
// the connection's memory on a list of its parameters that nobody asks for.
static void *note_target(void *context, const char *target, struct MHD_Connection *mhd)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    struct connection *connection = info ? info->socket_context : NULL;
    (void)context;
    if (!connection)
        return NULL;
    connection->begun = false;
    connection->target.size = 0;
    connection->target.failed = false;
    buffer_append(&connection->target, target, strlen(target) + 1);
    char *query = strchr((char *)(uintptr_t)target, '?');
    if (query)
        query[1] = '\0';
    return connection;
}

struct head {
    struct request_guard guard;
    struct header_fields fields;
};

static enum MHD_Result note_field(void *context, enum MHD_ValueKind kind, const char *name,
                                  const char *value)
{
    (void)kind;
    struct head *head = context;
    struct header_fields *fields = &head->fields;
    static const struct {
        const char *name;
        size_t offset;
    } WANTED[] = {
        {"accept-encoding", offsetof(struct header_fields, accept_encoding)},
        {"authorization", offsetof(struct header_fields, authorization)},
        {"cookie", offsetof(struct header_fields, cookie)},
        {"if-none-match", offsetof(struct header_fields, if_none_match)},
        {"if-range", offsetof(struct header_fields, if_range)},
        {"origin", offsetof(struct header_fields, origin)},
        {"range", offsetof(struct header_fields, range)},
    };
    request_guard_field(&head->guard, name, strlen(name), value);
    for (size_t i = 0; i < sizeof WANTED / sizeof *WANTED; i++)
        if (strcasecmp(name, WANTED[i].name) == 0)
            memcpy((char *)fields + WANTED[i].offset, &value, sizeof value);
    return MHD_YES;
}

static enum MHD_Result send_problem(const struct http *http, struct MHD_Connection *mhd,
                                    struct connection *connection, struct problem *problem)
{
    struct response response = RESPONSE_INIT;
    answer_problem(problem, &response);
    problem_clear(problem);
    enum MHD_Result result = send_response(http, mhd, connection, &response, true);
    response_clear(&response);
    return result;
}

static enum MHD_Result answer(const struct http *http, struct MHD_Connection *mhd,
                              const struct connection *connection, const char *method,
                              bool close_after)
{
    struct response response;
    answer_request(http->site,
                   &(struct answer_input){.method = method,
                                          .target = connection->target.data,
                                          .fields = connection->fields,
                                          .body = connection->body.data,
                                          .body_size = connection->body.size},
                   &response);
    enum MHD_Result result = send_response(http, mhd, connection, &response, close_after);
    response_clear(&response);
    return result;
}

// The first look: the head is whole, nothing of a body was read. Only a POST's body ever is.
static enum MHD_Result begin(struct http *http, struct MHD_Connection *mhd,
                             struct connection *connection, const char *method)
{
    struct problem problem = PROBLEM_INIT;
    struct head head = {.guard = {.method = method, .target = connection->target.data}};
    connection->begun = true;
    connection->counted = true;
    atomic_fetch_add(&http->under_way, 1);
    MHD_get_connection_values(mhd, MHD_HEADER_KIND, note_field, &head);
    connection->fields = head.fields;
    if (strcmp(method, MHD_HTTP_METHOD_HEAD) == 0)
        connection->fields.range = NULL; // RFC 9110, section 14.2: for GET alone
    connection_busy(connection);
    if (connection->target.failed)
        problem_set(&problem, PROBLEM_BUSY, "not enough memory");
    else
        request_guard_check(&head.guard, http->site, &problem);
    if (problem.kind != PROBLEM_NONE)
        return send_problem(http, mhd, connection, &problem);
    if (head.guard.length == 0)
        return MHD_YES;
    const struct answer_input input = {
        .method = method, .target = connection->target.data, .fields = connection->fields};
    if (!answer_wants_body(http->site, &input))
        return answer(http, mhd, connection, method, true);
    connection_body(connection);
    return MHD_YES;
}

// The library hands over no more than the length that the guard has seen, and takes no answer
// before the body's end: without memory the connection is closed.
static enum MHD_Result take_body(struct connection *connection, const char *bytes, size_t *size)
{
    buffer_append(&connection->body, bytes, *size);
    *size = 0;
    return connection->body.failed ? MHD_NO : MHD_YES;
}

static enum MHD_Result handle(void *context, struct MHD_Connection *mhd, const char *url,
                              const char *method, const char *version, const char *upload,
                              size_t *upload_size, void **request)
{
    struct http *http = context;
    struct connection *connection = *request;
    (void)url;
    (void)version;
    if (!connection)
        return MHD_NO;
    if (!connection->begun)
        return begin(http, mhd, connection, method);
    if (*upload_size)
        return take_body(connection, upload, upload_size);
    connection_busy(connection);
    return answer(http, mhd, connection, method, false);
}

static void completed(void *context, struct MHD_Connection *mhd, void **request,
                      enum MHD_RequestTerminationCode code)
{
    struct http *http = context;
    struct connection *connection = *request;
    (void)mhd;
    (void)code;
    if (!connection || !connection->counted)
        return;
    connection->counted = false;
    buffer_free(&connection->body);
    atomic_fetch_sub(&http->under_way, 1);
    connection_idle(connection);
}

static void connected(void *context, struct MHD_Connection *mhd, void **socket_context,
                      enum MHD_ConnectionNotificationCode code)
{
    struct http *http = context;
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        const union MHD_ConnectionInfo *info =
            MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD);
        *socket_context = info ? connections_find(http->connections, info->connect_fd) : NULL;
    } else if (*socket_context) {
        struct connection *connection = *socket_context;
        connections_remove(http->connections, connection->fd);
        *socket_context = NULL;
    }
}

// --- life ----------------------------------------------------------------------------------------

// From the listener's thread: connections go to the daemons in turn, since one thread of a pool
// would often take them all.
static void take(void *context, int fd, const struct sockaddr *address, socklen_t address_size)
{
    struct http *http = context;
    struct MHD_Daemon *daemon = http->daemons[http->next_daemon];
    http->next_daemon = (http->next_daemon + 1) % http->num_daemons;
    if (MHD_add_connection(daemon, fd, address, address_size) != MHD_YES)
        connections_remove(http->connections, fd);
}

static struct MHD_Daemon *start_daemon(struct http *http, const struct http_options *options,
                                       unsigned most)
{
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_NO_LISTEN_SOCKET | MHD_USE_ITC |
                     MHD_USE_TURBO;
    struct MHD_OptionItem items[] = {
        {MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)(uintptr_t)options->tls_cert},
        {MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)(uintptr_t)options->tls_key},
        {MHD_OPTION_END, 0, NULL},
    };
    if (options->tls_cert)
        flags |= MHD_USE_TLS;
    return MHD_start_daemon(
        flags, 0, NULL, NULL, handle, http, MHD_OPTION_URI_LOG_CALLBACK, note_target, http,
        MHD_OPTION_NOTIFY_COMPLETED, completed, http, MHD_OPTION_NOTIFY_CONNECTION, connected, http,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)MEMORY_PER_CONNECTION,
        MHD_OPTION_CONNECTION_LIMIT, most, MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)SILENCE_SECONDS,
        MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1, MHD_OPTION_ARRAY,
        options->tls_cert ? items : &items[2], MHD_OPTION_END);
}

// Descriptors that are open now, most of them stored arrays.
static size_t open_files(void)
{
    size_t count = 0;
    DIR *folder = opendir("/proc/self/fd");
    while (folder && readdir(folder))
        count++;
    if (folder)
        closedir(folder);
    return count;
}

// Connections that the limit on open files leaves room for.
static size_t most_connections(size_t wanted)
{
    struct rlimit limit = {.rlim_cur = 1024};
    getrlimit(RLIMIT_NOFILE, &limit);
    size_t files = (size_t)limit.rlim_cur, used = open_files() + SPARE_FILES;
    size_t room = files >= 2 * used ? files - used : files / 2;
    if (!wanted)
        wanted = STANDARD_CONNECTIONS;
    return wanted < room ? wanted : room;
}

struct http *http_start(struct listener *listener, const struct site *site,
                        const struct http_options *options, struct error *error)
{
    struct http *http = calloc(1, sizeof *http);
    if (!http) {
        error_memory(error);
        return NULL;
    }
    size_t most = most_connections(options->max_connections);
    http->site = site;
    http->listener = listener;
    http->connections = connections_new(most);
    http->daemons = calloc(options->threads, sizeof(struct MHD_Daemon *));
    bool started = http->connections && http->daemons;
    if (!started)
        error_memory(error);
    for (unsigned i = 0; started && i < options->threads; i++) {
        http->daemons[i] = start_daemon(http, options, (unsigned)most);
        if (http->daemons[i])
            http->num_daemons++;
        else
            started = error_set(error, ERROR_SYSTEM, "cannot start the HTTP server%s",
                                options->tls_cert ? "; are certificate and key PEM files that "
                                                    "belong together?"
                                                  : "");
    }
    if (!started ||
        !listener_start(listener, http->connections, !options->tls_cert, take, http, error)) {
        http_stop(http);
        return NULL;
    }
    return http;
}

void http_stop(struct http *http)
{
    if (!http)
        return;
    atomic_store(&http->stopping, true);
    listener_stop(http->listener);
    for (int waited = 0; waited < DRAIN_MS && atomic_load(&http->under_way) > 0; waited += 10)
        poll(NULL, 0, 10);
    for (unsigned i = 0; i < http->num_daemons; i++)
        MHD_stop_daemon(http->daemons[i]);
    connections_free(http->connections);
    free(http->daemons);
    free(http);
}
