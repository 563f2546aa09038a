// SPDX-License-Identifier: MIT
#include "server/auth.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/digest.h"

static const char COOKIE[] = "samplecase=";

bool auth_load(struct site *site, const char *path, struct error *error)
{
    char line[600];
    FILE *file = fopen(path, "re");
    if (!file)
        return error_system(error, "cannot read the token file %s", path);
    bool read = fgets(line, sizeof line, file) != NULL;
    fclose(file);
    if (!read)
        line[0] = '\0';
    size_t size = strcspn(line, "\r\n");
    line[size] = '\0';
    if (size < 16 || size > 512)
        return error_set(error, ERROR_INPUT,
                         "the first line of %s has %zu characters; a token has 16 to 512", path,
                         size);
    for (size_t i = 0; i < size; i++)
        if (line[i] <= ' ' || line[i] >= 0x7f)
            return error_set(error, ERROR_INPUT,
                             "character %zu of the token in %s is no visible ASCII character",
                             i + 1, path);
    digest_of(line, size, site->token_sha256);
    return true;
}

// Two hashes as text, in a time that does not depend on where they differ.
static bool same_hash(const char *a, const char *b)
{
    unsigned difference = 0;
    for (size_t i = 0; i < DIGEST_HEX - 1; i++)
        difference |= (unsigned)(a[i] ^ b[i]);
    return difference == 0;
}

static void cookie_value(const struct site *site, char hex[DIGEST_HEX])
{
    char text[32 + DIGEST_HEX];
    int size = snprintf(text, sizeof text, "samplecase session %s", site->token_sha256);
    digest_of(text, (size_t)size, hex);
}

static bool bearer_matches(const struct site *site, const char *authorization)
{
    char hex[DIGEST_HEX];
    if (!authorization || strncasecmp(authorization, "Bearer ", 7) != 0)
        return false;
    const char *token = authorization + 7 + strspn(authorization + 7, " ");
    digest_of(token, strlen(token), hex);
    return same_hash(hex, site->token_sha256);
}

static bool cookie_matches(const struct site *site, const char *cookies)
{
    char value[DIGEST_HEX], given[DIGEST_HEX], expected[DIGEST_HEX];
    cookie_value(site, value);
    digest_of(value, strlen(value), expected);
    for (const char *at = cookies; at && *at;) {
        at += strspn(at, " ;");
        size_t size = strcspn(at, ";");
        if (strncmp(at, COOKIE, sizeof COOKIE - 1) == 0 && size >= sizeof COOKIE - 1) {
            digest_of(at + sizeof COOKIE - 1, size - (sizeof COOKIE - 1), given);
            if (same_hash(given, expected))
                return true;
        }
        at += size;
    }
    return false;
}

bool auth_allows(const struct site *site, const struct header_fields *fields,
                 struct problem *problem)
{
    if (!*site->token_sha256 || bearer_matches(site, fields->authorization) ||
        cookie_matches(site, fields->cookie))
        return true;
    bool tried = fields->authorization || (fields->cookie && strstr(fields->cookie, COOKIE));
    return problem_set(problem, PROBLEM_UNAUTHORIZED,
                       "%s; send \"Authorization: Bearer TOKEN\", or exchange it for a cookie with "
                       "POST /session",
                       tried ? "the token is not the right one" : "this server asks for a token");
}

void auth_cookie(const struct site *site, char *out, size_t size)
{
    char value[DIGEST_HEX];
    cookie_value(site, value);
    snprintf(out, size, "%s%s; Path=%s/; HttpOnly; SameSite=Strict%s", COOKIE, value,
             site->base_path, site->tls ? "; Secure" : "");
}
