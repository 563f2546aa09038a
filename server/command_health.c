// SPDX-License-Identifier: MIT
// Asks a running server whether it is well, with one plain HTTP/1.1 request; for HEALTHCHECK.
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "server/command.h"

static const struct option_spec OPTIONS[] = {
    {"--url", "URL", false, "the server's address (default: http://127.0.0.1:8080/)"},
    OPTION_JSON,
    OPTION_QUIET,
    OPTION_END,
};

struct address {
    char host[256], port[8], base[256]; // base: the path without a slash at its end
};

static bool parse_url(const char *url, struct address *address, struct error *error)
{
    static const char SCHEME[] = "http://";
    const char *at = url + sizeof SCHEME - 1;
    bool right = strncmp(url, SCHEME, sizeof SCHEME - 1) == 0;
    size_t host = right ? (*at == '[' ? strcspn(at, "]") + 1 : strcspn(at, ":/")) : 0;
    right = right && host > 0 && host < sizeof address->host && host <= strlen(at);
    if (!right)
        return error_set(error, ERROR_INPUT,
                         "--url %s: right would be http://HOST:PORT/ (TLS is not spoken here)",
                         url);
    snprintf(address->host, sizeof address->host, "%.*s", (int)host, at);
    at += host;
    size_t port = *at == ':' ? strspn(at + 1, "0123456789") : 0;
    snprintf(address->port, sizeof address->port, "%.*s", (int)port, *at == ':' ? at + 1 : "");
    if (*at == ':')
        at += 1 + port;
    if ((*at && *at != '/') || port > 5 || strlen(at) >= sizeof address->base)
        return error_set(error, ERROR_INPUT, "--url %s: right would be http://HOST:PORT/", url);
    if (!port)
        memcpy(address->port, "80", 3);
    snprintf(address->base, sizeof address->base, "%s", at);
    for (size_t size = strlen(address->base); size && address->base[size - 1] == '/';)
        address->base[--size] = '\0';
    return true;
}

static int connect_to(const struct address *address, struct error *error)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *info = NULL;
    char host[sizeof address->host];
    size_t bracket = address->host[0] == '[';
    snprintf(host, sizeof host, "%s", address->host + bracket);
    if (bracket)
        host[strlen(host) - 1] = '\0';
    int code = getaddrinfo(host, address->port, &hints, &info);
    if (code != 0) {
        error_set(error, ERROR_INPUT, "cannot find the host %s: %s", host, gai_strerror(code));
        return -1;
    }
    int fd = -1;
    const struct timeval patience = {.tv_sec = 5};
    for (const struct addrinfo *at = info; at && fd < 0; at = at->ai_next) {
        fd = socket(at->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (fd < 0)
            continue;
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
        if (connect(fd, at->ai_addr, at->ai_addrlen) != 0) {
            int number = errno;
            close(fd);
            fd = -1;
            errno = number;
        }
    }
    if (fd < 0)
        error_system(error, "no server answers at %s port %s", address->host, address->port);
    freeaddrinfo(info);
    return fd;
}

// Sends the request and reads the status of the answer; 0 with the error when there is none.
static int ask(int fd, const struct address *address, struct error *error)
{
    char text[1024];
    int size = snprintf(text, sizeof text,
                        "GET %s/healthz HTTP/1.1\r\nHost: %s:%s\r\nConnection: close\r\n\r\n",
                        address->base, address->host, address->port);
    if (send(fd, text, (size_t)size, MSG_NOSIGNAL) != size) {
        error_system(error, "cannot ask the server");
        return 0;
    }
    size_t got = 0;
    while (got < sizeof text - 1) {
        ssize_t more = recv(fd, text + got, sizeof text - 1 - got, 0);
        if (more < 0)
            error_system(error, "the server does not answer");
        if (more <= 0)
            break;
        got += (size_t)more;
    }
    text[got] = '\0';
    int status = 0;
    if (sscanf(text, "HTTP/1.%*1d %3d", &status) != 1)
        error_set(error, ERROR_SYSTEM, "what answers there does not speak HTTP");
    return status;
}

static int run(const struct options *options, struct error *error)
{
    struct address address;
    if (!parse_url(options_text(options, "--url", "http://127.0.0.1:8080/"), &address, error))
        return EXIT_USAGE;
    int fd = connect_to(&address, error);
    if (fd < 0)
        return EXIT_FAILED;
    int status = ask(fd, &address, error);
    close(fd);
    if (status && status != 200)
        error_set(error, ERROR_SYSTEM, "the server answers with status %d instead of 200", status);
    if (status == 200 && options_switch(options, "--json"))
        printf("{\"status\":\"ok\"}\n");
    else if (status == 200 && !options_switch(options, "--quiet"))
        printf("ok\n");
    return status == 200 ? EXIT_DONE : EXIT_FAILED;
}

const struct command COMMAND_HEALTH = {
    .name = "health",
    .arguments = "",
    .about = "Ask a running server whether it is well",
    .options = OPTIONS,
    .min_arguments = 0,
    .max_arguments = 0,
    .run = run,
};
