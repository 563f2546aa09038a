// SPDX-License-Identifier: MIT
// HTTP itself: the only file that knows libmicrohttpd. Takes connections from the listener, looks
// at each request with the guard, lets answer.h answer, and sends the response with what all
// responses share: Date, length, entity tag, coding, range, CORS.
#ifndef SAMPLECASE_SERVER_HTTP_H
#define SAMPLECASE_SERVER_HTTP_H

#include <stdint.h>

#include "base/error.h"
#include "server/listener.h"
#include "server/site.h"

struct http;

struct http_options {
    unsigned threads;             // that answer; at least 1
    size_t max_connections;       // 0: what the limit on open files allows
    const char *tls_cert, *tls_key; // PEM texts; NULL for plain HTTP
};

// Starts to answer on the listener for the site; both are borrowed until http_stop. NULL with the
// error.
struct http *http_start(struct listener *listener, const struct site *site,
                        const struct http_options *options, struct error *error);

// Stops: no new connection is taken, answers under way get up to eight seconds to end, the rest is
// cut. NULL is fine.
void http_stop(struct http *http);

#endif
