// SPDX-License-Identifier: MIT
// The open connections: how many in all and from one address, and until when each may take to say
// what it wants. The HTTP library's own timeout is for silence only; a client that sends a byte now
// and then would hold its connection for ever.
#ifndef SAMPLECASE_SERVER_CONNECTIONS_H
#define SAMPLECASE_SERVER_CONNECTIONS_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "server/problem.h"
#include "server/route.h"

// One connection. The registry's part is guarded by its lock; the request's part belongs to the
// thread that handles the connection.
struct connection {
    int fd;
    struct in6_addr address; // an IPv4 one mapped
    int64_t deadline;        // on the monotonic clock, ms; 0 while a request is answered
    uint64_t received;       // bytes that had come when the reaper first looked after the answer
    struct connection *next, *previous; // of all
    struct connection *next_peer;       // of those with the same hash of the address

    struct buffer target; // the request's target as it came, with a NUL
    struct buffer body;
    struct header_fields fields; // borrowed from the HTTP library while the request lasts
    bool begun;                  // its head was looked at
    bool counted;                // it counts as a request under way
};

struct connections;

// For at most `most` connections; a quarter of that, but at least 16, from one address. NULL when
// memory is short.
struct connections *connections_new(size_t most);

// Frees the registry and what is left in it. NULL is fine.
void connections_free(struct connections *connections);

enum connection_verdict { CONNECTION_TAKEN, CONNECTION_FULL, CONNECTION_GREEDY };

// Notes a new connection with a deadline for its first request's head.
enum connection_verdict connections_add(struct connections *connections, int fd,
                                        const struct sockaddr *address);

// The connection with that descriptor, which must have been added.
struct connection *connections_find(struct connections *connections, int fd);

// Forgets a connection; its descriptor is not closed.
void connections_remove(struct connections *connections, int fd);

// The client is being answered: no deadline. And: the answer is out, the next request has this
// long.
void connection_busy(struct connection *connection);
void connection_idle(struct connection *connection);

// A body is on its way and has this long.
void connection_body(struct connection *connection);

// Shuts down the sockets whose deadline is past; their owner then sees the end and closes them.
void connections_reap(struct connections *connections);

#endif
