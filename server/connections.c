// SPDX-License-Identifier: MIT
#include "server/connections.h"

#include <linux/tcp.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "base/clock.h"

enum {
    HEAD_MS = 15000, // for a request's head, from the connection's start
    IDLE_MS = 30000, // between two requests, the second one's head included
    BODY_MS = 30000,
    NUM_BUCKETS = 4096,
};

struct connections {
    pthread_mutex_t lock;
    size_t most, most_peer, count;
    struct connection *first;
    struct connection *bucket[NUM_BUCKETS]; // by address
    size_t num_fds;
    struct connection **by_fd;
};

struct connections *connections_new(size_t most)
{
    struct rlimit limit;
    size_t num_fds = most + 4096;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY)
        num_fds = (size_t)limit.rlim_cur;
    struct connections *connections = calloc(1, sizeof *connections);
    if (!connections)
        return NULL;
    connections->by_fd = calloc(num_fds, sizeof *connections->by_fd);
    if (!connections->by_fd) {
        free(connections);
        return NULL;
    }
    pthread_mutex_init(&connections->lock, NULL);
    connections->most = most;
    connections->most_peer = most / 4 < 16 ? 16 : most / 4;
    connections->num_fds = num_fds;
    return connections;
}

static void connection_free(struct connection *connection)
{
    buffer_free(&connection->target);
    buffer_free(&connection->body);
    free(connection);
}

void connections_free(struct connections *connections)
{
    if (!connections)
        return;
    for (struct connection *at = connections->first, *next; at; at = next) {
        next = at->next;
        connection_free(at);
    }
    pthread_mutex_destroy(&connections->lock);
    free(connections->by_fd);
    free(connections);
}

static struct in6_addr plain_address(const struct sockaddr *address)
{
    struct in6_addr plain = IN6ADDR_ANY_INIT;
    if (address->sa_family == AF_INET6) {
        memcpy(&plain, &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr,
               sizeof plain);
    } else {
        plain.s6_addr[10] = plain.s6_addr[11] = 0xff;
        memcpy(&plain.s6_addr[12], &((const struct sockaddr_in *)(const void *)address)->sin_addr,
               4);
    }
    return plain;
}

static struct connection **peers(struct connections *connections, const struct in6_addr *address)
{
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < sizeof address->s6_addr; i++)
        hash = (hash ^ address->s6_addr[i]) * 16777619u;
    return &connections->bucket[hash % NUM_BUCKETS];
}

static enum connection_verdict judge(struct connections *connections, int fd,
                                     const struct in6_addr *address)
{
    if (connections->count >= connections->most || (size_t)fd >= connections->num_fds)
        return CONNECTION_FULL;
    size_t same = 0;
    for (struct connection *at = *peers(connections, address); at; at = at->next_peer)
        same += memcmp(&at->address, address, sizeof *address) == 0;
    return same >= connections->most_peer ? CONNECTION_GREEDY : CONNECTION_TAKEN;
}

// Takes a connection out of the lists. With the lock held.
static void forget(struct connections *connections, struct connection *connection)
{
    struct connection **at = peers(connections, &connection->address);
    while (*at != connection)
        at = &(*at)->next_peer;
    *at = connection->next_peer;
    if (connection->previous)
        connection->previous->next = connection->next;
    else
        connections->first = connection->next;
    if (connection->next)
        connection->next->previous = connection->previous;
    connections->by_fd[connection->fd] = NULL;
    connections->count--;
}

enum connection_verdict connections_add(struct connections *connections, int fd,
                                        const struct sockaddr *address)
{
    struct connection *connection = calloc(1, sizeof *connection);
    if (!connection)
        return CONNECTION_FULL;
    connection->fd = fd;
    connection->address = plain_address(address);
    connection->deadline = clock_ms() + HEAD_MS;
    pthread_mutex_lock(&connections->lock);
    // the system gives a descriptor out again only after it was closed: whoever had it is gone
    struct connection *gone = (size_t)fd < connections->num_fds ? connections->by_fd[fd] : NULL;
    if (gone)
        forget(connections, gone);
    enum connection_verdict verdict = judge(connections, fd, &connection->address);
    if (verdict == CONNECTION_TAKEN) {
        struct connection **bucket = peers(connections, &connection->address);
        connection->next_peer = *bucket;
        *bucket = connection;
        connection->next = connections->first;
        if (connection->next)
            connection->next->previous = connection;
        connections->first = connection;
        connections->by_fd[fd] = connection;
        connections->count++;
    }
    pthread_mutex_unlock(&connections->lock);
    if (gone)
        connection_free(gone);
    if (verdict != CONNECTION_TAKEN)
        free(connection);
    return verdict;
}

struct connection *connections_find(struct connections *connections, int fd)
{
    pthread_mutex_lock(&connections->lock);
    struct connection *connection = connections->by_fd[fd];
    pthread_mutex_unlock(&connections->lock);
    return connection;
}

void connections_remove(struct connections *connections, int fd)
{
    pthread_mutex_lock(&connections->lock);
    struct connection *connection = connections->by_fd[fd];
    if (connection)
        forget(connections, connection);
    pthread_mutex_unlock(&connections->lock);
    if (connection)
        connection_free(connection);
}

// Deadline and received are touched by two threads; relaxed is enough for a clock of seconds.
static void set_deadline(struct connection *connection, int64_t deadline)
{
    __atomic_store_n(&connection->deadline, deadline, __ATOMIC_RELAXED);
}

void connection_busy(struct connection *connection)
{
    set_deadline(connection, 0);
}

void connection_idle(struct connection *connection)
{
    __atomic_store_n(&connection->received, 0, __ATOMIC_RELAXED);
    set_deadline(connection, clock_ms() + IDLE_MS);
}

void connection_body(struct connection *connection)
{
    set_deadline(connection, clock_ms() + BODY_MS);
}

// Bytes that came in on a connection since it was made.
static uint64_t bytes_received(int fd)
{
    struct tcp_info info = {.tcpi_bytes_received = 0};
    socklen_t size = sizeof info;
    getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size);
    return info.tcpi_bytes_received;
}

// A kept connection on which bytes arrive has begun its next request: that has a head's time from
// now on, not the longer one of silence.
static void watch(struct connection *connection, int64_t *deadline, int64_t now)
{
    if (*deadline <= now + HEAD_MS)
        return;
    uint64_t received = bytes_received(connection->fd);
    uint64_t before = __atomic_load_n(&connection->received, __ATOMIC_RELAXED);
    if (before == 0) {
        __atomic_store_n(&connection->received, received, __ATOMIC_RELAXED);
    } else if (before != received) {
        int64_t sooner = now + HEAD_MS;
        // lost to an answer that begins at this moment: that has set another deadline
        if (__atomic_compare_exchange_n(&connection->deadline, deadline, sooner, false,
                                        __ATOMIC_RELAXED, __ATOMIC_RELAXED))
            *deadline = sooner;
    }
}

void connections_reap(struct connections *connections)
{
    int64_t now = clock_ms();
    pthread_mutex_lock(&connections->lock);
    for (struct connection *at = connections->first; at; at = at->next) {
        int64_t deadline = __atomic_load_n(&at->deadline, __ATOMIC_RELAXED);
        if (deadline == 0)
            continue;
        watch(at, &deadline, now);
        if (deadline <= now)
            shutdown(at->fd, SHUT_RDWR);
    }
    pthread_mutex_unlock(&connections->lock);
}
