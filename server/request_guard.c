// SPDX-License-Identifier: MIT
#include "server/request_guard.h"

#include <arpa/inet.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"

enum { FIELD_SIZE = 64 }; // of a field's separators and the HTTP library's record of it

static bool is_token(const char *name, size_t size)
{
    static const char EXTRA[] = "!#$%&'*+-.^_`|~";
    for (size_t i = 0; i < size; i++) {
        char c = name[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!plain && (!c || !strchr(EXTRA, c)))
            return false;
    }
    return size > 0;
}

static bool is_name(const char *name, size_t size, const char *other)
{
    return strlen(other) == size && strncasecmp(name, other, size) == 0;
}

void request_guard_field(struct request_guard *guard, const char *name, size_t name_size,
                         const char *value)
{
    if (!is_token(name, name_size))
        guard->bad_field = true;
    size_t size = (value ? strlen(value) : 0) + FIELD_SIZE;
    guard->fields_size += name_size + size;
    if (is_name(name, name_size, "cookie")) {
        guard->fields_size += size; // kept a second time, in parts
    } else if (is_name(name, name_size, "host")) {
        guard->num_hosts++;
        guard->host = value;
    } else if (is_name(name, name_size, "transfer-encoding")) {
        guard->transfer_encoding = true;
    } else if (is_name(name, name_size, "content-length")) {
        guard->num_lengths++;
        guard->bad_length |= !value || !text_uint64(value, &guard->length);
    }
}

static bool is_hex(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool check_target(const char *method, const char *target, struct problem *problem)
{
    if (strcmp(target, "*") == 0 && strcmp(method, "OPTIONS") == 0)
        return true;
    if (target[0] != '/')
        return problem_set(problem, PROBLEM_INVALID_REQUEST,
                           "the request target must begin with /");
    for (const char *at = target; *at; at++) {
        unsigned char c = (unsigned char)*at;
        if (c <= 0x20 || c >= 0x7f)
            return problem_set(problem, PROBLEM_INVALID_REQUEST,
                               "the request target has the byte 0x%02x at %td; write it "
                               "percent-encoded",
                               c, at - target);
        if (c == '#')
            return problem_set(problem, PROBLEM_INVALID_REQUEST,
                               "the request target has a fragment at byte %td", at - target);
        if (c == '%' && (!is_hex(at[1]) || !is_hex(at[2])))
            return problem_set(problem, PROBLEM_INVALID_REQUEST,
                               "the request target has a bad percent escape at byte %td",
                               at - target);
        if (c == '%' && at[1] == '0' && at[2] == '0')
            return problem_set(problem, PROBLEM_INVALID_REQUEST,
                               "the request target has %%00 at byte %td", at - target);
    }
    return true;
}

// The name in a Host value "name", "name:port" or "[v6]:port" without its port; false when the
// value is none of these.
static bool host_name(const char *host, char *name, size_t size)
{
    size_t length = *host == '[' ? strcspn(host, "]") + 1 : strcspn(host, ":");
    const char *rest = host + length;
    if (length == 0 || length >= size || length > strlen(host))
        return false;
    if (*rest == ':' && rest[1 + strspn(rest + 1, "0123456789")] != '\0')
        return false;
    if (*rest && *rest != ':')
        return false;
    memcpy(name, host, length);
    name[length] = '\0';
    return strcspn(name, " \t/@,\\?#") == length;
}

static bool is_loopback(const char *name)
{
    struct in_addr address;
    if (inet_pton(AF_INET, name, &address) == 1)
        return (ntohl(address.s_addr) >> 24) == 127;
    return strcasecmp(name, "localhost") == 0 || strcmp(name, "[::1]") == 0;
}

static bool check_host(const struct request_guard *guard, const struct site *site,
                       struct problem *problem)
{
    char name[256];
    if (guard->num_hosts != 1)
        return problem_set(problem, PROBLEM_INVALID_REQUEST,
                           "the request has %u Host fields; it must have one", guard->num_hosts);
    if (!guard->host || !host_name(guard->host, name, sizeof name))
        return problem_set(problem, PROBLEM_INVALID_REQUEST,
                           "the Host field is no host name with an optional port");
    if (site->any_host || is_loopback(name))
        return true;
    for (const char *const *host = site->hosts; host && *host; host++)
        if (strcasecmp(*host, name) == 0)
            return true;
    return problem_set(problem, PROBLEM_HOST,
                       "this server does not answer for the host \"%.100s\"; whoever runs it can "
                       "allow it with --allow-host %.100s",
                       name, name);
}

bool request_guard_check(const struct request_guard *guard, const struct site *site,
                         struct problem *problem)
{
    bool reads = strcmp(guard->method, "GET") == 0 || strcmp(guard->method, "HEAD") == 0 ||
                 strcmp(guard->method, "OPTIONS") == 0;
    size_t head = strlen(guard->target) + guard->fields_size;
    if (head > GUARD_MAX_HEAD)
        return problem_set(problem, PROBLEM_HEAD_TOO_LARGE,
                           "the address and the header fields need %zu bytes; at most %d are "
                           "taken: ask for less at once, or send fewer cookies",
                           head, GUARD_MAX_HEAD);
    if (guard->bad_field)
        return problem_set(problem, PROBLEM_INVALID_REQUEST,
                           "a header field's name holds a character that is not allowed there");
    if (!check_target(guard->method, guard->target, problem) || !check_host(guard, site, problem))
        return false;
    if (guard->transfer_encoding)
        return problem_set(problem, PROBLEM_INVALID_REQUEST,
                           "Transfer-Encoding is not taken; send a Content-Length");
    if (guard->num_lengths > 1 || guard->bad_length)
        return problem_set(problem, PROBLEM_INVALID_REQUEST,
                           "Content-Length must be one whole number");
    if (reads && guard->length > 0)
        return problem_set(problem, PROBLEM_INVALID_REQUEST, "a %.10s request has no body",
                           guard->method);
    if (guard->length > GUARD_MAX_BODY)
        return problem_set(problem, PROBLEM_BODY_TOO_LARGE,
                           "the body has %llu bytes; at most %d are taken",
                           (unsigned long long)guard->length, GUARD_MAX_BODY);
    return true;
}
