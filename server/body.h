// SPDX-License-Identifier: MIT
// What goes out for a response after what the client's header fields ask: a coding, a part, or
// nothing because it is there already (RFC 9110, sections 12 to 14).
#ifndef SAMPLECASE_SERVER_BODY_H
#define SAMPLECASE_SERVER_BODY_H

#include "server/response.h"
#include "server/route.h"

struct body {
    const void *bytes; // borrowed from the response, or from `owned`; NULL for a parcel
    size_t size;
    bool gzip;               // they are compressed
    char content_range[64];  // value of that header field for 206 and 416; else ""
    struct buffer owned;     // what was compressed here; the caller frees it
};

// Chooses the body and may change the response to 304, 206 or 416. A 304 keeps the body, whose
// length alone is sent.
void body_choose(struct response *response, const struct header_fields *fields, struct body *body);

#endif
