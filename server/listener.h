// SPDX-License-Identifier: MIT
// The listening socket and the one thread that accepts from it: hands each connection on, turns
// away those past a limit with a 503, and reaps the late ones once a second.
#ifndef SAMPLECASE_SERVER_LISTENER_H
#define SAMPLECASE_SERVER_LISTENER_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/error.h"
#include "server/connections.h"

struct listener;

// Takes over the accepted descriptor, which is in the registry; must close it in any case and may
// be called from the listener's thread only.
typedef void listener_take(void *context, int fd, const struct sockaddr *address,
                           socklen_t address_size);

// Binds to a numeric address ("127.0.0.1", "::1", "0.0.0.0") and a port, 0 for a free one. Nothing
// is accepted yet. NULL with the error.
struct listener *listener_open(const char *address, uint16_t port, struct error *error);

// The port that was bound, and whether the address is a loopback one.
uint16_t listener_port(const struct listener *listener);
bool listener_is_loopback(const struct listener *listener);

// Starts to accept. With `plain`, a connection too many is told so in HTTP before it is closed.
bool listener_start(struct listener *listener, struct connections *connections, bool plain,
                    listener_take *take, void *context, struct error *error);

// Stops accepting and closes the socket; new clients are refused by the system. listener_close does
// the same first and then frees. NULL is fine.
void listener_stop(struct listener *listener);
void listener_close(struct listener *listener);

#endif
