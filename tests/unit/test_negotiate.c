// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "server/negotiate.h"

static void takes_gzip(void **state)
{
    (void)state;
    static const char *const YES[] = {"gzip", "GZIP", "deflate, gzip;q=1.0, *;q=0.5", "*",
                                      "x-gzip", "br;q=1, gzip;q=0.001", " gzip "};
    static const char *const NO[] = {"", "identity", "gzip;q=0", "gzip; q=0.000", "br", "*;q=0",
                                     "gzip;q=0, *", "gzipped"};
    for (size_t i = 0; i < sizeof YES / sizeof *YES; i++)
        assert_true(negotiate_gzip(YES[i]));
    for (size_t i = 0; i < sizeof NO / sizeof *NO; i++)
        assert_false(negotiate_gzip(NO[i]));
    assert_false(negotiate_gzip(NULL));
}

static void matches_entity_tags(void **state)
{
    (void)state;
    assert_true(negotiate_matches("\"a\"", "a"));
    assert_true(negotiate_matches("W/\"a\"", "a"));
    assert_true(negotiate_matches("\"x\", W/\"y\" ,\"a\"", "a"));
    assert_true(negotiate_matches(" * ", "a"));
    assert_false(negotiate_matches("\"a", "a"));
    assert_false(negotiate_matches("a", "a"));
    assert_false(negotiate_matches("\"aa\"", "a"));
    assert_false(negotiate_matches("\"x\", junk, \"a\"", "a"));
    assert_false(negotiate_matches(NULL, "a"));
    assert_false(negotiate_matches("*", ""));
}

struct range_case {
    const char *range, *if_range;
    enum range_answer answer;
    uint64_t first, last;
};

// Against a body of 1,000 bytes with the tag "t"; expected values from RFC 9110, section 14.
static const struct range_case RANGES[] = {
    {"bytes=0-0", NULL, RANGE_PART, 0, 0},
    {"bytes=0-499", NULL, RANGE_PART, 0, 499},
    {"bytes=500-", NULL, RANGE_PART, 500, 999},
    {"bytes=-1", NULL, RANGE_PART, 999, 999},
    {"bytes=-5000", NULL, RANGE_PART, 0, 999},
    {"bytes=990-5000", NULL, RANGE_PART, 990, 999},
    {"Bytes = 1-2", NULL, RANGE_PART, 1, 2},
    {"bytes=0-99999999999999999999999", NULL, RANGE_PART, 0, 999},
    {"bytes=1000-", NULL, RANGE_NONE, 0, 0},
    {"bytes=99999999999999999999999-", NULL, RANGE_NONE, 0, 0},
    {"bytes=-0", NULL, RANGE_NONE, 0, 0},
    {"bytes=5-4", NULL, RANGE_WHOLE, 0, 0},
    {"bytes=0-1,5-6", NULL, RANGE_WHOLE, 0, 0},
    {"bytes=-", NULL, RANGE_WHOLE, 0, 0},
    {"bytes=a-b", NULL, RANGE_WHOLE, 0, 0},
    {"items=0-1", NULL, RANGE_WHOLE, 0, 0},
    {NULL, NULL, RANGE_WHOLE, 0, 0},
    {"bytes=0-0", "\"t\"", RANGE_PART, 0, 0},
    {"bytes=0-0", "W/\"t\"", RANGE_WHOLE, 0, 0},
    {"bytes=0-0", "\"other\"", RANGE_WHOLE, 0, 0},
    {"bytes=0-0", "Sun, 22 Nov 2026 06:44:27 GMT", RANGE_WHOLE, 0, 0},
};

static void reads_ranges(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof RANGES / sizeof *RANGES; i++) {
        const struct range_case *c = &RANGES[i];
        uint64_t first = 0, last = 0;
        assert_int_equal(negotiate_range(c->range, c->if_range, "t", 1000, &first, &last),
                         c->answer);
        if (c->answer == RANGE_PART) {
            assert_int_equal(first, c->first);
            assert_int_equal(last, c->last);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_gzip),
        cmocka_unit_test(matches_entity_tags),
        cmocka_unit_test(reads_ranges),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
