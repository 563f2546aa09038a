// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"

static void numbers(void **state)
{
    (void)state;
    uint64_t out = 7;
    assert_true(text_uint64("0", &out));
    assert_true(out == 0);
    assert_true(text_uint64("0050000", &out));
    assert_true(out == 50000);
    assert_true(text_uint64("18446744073709551615", &out));
    assert_true(out == UINT64_MAX);
    static const char *const WRONG[] = {
        "",
        " 1",
        "1 ",
        "+1",
        "-1",
        "-0",
        "1e3",
        "0x10",
        "1.0",
        "1,000",
        "٣",
        "\n1",
        "1\n",
        "18446744073709551616",
        "18446744073709551625",
        "99999999999999999999",
        "184467440737095516150",
    };
    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++)
        assert_false(text_uint64(WRONG[i], &out));
}

// The length of the valid part, over a block of exactly that size.
static size_t prefix(const char *bytes, size_t size)
{
    char *exact = malloc(size ? size : 1);
    assert_non_null(exact);
    memcpy(exact, bytes, size);
    size_t length = text_utf8_prefix(exact, size);
    free(exact);
    return length;
}

// Cases after RFC 3629, section 4 (the grammar of UTF8-octets), each bound from both sides.
static void utf8(void **state)
{
    (void)state;
    static const char *const GOOD[] = {
        "",
        "plain",
        "\x7f",
        "\xc2\x80",
        "\xdf\xbf",
        "\xe0\xa0\x80",
        "\xed\x9f\xbf",
        "\xee\x80\x80",
        "\xef\xbf\xbf",
        "\xf0\x90\x80\x80",
        "\xf4\x8f\xbf\xbf",
        "T\xc3\xbcr \xe2\x82\xac \xf0\x9f\x98\x80",
    };
    for (size_t i = 0; i < sizeof GOOD / sizeof *GOOD; i++)
        assert_int_equal(prefix(GOOD[i], strlen(GOOD[i])), strlen(GOOD[i]));
    static const char *const BAD[] = {
        "\x80",
        "\xbf",
        "\xc0\x80",
        "\xc1\xbf",
        "\xc2",
        "\xc2Z",
        "\xe0\x9f\xbf",
        "\xe2\x82",
        "\xed\xa0\x80",
        "\xed\xbf\xbf",
        "\xf0\x8f\xbf\xbf",
        "\xf0\x9f\x98",
        "\xf4\x90\x80\x80",
        "\xf5\x80\x80\x80",
        "\xff",
        "\xfe",
        "\xe2\x82\xc3",
        "\xf0\x9f\x98\x41",
    };
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        assert_int_equal(prefix(BAD[i], strlen(BAD[i])), 0);
        char text[16] = "ab\xc3\xa4";
        strcat(text, BAD[i]);
        assert_int_equal(prefix(text, strlen(text)), 4);
    }
    assert_int_equal(prefix("a\0b", 3), 3);
}

static void dataset_names(void **state)
{
    (void)state;
    char name[66];
    memset(name, 'a', sizeof name);
    name[64] = '\0';
    assert_true(text_is_dataset_name(name));
    name[64] = 'a';
    name[65] = '\0';
    assert_false(text_is_dataset_name(name));
    static const char *const GOOD[] = {"a", "0", "fashion_mnist", "a.b-c_d", "a..", "9-"};
    for (size_t i = 0; i < sizeof GOOD / sizeof *GOOD; i++)
        assert_true(text_is_dataset_name(GOOD[i]));
    static const char *const BAD[] = {
        "", ".", "..", "_a", "-a", "A", "aB", "a/b", "a b", "a\n", "caf\xc3\xa9", "a%2f", "a\\b",
    };
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++)
        assert_false(text_is_dataset_name(BAD[i]));
}

static void file_names(void **state)
{
    (void)state;
    char name[102];
    memset(name, 'n', sizeof name);
    name[100] = '\0';
    assert_true(text_is_file_name(name));
    name[100] = 'n';
    name[101] = '\0';
    assert_false(text_is_file_name(name));
    static const char *const GOOD[] = {"train", "a b", "MEDV", "caf\xc3\xa9",
                                       "a..b",  "x.y", "\"",   "a\\b"};
    for (size_t i = 0; i < sizeof GOOD / sizeof *GOOD; i++)
        assert_true(text_is_file_name(GOOD[i]));
    static const char *const BAD[] = {"",  ".",    "..",   ".x",    "a/b",
                                      "/", "a\tb", "\x7f", "a\xff", "\xc3"};
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++)
        assert_false(text_is_file_name(BAD[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers),
        cmocka_unit_test(utf8),
        cmocka_unit_test(dataset_names),
        cmocka_unit_test(file_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
