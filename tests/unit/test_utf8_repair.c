// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "base/utf8_repair.h"

#define BAD "\xef\xbf\xbd"

static void check(const char *bytes, size_t size, const char *expected, size_t expected_size,
                  size_t repairs)
{
    char *exact = malloc(size ? size : 1); // so that a sanitizer sees a read past the end
    assert_non_null(exact);
    memcpy(exact, bytes, size);
    struct buffer out = BUFFER_INIT;
    assert_int_equal(utf8_repair(exact, size, &out), repairs);
    assert_int_equal(out.size, expected_size);
    if (expected_size > 0)
        assert_memory_equal(out.data, expected, expected_size);
    buffer_free(&out);
    free(exact);
}

// The first four are tables 3-8 to 3-11 of the Unicode Standard, version 15.0; what the others give
// was asked of Python: bytes.decode("utf-8", "replace").
static void parts(void **state)
{
    (void)state;
    static const struct {
        const char *bytes, *expected;
        size_t repairs;
    } CASES[] = {
        {"\xc0\xaf\xe0\x80\xbf\xf0\x81\x82\x41", BAD BAD BAD BAD BAD BAD BAD BAD "A", 8},
        {"\xed\xa0\x80\xed\xbf\xbf\xed\xaf\x41", BAD BAD BAD BAD BAD BAD BAD BAD "A", 8},
        {"\xf4\x91\x92\x93\xff\x41\x80\xbf\x42", BAD BAD BAD BAD BAD "A" BAD BAD "B", 7},
        {"\xe1\x80\xe2\xf0\x91\x92\xf1\xbf\x41", BAD BAD BAD BAD "A", 4},
        {"", "", 0},
        {"caf\xe9", "caf" BAD, 1},
        {"caf\xe9s", "caf" BAD "s", 1},
        {"caf\xc3\xa9", "caf\xc3\xa9", 0},
        {"\xf0\x9f\x98", BAD, 1},
        {"\xf0\x9f\x98\xe2\x82", BAD BAD, 2},
        {"\xc3\xc3\xa9", BAD "\xc3\xa9", 1},
        {"\xfe\xff", BAD BAD, 2},
        {"\xf8\x88\x80\x80\x80", BAD BAD BAD BAD BAD, 5},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
        check(CASES[i].bytes, strlen(CASES[i].bytes), CASES[i].expected, strlen(CASES[i].expected),
              CASES[i].repairs);
    check("a\0\xff\0", 4, "a\0" BAD "\0", 6, 1);
}

// Every sequence of two bytes: what comes out is UTF-8 and keeps what was.
static void pairs(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 65536; i++) {
        char bytes[] = {(char)(i >> 8), (char)i, 'x'};
        struct buffer out = BUFFER_INIT;
        size_t repairs = utf8_repair(bytes, sizeof bytes, &out);
        assert_int_equal(text_utf8_prefix(out.data, out.size), out.size);
        assert_int_equal(repairs == 0, text_utf8_prefix(bytes, sizeof bytes) == sizeof bytes);
        assert_int_equal(out.data[out.size - 1], 'x');
        buffer_free(&out);
    }
}

static void marks(void **state)
{
    (void)state;
    assert_int_equal(utf8_mark("\xef\xbb\xbfx", 4), 3);
    assert_int_equal(utf8_mark("\xef\xbb", 2), 0);
    assert_int_equal(utf8_mark("x\xef\xbb\xbf", 4), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(parts), cmocka_unit_test(pairs),
                                       cmocka_unit_test(marks)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
