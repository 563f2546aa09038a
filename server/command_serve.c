// SPDX-License-Identifier: MIT
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/embedded.h"
#include "server/auth.h"
#include "server/command.h"
#include "server/http.h"
#include "server/openapi.h"
#include "server/pool.h"
#include "store/library.h"

extern const struct embedded STATIC_FILES[];

enum {
    MOST_FILES = 1 << 17,
    MOST_GATHERED = 1 << 30, // bytes of all batches that are under way
};

static const struct option_spec OPTIONS[] = {
    OPTION_DATA,
    {"--bind", "ADDRESS", false, "numeric address to listen on (default: 127.0.0.1)"},
    {"--port", "N", false, "port; 0 takes a free one (default: 8080)"},
    {"--threads", "N", false, "threads that answer (default: one a core)"},
    {"--token-file", "F", false, "ask for the token in this file's first line"},
    {"--tls-cert", "F", false, "speak HTTPS with this certificate (PEM); with --tls-key"},
    {"--tls-key", "F", false, "the certificate's private key (PEM)"},
    {"--allow-host", "NAME", true, "answer for this Host too"},
    {"--cors", "ORIGIN", true, "let pages from this origin read (\"*\": from any)"},
    {"--base-path", "/p", false, "put all addresses below this path"},
    {"--max-connections", "N", false, "most connections at once (default: 8192, or what fits)"},
    OPTION_END,
};

// What serving needs, from the options; each member is owned.
struct service {
    struct site site;
    char data[4096];
    char base_path[128];
    const char **cors, **hosts;
    char *tls_cert, *tls_key;
    struct http_options http;
    struct listener *listener;
};

static char *read_file(const char *path, struct error *error)
{
    char text[65536];
    FILE *file = fopen(path, "re");
    size_t size = file ? fread(text, 1, sizeof text - 1, file) : 0;
    if (!file || ferror(file))
        error_system(error, "cannot read %s", path);
    else if (size == sizeof text - 1)
        error_set(error, ERROR_INPUT, "%s has %zu bytes or more: too large for a PEM file", path,
                  size);
    if (file)
        fclose(file);
    text[size] = '\0';
    char *copy = error->kind == ERROR_NONE ? strdup(text) : NULL;
    if (!copy)
        error_memory(error);
    return copy;
}

static bool set_base_path(struct service *service, const char *path, struct error *error)
{
    size_t size = strlen(path);
    while (size && path[size - 1] == '/')
        size--;
    bool right = size < sizeof service->base_path && (size == 0 || path[0] == '/');
    for (size_t i = 0; i < size && right; i++)
        right = (path[i] >= 'a' && path[i] <= 'z') || (path[i] >= 'A' && path[i] <= 'Z') ||
                (path[i] >= '0' && path[i] <= '9') || strchr("/-_.~", path[i]);
    if (!right || strstr(path, "//"))
        return error_set(error, ERROR_INPUT,
                         "--base-path %s: right would be /name, of letters, digits and -_.~", path);
    memcpy(service->base_path, path, size);
    service->base_path[size] = '\0';
    service->site.base_path = service->base_path;
    return true;
}

static bool read_tls(struct service *service, const struct options *options, struct error *error)
{
    const char *cert = options_text(options, "--tls-cert", NULL);
    const char *key = options_text(options, "--tls-key", NULL);
    if (!cert != !key)
        return error_set(error, ERROR_INPUT, "--tls-cert and --tls-key go together");
    if (!cert)
        return true;
    service->tls_cert = read_file(cert, error);
    service->tls_key = read_file(key, error);
    service->http.tls_cert = service->tls_cert;
    service->http.tls_key = service->tls_key;
    service->site.tls = true;
    return service->tls_cert && service->tls_key;
}

// Hosts are compared without their port, origins as browsers send them: what can never be met is
// wrong usage.
static bool check_names(const struct service *service, struct error *error)
{
    for (const char **host = service->hosts; *host; host++)
        if (!**host || (strchr(*host, ':') && **host != '[') || strpbrk(*host, "/ "))
            return error_set(error, ERROR_INPUT,
                             "--allow-host %s: right would be a name without scheme and port, as "
                             "data.example",
                             *host);
    for (const char **origin = service->cors; *origin; origin++) {
        const char *rest = strstr(*origin, "://");
        if (strcmp(*origin, "*") != 0 && (!rest || !rest[3] || strpbrk(rest + 3, "/ ")))
            return error_set(error, ERROR_INPUT,
                             "--cors %s: right would be an origin as browsers send it, "
                             "https://data.example or http://localhost:3000, or *",
                             *origin);
    }
    return true;
}

