// SPDX-License-Identifier: MIT
// An answer as a value: built by a handler, sent and dropped by the HTTP layer, which adds what all
// answers share (Date, Content-Length, CORS, compression, 304 and 206).
#ifndef SAMPLECASE_SERVER_RESPONSE_H
#define SAMPLECASE_SERVER_RESPONSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"

struct dataset;
struct embedded;
struct parcel;

enum body_kind {
    BODY_NONE,
    BODY_BUFFER,   // `buffer`, owned
    BODY_EMBEDDED, // `embedded`, part of the program or made at its start
    BODY_PARCEL,   // `parcel`, owned
    BODY_STORED,   // bytes as a file has them: `stored`, or `buffer`; ranges are answered
};

enum caching {
    CACHE_REVALIDATE, // no-cache: may be kept, must be asked about
    CACHE_IMMUTABLE,  // the URL names a revision: a year
    CACHE_NEVER,      // no-store
};

struct response {
    unsigned status;
    const char *content_type; // static
    enum body_kind body;
    struct buffer buffer;
    const struct embedded *embedded;
    struct parcel *parcel;
    const uint8_t *stored; // BODY_STORED: borrowed from `hold`; NULL when it is `buffer`
    size_t stored_size;
    struct dataset *hold;  // what `stored` lies in: released when the body was sent; or NULL
    char etag[96];         // without quotes and content coding; "" for none
    bool etag_from_body;   // the HTTP layer hashes the body into `etag`
    bool compressible;
    bool page;             // a page of the gallery: with a Content-Security-Policy
    enum caching caching;
    struct buffer link;    // value of the Link header; empty for none
    const char *allow;     // value of the Allow header, static; or NULL
    char location[160];    // value of the Location header; "" for none
    char cookie[160];      // value of the Set-Cookie header; "" for none
    bool authenticate;     // adds WWW-Authenticate: Bearer
    bool retry;            // adds Retry-After: the same request may succeed soon
};

#define RESPONSE_INIT {.status = 200, .content_type = "application/json", .body = BODY_NONE}

// Frees what the response still owns.
void response_clear(struct response *response);

#endif
