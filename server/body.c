// SPDX-License-Identifier: MIT
#include "server/body.h"

#include <stdio.h>
#include <string.h>

#include "base/embedded.h"
#include "server/answer.h"
#include "server/compress.h"
#include "server/negotiate.h"
#include "server/parcel.h"
#include "store/dataset.h"

enum { COMPRESS_FROM = 1024 };

static void choose_embedded(const struct response *response, bool gzip, struct body *body)
{
    const struct embedded *file = response->embedded;
    body->gzip = gzip && file->gzip;
    body->bytes = body->gzip ? file->gzip : file->bytes;
    body->size = body->gzip ? file->gzip_size : file->size;
}

static void choose_buffer(const struct response *response, bool gzip, struct body *body)
{
    body->bytes = response->buffer.data;
    body->size = response->buffer.size;
    if (gzip && response->compressible && body->size >= COMPRESS_FROM &&
        compress_gzip(&body->owned, body->bytes, body->size)) {
        body->gzip = true;
        body->bytes = body->owned.data;
        body->size = body->owned.size;
    }
}

static void body_tag(struct response *response)
{
    char hex[DIGEST_HEX];
    digest_of(response->buffer.data, response->buffer.size, hex);
    memcpy(response->etag, hex, 32);
    response->etag[32] = '\0';
}

// Whether the client has this body already.
static bool is_known(const struct response *response, const struct header_fields *fields,
                     const struct body *body)
{
    char tag[sizeof response->etag + 8];
    snprintf(tag, sizeof tag, "%s%s", response->etag, body->gzip ? "-gzip" : "");
    return *response->etag && negotiate_matches(fields->if_none_match, tag);
}

static void refuse_range(struct response *response, bool gzip, struct body *body)
{
    struct problem problem = PROBLEM_INIT;
    snprintf(body->content_range, sizeof body->content_range, "bytes */%zu", body->size);
    problem_set(&problem, PROBLEM_RANGE, "the range begins past the end; the body has %zu bytes",
                body->size);
    answer_problem(&problem, response);
    problem_clear(&problem);
    choose_buffer(response, gzip, body);
}

// Narrows a stored body to the part that was asked for.
static void choose_part(struct response *response, const struct header_fields *fields, bool gzip,
                        struct body *body)
{
    uint64_t first = 0, last = 0, size = body->size;
    switch (negotiate_range(fields->range, fields->if_range, response->etag, size, &first, &last)) {
    case RANGE_NONE:
        refuse_range(response, gzip, body);
        break;
    case RANGE_PART:
        response->status = 206;
        snprintf(body->content_range, sizeof body->content_range, "bytes %llu-%llu/%llu",
                 (unsigned long long)first, (unsigned long long)last, (unsigned long long)size);
        body->size = last - first + 1;
        if (response->stored)
            body->bytes = response->stored + first;
        else // the buffer goes to the library from its beginning
            memmove(response->buffer.data, response->buffer.data + first, body->size);
        break;
    case RANGE_WHOLE:
        break;
    }
}

void body_choose(struct response *response, const struct header_fields *fields, struct body *body)
{
    bool gzip = negotiate_gzip(fields->accept_encoding);
    *body = (struct body){.bytes = "", .size = 0};
    switch (response->body) {
    case BODY_NONE:
        break;
    case BODY_BUFFER:
        if (response->etag_from_body)
            body_tag(response);
        choose_buffer(response, gzip, body);
        break;
    case BODY_EMBEDDED:
        choose_embedded(response, gzip, body);
        break;
    case BODY_PARCEL:
        body->bytes = NULL;
        body->size = response->parcel->size;
        break;
    case BODY_STORED:
        body->bytes = response->stored ? (const char *)response->stored : response->buffer.data;
        body->size = response->stored ? response->stored_size : response->buffer.size;
        break;
    }
    if (response->status != 200)
        return;
    if (is_known(response, fields, body))
        response->status = 304;
    else if (response->body == BODY_STORED)
        choose_part(response, fields, gzip, body);
}
