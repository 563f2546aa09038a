// SPDX-License-Identifier: MIT
#include "server/listener.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"

enum { BACKLOG = 1024, REAP_MS = 1000 };

struct listener {
    int fd, wake;
    uint16_t port;
    bool loopback, running, plain;
    pthread_t thread;
    struct connections *connections;
    listener_take *take;
    void *context;
};

static bool is_loopback(const struct sockaddr *address)
{
    if (address->sa_family == AF_INET) {
        const struct sockaddr_in *four = (const void *)address;
        return (ntohl(four->sin_addr.s_addr) >> 24) == 127;
    }
    const struct sockaddr_in6 *six = (const void *)address;
    return IN6_IS_ADDR_LOOPBACK(&six->sin6_addr);
}

static bool bind_to(struct listener *listener, const struct addrinfo *info, const char *address,
                    uint16_t port, struct error *error)
{
    int on = 1;
    struct sockaddr_storage bound;
    socklen_t size = sizeof bound;
    listener->fd = socket(info->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (listener->fd < 0)
        return error_system(error, "cannot make a socket");
    setsockopt(listener->fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(listener->fd, info->ai_addr, info->ai_addrlen) != 0) {
        int number = errno;
        error_system(error, "cannot listen on %s port %u", address, port);
        if (number == EADDRINUSE && error)
            strncat(error->text, "; another program does; choose another with --port, or 0 for a "
                                 "free one", sizeof error->text - strlen(error->text) - 1);
        return false;
    }
    if (listen(listener->fd, BACKLOG) != 0 ||
        getsockname(listener->fd, (struct sockaddr *)&bound, &size) != 0)
        return error_system(error, "cannot listen on %s port %u", address, port);
    listener->loopback = is_loopback((struct sockaddr *)&bound);
    listener->port = ntohs(bound.ss_family == AF_INET
                               ? ((struct sockaddr_in *)(void *)&bound)->sin_port
                               : ((struct sockaddr_in6 *)(void *)&bound)->sin6_port);
    return true;
}

struct listener *listener_open(const char *address, uint16_t port, struct error *error)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM,
                             .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE};
    struct addrinfo *info = NULL;
    char service[8];
    snprintf(service, sizeof service, "%u", port);
    if (getaddrinfo(strcmp(address, "localhost") == 0 ? "127.0.0.1" : address, service, &hints,
                    &info) != 0) {
        error_set(error, ERROR_INPUT,
                  "--bind %s: not a numeric address; right would be 127.0.0.1, 0.0.0.0 or ::1",
                  address);
        return NULL;
    }
    struct listener *listener = calloc(1, sizeof *listener);
    if (!listener) {
        error_memory(error);
    } else {
        listener->fd = -1;
        listener->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        if (listener->wake < 0)
            error_system(error, "cannot make an event descriptor");
        if (listener->wake < 0 || !bind_to(listener, info, address, port, error)) {
            listener_close(listener);
            listener = NULL;
        }
    }
    freeaddrinfo(info);
    return listener;
}

uint16_t listener_port(const struct listener *listener)
{
    return listener->port;
}

bool listener_is_loopback(const struct listener *listener)
{
    return listener->loopback;
}

static void turn_away(const struct listener *listener, int fd)
{
    static const char BUSY[] =
        "HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/problem+json\r\n"
        "Retry-After: 1\r\nConnection: close\r\nContent-Length: 120\r\n\r\n"
        "{\"type\":\"about:blank\",\"title\":\"Busy\",\"status\":503,"
        "\"detail\":\"too many connections; try again in a second\",\"code\":\"busy\"}\n";
    if (listener->plain)
        (void)!send(fd, BUSY, sizeof BUSY - 1, MSG_NOSIGNAL | MSG_DONTWAIT);
    close(fd);
}

// Accepts what waits, at most a batch so that the reaper has its turn in a flood.
static void accept_batch(struct listener *listener)
{
    for (int i = 0; i < 64; i++) {
        struct sockaddr_storage address;
        socklen_t size = sizeof address;
        int fd = accept4(listener->fd, (struct sockaddr *)&address, &size,
                         SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (fd < 0) {
            if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS)
                poll(NULL, 0, 10); // nothing to give: let answers end first
            return;
        }
        if (connections_add(listener->connections, fd, (struct sockaddr *)&address) ==
            CONNECTION_TAKEN)
            listener->take(listener->context, fd, (struct sockaddr *)&address, size);
        else
            turn_away(listener, fd);
    }
}

static void *run(void *context)
{
    struct listener *listener = context;
    int64_t reap_at = clock_ms() + REAP_MS;
    for (;;) {
        struct pollfd fds[] = {{.fd = listener->fd, .events = POLLIN},
                               {.fd = listener->wake, .events = POLLIN}};
        poll(fds, 2, REAP_MS);
        if (fds[1].revents)
            return NULL;
        if (fds[0].revents)
            accept_batch(listener);
        if (clock_ms() >= reap_at) {
            connections_reap(listener->connections);
            reap_at = clock_ms() + REAP_MS;
        }
    }
}

bool listener_start(struct listener *listener, struct connections *connections, bool plain,
                    listener_take *take, void *context, struct error *error)
{
    listener->connections = connections;
    listener->plain = plain;
    listener->take = take;
    listener->context = context;
    errno = pthread_create(&listener->thread, NULL, run, listener);
    if (errno)
        return error_system(error, "cannot start the accepting thread");
    listener->running = true;
    return true;
}

void listener_stop(struct listener *listener)
{
    if (listener->running) {
        uint64_t one = 1;
        (void)!write(listener->wake, &one, sizeof one);
        pthread_join(listener->thread, NULL);
        listener->running = false;
    }
    if (listener->fd >= 0)
        close(listener->fd);
    listener->fd = -1;
}

void listener_close(struct listener *listener)
{
    if (!listener)
        return;
    listener_stop(listener);
    if (listener->wake >= 0)
        close(listener->wake);
    free(listener);
}
