// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "server/request_guard.h"

static const char *const HOSTS[] = {"data.example", NULL};
static const struct site LOOPBACK = {.base_path = "", .hosts = HOSTS};
static const struct site ANYWHERE = {.base_path = "", .any_host = true};

// The kind of problem that a GET of the target with one Host and one more field runs into.
static enum problem_kind verdict(const struct site *site, const char *method, const char *target,
                                 const char *host, const char *field, const char *value)
{
    struct request_guard guard = {.method = method, .target = target};
    struct problem problem = PROBLEM_INIT;
    if (host)
        request_guard_field(&guard, "Host", 4, host);
    if (field)
        request_guard_field(&guard, field, strlen(field), value);
    bool fine = request_guard_check(&guard, site, &problem);
    assert_true(fine == (problem.kind == PROBLEM_NONE));
    assert_true(fine || *problem.detail);
    enum problem_kind kind = problem.kind;
    problem_clear(&problem);
    return kind;
}

static enum problem_kind for_target(const char *target)
{
    return verdict(&LOOPBACK, "GET", target, "localhost", NULL, NULL);
}

static enum problem_kind for_host(const char *host)
{
    return verdict(&LOOPBACK, "GET", "/", host, NULL, NULL);
}

static enum problem_kind for_field(const char *method, const char *field, const char *value)
{
    return verdict(&LOOPBACK, method, "/", "localhost", field, value);
}

static void targets(void **state)
{
    (void)state;
    assert_int_equal(for_target("/a?b=%41+c"), PROBLEM_NONE);
    static const char *const BAD[] = {"a",    "",        "/ ",    "/\x01",  "/\x7f", "/\xc3\xa9",
                                      "/%",   "/%4",     "/%zz",  "/%00",   "/a%00b", "/a#b",
                                      "http://localhost/"};
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++)
        assert_int_equal(for_target(BAD[i]), PROBLEM_INVALID_REQUEST);
    assert_int_equal(for_target("*"), PROBLEM_INVALID_REQUEST);
    assert_int_equal(verdict(&LOOPBACK, "OPTIONS", "*", "localhost", NULL, NULL), PROBLEM_NONE);
}

static void hosts(void **state)
{
    (void)state;
    static const char *const OURS[] = {"localhost",      "LOCALHOST:80", "127.0.0.1:8080",
                                       "127.3.2.1",      "[::1]",        "[::1]:8080",
                                       "data.example",   "Data.Example:1"};
    static const char *const OTHERS[] = {"evil.example", "127.0.0.1.evil.example", "128.0.0.1",
                                         "[::2]", "localhost.evil.example"};
    static const char *const BAD[] = {"", ":80", "a b", "localhost:x", "[::1", "a/b", "u@localhost",
                                      "localhost,evil.example"};
    for (size_t i = 0; i < sizeof OURS / sizeof *OURS; i++)
        assert_int_equal(for_host(OURS[i]), PROBLEM_NONE);
    for (size_t i = 0; i < sizeof OTHERS / sizeof *OTHERS; i++)
        assert_int_equal(for_host(OTHERS[i]), PROBLEM_HOST);
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++)
        assert_int_equal(for_host(BAD[i]), PROBLEM_INVALID_REQUEST);
    assert_int_equal(for_host(NULL), PROBLEM_INVALID_REQUEST);
    assert_int_equal(verdict(&ANYWHERE, "GET", "/", "evil.example", NULL, NULL), PROBLEM_NONE);
}

static void fields(void **state)
{
    (void)state;
    assert_int_equal(for_field("GET", "X-Whatever", "1"), PROBLEM_NONE);
    assert_int_equal(for_field("GET", "Content-Length", "0"), PROBLEM_NONE);
    assert_int_equal(for_field("POST", "content-length", "10"), PROBLEM_NONE);
    assert_int_equal(for_field("GET", "Host", "localhost"), PROBLEM_INVALID_REQUEST);
    assert_int_equal(for_field("GET", "Bad Name", "1"), PROBLEM_INVALID_REQUEST);
    assert_int_equal(for_field("GET", "", "1"), PROBLEM_INVALID_REQUEST);
    assert_int_equal(for_field("POST", "Transfer-Encoding", "chunked"), PROBLEM_INVALID_REQUEST);
    assert_int_equal(for_field("POST", "Content-Length", "+1"), PROBLEM_INVALID_REQUEST);
    assert_int_equal(for_field("POST", "Content-Length", "1, 1"), PROBLEM_INVALID_REQUEST);
    assert_int_equal(for_field("POST", "Content-Length", "99999999999999999999"),
                     PROBLEM_INVALID_REQUEST);
    assert_int_equal(for_field("GET", "Content-Length", "1"), PROBLEM_INVALID_REQUEST);
    assert_int_equal(for_field("OPTIONS", "Content-Length", "1"), PROBLEM_INVALID_REQUEST);
    assert_int_equal(for_field("PUT", "Content-Length", "1"), PROBLEM_NONE); // a 405 says more
    assert_int_equal(for_field("POST", "Content-Length", "1048577"), PROBLEM_BODY_TOO_LARGE);
}

static void two_lengths(void **state)
{
    (void)state;
    struct request_guard guard = {.method = "POST", .target = "/"};
    struct problem problem = PROBLEM_INIT;
    request_guard_field(&guard, "Host", 4, "localhost");
    request_guard_field(&guard, "Content-Length", 14, "5");
    request_guard_field(&guard, "Content-Length", 14, "5");
    assert_false(request_guard_check(&guard, &LOOPBACK, &problem));
    assert_int_equal(problem.kind, PROBLEM_INVALID_REQUEST);
    problem_clear(&problem);
}

static void large_heads(void **state)
{
    (void)state;
    static char text[GUARD_MAX_HEAD];
    memset(text, 'a', sizeof text - 1);
    text[0] = '/';
    assert_int_equal(for_target(text), PROBLEM_HEAD_TOO_LARGE);
    text[GUARD_MAX_HEAD - 200] = '\0';
    assert_int_equal(for_target(text), PROBLEM_NONE);
    assert_int_equal(for_field("GET", "X", text), PROBLEM_NONE);
    assert_int_equal(for_field("GET", "Cookie", text), PROBLEM_HEAD_TOO_LARGE);
    text[GUARD_MAX_HEAD / 2 - 200] = '\0';
    assert_int_equal(for_field("GET", "Cookie", text), PROBLEM_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(targets),
        cmocka_unit_test(hosts),
        cmocka_unit_test(fields),
        cmocka_unit_test(two_lengths),
        cmocka_unit_test(large_heads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
