// SPDX-License-Identifier: MIT
// What one running server is: its datasets and how it was asked to serve them. Set up before the
// first request, read by all threads, changed by none.
#ifndef SAMPLECASE_SERVER_SITE_H
#define SAMPLECASE_SERVER_SITE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "base/digest.h"
#include "base/embedded.h"

struct library;
struct pool;

// A document that is made at start and served like the files that are part of the program.
struct site_file {
    struct buffer text, packed; // owned
    struct embedded made;       // its bytes are theirs
};

// Packs and hashes `text`, which has been written. False when memory was short.
bool site_file_finish(struct site_file *file);
void site_file_clear(struct site_file *file);

struct site {
    struct library *library;
    struct pool *pool;              // that batches are gathered in
    const char *base_path;          // "" or "/p", without a slash at its end
    const char *const *cors;        // allowed origins, NULL-terminated; "*" for any
    const char *const *hosts;       // allowed hosts besides loopback names, NULL-terminated
    bool any_host;                  // bound elsewhere than loopback and no host list was given
    char token_sha256[DIGEST_HEX];  // of the token; "" when everyone may read
    bool tls;
    struct site_file openapi;
    struct site_file index_html;    // the gallery's page with its base path
};

#endif