// The gallery's page with its base path in the place that waits for it.
static bool make_page(struct site *site)
{
    static const char PLACE[] = "<base href=\"/\">";
    const struct embedded *page = STATIC_FILES;
    while (page->name && strcmp(page->name, "index.html") != 0)
        page++;
    if (!page->name)
        return false;
    const char *text = (const char *)page->bytes, *place = strstr(text, PLACE);
    if (!place)
        return false;
    struct buffer *out = &site->index_html.text;
    buffer_append(out, text, (size_t)(place - text));
    buffer_printf(out, "<base href=\"%s/\">", site->base_path);
    buffer_string(out, place + sizeof PLACE - 1);
    return site_file_finish(&site->index_html);
}

// Fills the service from the options. False with the error; usage errors are ERROR_INPUT.
static bool configure(struct service *service, const struct options *options, struct error *error)
{
    uint64_t port, threads, connections;
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    if (!options_number(options, "--port", 0, 65535, 8080, &port, error) ||
        !options_number(options, "--threads", 1, 256, cores > 0 ? (uint64_t)cores : 1, &threads,
                        error) ||
        !options_number(options, "--max-connections", 16, 1000000, 0, &connections, error) ||
        !set_base_path(service, options_text(options, "--base-path", ""), error) ||
        !read_tls(service, options, error) ||
        !command_data_path(options, service->data, sizeof service->data, error))
        return false;
    const char *token = options_text(options, "--token-file", NULL);
    if (token && !auth_load(&service->site, token, error))
        return false;
    service->cors = options_all(options, "--cors");
    service->hosts = options_all(options, "--allow-host");
    if (!service->cors || !service->hosts || !make_page(&service->site) ||
        !openapi_write(&service->site.openapi.text, service->base_path) ||
        !site_file_finish(&service->site.openapi))
        return error_memory(error);
    if (!check_names(service, error))
        return false;
    service->site.cors = service->cors;
    service->site.hosts = service->hosts;
    service->http.threads = (unsigned)threads;
    service->http.max_connections = connections;
    service->listener = listener_open(options_text(options, "--bind", "127.0.0.1"), (uint16_t)port,
                                      error);
    if (!service->listener)
        return false;
    service->site.any_host = !listener_is_loopback(service->listener) && !service->hosts[0];
    return true;
}

static void clear(struct service *service)
{
    listener_close(service->listener);
    site_file_clear(&service->site.openapi);
    site_file_clear(&service->site.index_html);
    free(service->cors);
    free(service->hosts);
    free(service->tls_cert);
    free(service->tls_key);
}

static void complain(void *context, const char *text)
{
    (void)context;
    fprintf(stderr, "samplecase serve: %s\n", text);
}

static void announce(const struct service *service, const char *bind)
{
    const char *scheme = service->site.tls ? "https" : "http";
    bool six = strchr(bind, ':') != NULL;
    if (!listener_is_loopback(service->listener) && !*service->site.token_sha256)
        fprintf(stderr,
                "samplecase serve: listening on %s without a token: everyone who can reach this "
                "machine can read every dataset in %s\n",
                bind, service->data);
    printf("listening on %s://%s%s%s:%u%s/\n", scheme, six ? "[" : "", bind, six ? "]" : "",
           listener_port(service->listener), service->base_path);
    fflush(stdout);
}

// Waits for SIGINT or SIGTERM, which are blocked in every thread.
static void wait_for_end(const sigset_t *signals)
{
    int number;
    while (sigwait(signals, &number) != 0)
        continue;
}

// Every connection is a descriptor: as many as the system lets us have.
static void raise_file_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= limit.rlim_max)
        return;
    limit.rlim_cur = limit.rlim_max < MOST_FILES ? limit.rlim_max : MOST_FILES;
    setrlimit(RLIMIT_NOFILE, &limit);
}

static bool serve(struct service *service, const char *bind, struct error *error)
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    signal(SIGPIPE, SIG_IGN);
    raise_file_limit();
    service->site.library = library_open(service->data, complain, NULL, error);
    if (!service->site.library)
        return false;
    service->site.pool = pool_new(MOST_GATHERED);
    struct http *http = NULL;
    if (!service->site.pool)
        error_memory(error);
    else
        http = http_start(service->listener, &service->site, &service->http, error);
    if (http) {
        announce(service, bind);
        wait_for_end(&signals);
        http_stop(http);
    }
    pool_free(service->site.pool);
    library_close(service->site.library);
    return http != NULL;
}

static int run(const struct options *options, struct error *error)
{
    struct service *service = calloc(1, sizeof *service);
    if (!service) {
        error_memory(error);
        return EXIT_FAILED;
    }
    int code = EXIT_FAILED;
    if (!configure(service, options, error))
        code = error->kind == ERROR_INPUT ? EXIT_USAGE : EXIT_FAILED;
    else if (serve(service, options_text(options, "--bind", "127.0.0.1"), error))
        code = EXIT_DONE;
    clear(service);
    free(service);
    return code;
}

const struct command COMMAND_SERVE = {
    .name = "serve",
    .arguments = "",
    .about = "Serve the datasets over HTTP",
    .options = OPTIONS,
    .min_arguments = 0,
    .max_arguments = 0,
    .run = run,
};
