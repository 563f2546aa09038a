// SPDX-License-Identifier: MIT
// What one running server is: its datasets and how it was asked to serve them. Set up before the
// first request, read by all threads, changed by none.
#ifndef SAMPLECASE_SERVER_SITE_H
#define SAMPLECASE_SERVER_SITE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "base/digest.h"

struct library;

struct site {
    struct library *library;
    const char *base_path;          // "" or "/p", without a slash at its end
    const char *const *cors;        // allowed origins, NULL-terminated; "*" for any
    const char *const *hosts;       // allowed hosts besides loopback names, NULL-terminated
    bool any_host;                  // bound elsewhere than loopback and no host list was given
    char token_sha256[DIGEST_HEX];  // of the token; "" when everyone may read
    bool tls;
    struct buffer openapi;          // the document, made at start
    struct buffer index_html;       // the gallery's page with its base path
};

#endif
