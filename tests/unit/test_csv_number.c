// SPDX-License-Identifier: MIT
// The C library's strtod says what is right.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "formats/csv_number.h"

static void tells_kinds_apart(void **state)
{
    static const struct {
        const char *text;
        enum csv_kind kind;
    } CASES[] = {
        {"", CSV_MISSING},
        {"NA", CSV_MISSING},
        {"nan", CSV_MISSING},
        {"?", CSV_MISSING},
        {"NULL", CSV_MISSING},
        {"n/a", CSV_MISSING},
        {"0", CSV_WHOLE},
        {"-0", CSV_WHOLE},
        {"+12", CSV_WHOLE},
        {"007", CSV_WHOLE},
        {"9223372036854775807", CSV_WHOLE},
        {"-9223372036854775808", CSV_WHOLE},
        {"9223372036854775808", CSV_NUMBER},
        {"-9223372036854775809", CSV_NUMBER},
        {"99999999999999999999", CSV_NUMBER},
        {"00000000000000000000000000001", CSV_WHOLE},
        {"1.", CSV_NUMBER},
        {".5", CSV_NUMBER},
        {"1e5", CSV_NUMBER},
        {"1E+5", CSV_NUMBER},
        {"-inf", CSV_NUMBER},
        {"Infinity", CSV_NUMBER},
        {".", CSV_TEXT},
        {"e5", CSV_TEXT},
        {"1e", CSV_TEXT},
        {"1e+", CSV_TEXT},
        {"--1", CSV_TEXT},
        {"+", CSV_TEXT},
        {"0x10", CSV_TEXT},
        {"1,5", CSV_TEXT},
        {"1 2", CSV_TEXT},
        {"1e5x", CSV_TEXT},
        {"infinit", CSV_TEXT},
        {"nan(1)", CSV_TEXT},
        {"12a", CSV_TEXT},
        {"1.2.3", CSV_TEXT},
        {"-", CSV_TEXT},
        {"--", CSV_TEXT},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        int64_t whole = 0;
        enum csv_kind kind = csv_number_kind(CASES[i].text, strlen(CASES[i].text), &whole);
        if (kind != CASES[i].kind)
            fail_msg("%s is %d", CASES[i].text, (int)kind);
        if (kind == CSV_WHOLE)
            assert_true(whole == strtoll(CASES[i].text, NULL, 10));
    }
}

static void expect_double(const char *text)
{
    double right = strtod(text, NULL), value = csv_number_double(text, strlen(text));
    if (memcmp(&right, &value, sizeof value) != 0)
        fail_msg("%s is %a, not %a", text, right, value);
}

static uint64_t next(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static void rounds_correctly(void **state)
{
    static const char *const HARD[] = {"9007199254740993",
                                       "9007199254740991e22",
                                       "9007199254740992e-22",
                                       "1e23",
                                       "8.5e22",
                                       "-0",
                                       "-0.0e5",
                                       "2.2250738585072011e-308",
                                       "4.9406564584124654e-324",
                                       "2.4703282292062327e-324",
                                       "1.8e308",
                                       "1.7976931348623158e308",
                                       "0.00000000000000000000000000000000000000000000000000001e60",
                                       "1e-99999999999",
                                       "1e99999999999",
                                       "0e99999999999",
                                       "123456789012345678901234567890e-40",
                                       "18446744073709551615",
                                       "18446744073709551616",
                                       "1844674407370955161.6",
                                       "0.500000000000000166533453693773481063544750213623046875"};
    (void)state;
    uint64_t random = 88172645463325252u;
    char text[64];
    for (size_t i = 0; i < sizeof HARD / sizeof *HARD; i++)
        expect_double(HARD[i]);
    for (int i = 0; i < 100000; i++) {
        int digits = (int)(next(&random) % 20), exponent = (int)(next(&random) % 60) - 30;
        double value;
        uint64_t bits = next(&random);
        memcpy(&value, &bits, sizeof value);
        snprintf(text, sizeof text, "%s%llu.%0*llue%d", bits & 1 ? "-" : "",
                 (unsigned long long)(next(&random) >> (bits % 64)), digits,
                 (unsigned long long)(next(&random) >> 40), exponent);
        expect_double(text);
        if (isfinite(value)) {
            snprintf(text, sizeof text, "%.17g", value);
            expect_double(text);
        }
    }
}

// Where a comma is the point, a point still is one.
static void ignores_the_locale(void **state)
{
    (void)state;
    if (setlocale(LC_NUMERIC, "de_DE.UTF-8"))
        assert_int_not_equal(strtod("1.5", NULL), 1.5);
    assert_true(csv_number_double("1.234567890123456789e-30", 24) == 1.234567890123456789e-30);
    setlocale(LC_NUMERIC, "C");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_kinds_apart),
        cmocka_unit_test(rounds_correctly),
        cmocka_unit_test(ignores_the_locale),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
