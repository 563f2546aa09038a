// SPDX-License-Identifier: MIT
// The token that a server may ask for, and the browser's cookie that stands for it. Both are
// compared as hashes, so that the time it takes says nothing about them. The cookie's value is
// derived from the token alone: servers with the same token take each other's, and none keeps a
// session.
#ifndef SAMPLECASE_SERVER_AUTH_H
#define SAMPLECASE_SERVER_AUTH_H

#include <stdbool.h>

#include "server/problem.h"
#include "server/route.h"
#include "server/site.h"

// Takes the token for the site from a file: its first line, 16 to 512 visible ASCII characters.
bool auth_load(struct site *site, const char *path, struct error *error);

// Whether the request carries the token, or the cookie, or the site asks for none. False with the
// problem.
bool auth_allows(const struct site *site, const struct header_fields *fields,
                 struct problem *problem);

// The Set-Cookie value for a client that has shown the token.
void auth_cookie(const struct site *site, char *out, size_t size);

#endif
