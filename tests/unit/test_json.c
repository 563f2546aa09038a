// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "encode/decimal.h"
#include "encode/json.h"
#include "tests/unit/draw.h"
#include "tests/unit/failing.h"

// Compares what was written with a text, and empties the buffer.
static void expect(struct buffer *out, const char *text)
{
    assert_false(out->failed);
    assert_string_equal(buffer_text(out), text);
    out->size = 0;
}

static void strings(void **state)
{
    (void)state;
    struct buffer out = BUFFER_INIT;
    json_write_string(&out, "");
    expect(&out, "\"\"");
    json_write_string(&out, "plain, longer than a machine word <b>&amp;</b>");
    expect(&out, "\"plain, longer than a machine word <b>&amp;</b>\"");
    json_write_string(&out, "\"quoted\" back\\slash /");
    expect(&out, "\"\\\"quoted\\\" back\\\\slash /\"");
    json_write_string(&out, "\b\t\n\f\r\x01\x1f\x7f");
    expect(&out, "\"\\b\\t\\n\\f\\r\\u0001\\u001f\x7f\"");
    json_write_string_size(&out, "a\0b", 3);
    expect(&out, "\"a\\u0000b\"");
    json_write_string(&out, "Tür € 😀 \xe2\x80\xa8");
    expect(&out, "\"Tür € 😀 \xe2\x80\xa8\"");
    buffer_free(&out);
}

// Every byte at every place of a word, so that the scan by words and the one by bytes agree.
static void each_byte_at_each_place(void **state)
{
    (void)state;
    struct buffer out = BUFFER_INIT, expected = BUFFER_INIT;
    for (unsigned byte = 0; byte < 256; byte++) {
        for (size_t place = 0; place < 20; place++) {
            char text[20];
            memset(text, 'x', sizeof text);
            text[place] = (char)byte;
            buffer_printf(&expected, "\"%.*s", (int)place, text);
            const char *at = byte ? strchr("\bb\tt\nn\ff\rr\"\"\\\\", (int)byte) : NULL;
            if (byte >= 0x80)
                buffer_string(&expected, "\xef\xbf\xbd");
            else if (at && strchr("\b\t\n\f\r\"\\", (int)byte))
                buffer_printf(&expected, "\\%c", at[1]);
            else if (byte < 0x20)
                buffer_printf(&expected, "\\u%04x", byte);
            else
                buffer_byte(&expected, (char)byte);
            buffer_printf(&expected, "%.*s\"", (int)(19 - place), text + place + 1);
            json_write_string_size(&out, text, sizeof text);
            expect(&out, buffer_text(&expected));
            expected.size = 0;
        }
    }
    buffer_free(&out);
    buffer_free(&expected);
}

static void bytes_that_are_not_utf8_are_replaced(void **state)
{
    (void)state;
    struct buffer out = BUFFER_INIT;
    json_write_string(&out, "a\xff"
                            "b\xc3");
    expect(&out, "\"a\xef\xbf\xbd"
                 "b\xef\xbf\xbd\"");
    json_write_string(&out, "\xed\xa0\x80"); // a surrogate
    expect(&out, "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"");
    json_write_string(&out, "\xc0\xaf.\xe2\x82"); // overlong, cut short
    expect(&out, "\"\xef\xbf\xbd\xef\xbf\xbd.\xef\xbf\xbd\xef\xbf\xbd\"");
    json_write_string_size(&out, "\xf0\x9f\x98\x80", 3); // the fourth byte does not belong to it
    expect(&out, "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"");
    json_write_string(&out, "\xc3\"");
    expect(&out, "\"\xef\xbf\xbd\\\"\"");
    buffer_free(&out);
}

static void whole_numbers(void **state)
{
    (void)state;
    struct buffer out = BUFFER_INIT;
    static const struct {
        uint64_t value;
        const char *text;
    } CASES[] = {
        {0, "0"},
        {9, "9"},
        {10, "10"},
        {99, "99"},
        {100, "100"},
        {255, "255"},
        {65536, "65536"},
        {UINT64_C(9999999999999999999), "9999999999999999999"},
        {UINT64_C(10000000000000000000), "10000000000000000000"},
        {UINT64_MAX, "18446744073709551615"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        json_write_uint(&out, CASES[i].value);
        expect(&out, CASES[i].text);
    }
    uint64_t value = 1;
    for (int i = 0; i < 19; i++, value *= 10) {
        char text[32];
        snprintf(text, sizeof text, "%llu", (unsigned long long)value - 1);
        json_write_uint(&out, value - 1);
        expect(&out, text);
        snprintf(text, sizeof text, "%llu", (unsigned long long)value);
        json_write_uint(&out, value);
        expect(&out, text);
    }
    json_write_int(&out, -1);
    expect(&out, "-1");
    json_write_int(&out, INT64_MIN);
    expect(&out, "-9223372036854775808");
    json_write_int(&out, INT64_MAX);
    expect(&out, "9223372036854775807");
    buffer_free(&out);
}

// Where Python's repr() has no exponent, the text is the same. Texts from Python 3.11.
static void doubles_as_python_writes_them(void **state)
{
    (void)state;
    static const struct {
        double value;
        const char *text;
    } CASES[] = {
        {0.0, "0.0"},
        {-0.0, "-0.0"},
        {24.0, "24.0"},
        {-3.5, "-3.5"},
        {0.1, "0.1"},
        {0.00632, "0.00632"},
        {396.9, "396.9"},
        {0.1 + 0.2, "0.30000000000000004"},
        {1.0 / 3, "0.3333333333333333"},
        {2.0 / 3, "0.6666666666666666"},
        {0.5, "0.5"},
        {0.25, "0.25"},
        {0.0009765625, "0.0009765625"},
        {1.1920928955078125e-07 * 1024, "0.0001220703125"},
        {3.141592653589793, "3.141592653589793"},
        {123456.789e3, "123456789.0"},
        {4503599627370495.5, "4503599627370495.5"},
        {9007199254740991.0, "9007199254740991.0"},
        {9007199254740994.0, "9007199254740994.0"},
        {0.9999999999999999, "0.9999999999999999"},
        {9.999999999999998, "9.999999999999998"},
        {99999.99999999999, "99999.99999999999"},
        {0x1.fffffffffffffp-1, "0.9999999999999999"},
        {1e22, "1e+22"},
        {1.5e-7, "1.5e-07"},
    };
    struct buffer out = BUFFER_INIT;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        json_write_double(&out, CASES[i].value);
        expect(&out, CASES[i].text);
    }
    buffer_free(&out);
}

static void floats_as_numpy_writes_them(void **state)
{
    (void)state;
    // str(numpy.float32(...))
    static const struct {
        float value;
        const char *text;
    } CASES[] = {
        {0.1f, "0.1"},
        {3.1415927f, "3.1415927"},
        {16777216.0f, "16777216.0"},
        {0.333333343f, "0.33333334"},
        {-2.5f, "-2.5"},
        {1e-4f, "0.0001"},
        {8388607.5f, "8388607.5"},
        {0.99999994f, "0.99999994"},
        {1e30f, "1e+30"},
        {-0.0f, "-0.0"},
    };
    struct buffer out = BUFFER_INIT;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        json_write_float(&out, CASES[i].value);
        expect(&out, CASES[i].text);
    }
    buffer_free(&out);
}

static void doubles_without_an_exponent(void **state)
{
    (void)state;
    static const struct {
        double value;
        const char *text;
    } CASES[] = {
        {0.2, "0.2"},
        {-3, "-3.0"},
        {1e-7, "0.0000001"},
        {-1.25e-6, "-0.00000125"},
        {1e22, "10000000000000000000000.0"},
        {-0x1p60, "-1152921504606847000.0"},
        {1.5e17, "150000000000000000.0"},
    };
    char text[DECIMAL_PLAIN_MAX + 1];
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        text[decimal_plain(text, CASES[i].value)] = '\0';
        assert_string_equal(text, CASES[i].text);
    }
    static const double EXTREMES[] = {-0x1p-1074, -0x1.ffffffffffffep-1023,
                                      -0x1.fffffffffffffp1023};
    for (size_t i = 0; i < sizeof EXTREMES / sizeof *EXTREMES; i++) {
        size_t size = decimal_plain(text, EXTREMES[i]);
        assert_true(size <= DECIMAL_PLAIN_MAX);
        text[size] = '\0';
        assert_null(strchr(text, 'e'));
        assert_true(strtod(text, NULL) == EXTREMES[i]);
    }
}

static void what_is_no_number_is_null(void **state)
{
    (void)state;
    struct buffer out = BUFFER_INIT;
    json_write_double(&out, (double)NAN);
    expect(&out, "null");
    json_write_double(&out, (double)INFINITY);
    expect(&out, "null");
    json_write_double(&out, (double)-INFINITY);
    expect(&out, "null");
    json_write_float(&out, NAN);
    expect(&out, "null");
    json_write_float(&out, -INFINITY);
    expect(&out, "null");
    buffer_free(&out);
}

static void check_double(struct buffer *out, double value)
{
    json_write_double(out, value);
    const char *text = buffer_text(out);
    char shorter[40];
    assert_true(strtod(text, NULL) == value);
    assert_non_null(strpbrk(text, ".e"));
    // printf with fewer digits than these does not read back: 15 always are right, so look
    // below 17.
    size_t digits = 0;
    bool leading = true;
    for (const char *c = text; *c && *c != 'e'; c++) {
        if (*c >= '1' && *c <= '9')
            leading = false;
        digits += !leading && *c >= '0' && *c <= '9';
    }
    if (digits > 1 && value < 0x1p53 && value > 1e-5 && value != floor(value)) {
        snprintf(shorter, sizeof shorter, "%.*e", (int)digits - 2, value);
        assert_true(strtod(shorter, NULL) != value);
    }
    out->size = 0;
}

static void doubles_read_back_and_are_short(void **state)
{
    (void)state;
    struct buffer out = BUFFER_INIT;
    uint64_t seed = 1;
    for (int i = 0; i < 20000; i++) {
        uint64_t bits = draw(&seed);
        double any;
        memcpy(&any, &bits, sizeof any);
        if (isfinite(any))
            check_double(&out, fabs(any));
        check_double(&out, (double)(bits >> 11) * 0x1p-53);    // 0 to 1
        check_double(&out, (double)(bits >> 11) * 0x1p-33);    // to a million
        check_double(&out, (double)(bits % 100000000) / 1000); // few places
        check_double(&out, ldexp(1 + (double)(bits & 3) * 0x1p-52, (int)(bits >> 8 & 63) - 16));
        check_double(&out, nextafter(ldexp(1, (int)(bits >> 8 & 63) - 16), 0));
    }
    check_double(&out, 5e-324);
    check_double(&out, 2.2250738585072014e-308);
    check_double(&out, 1.7976931348623157e308);
    check_double(&out, 1e-5);
    check_double(&out, nextafter(1e-5, 0));
    buffer_free(&out);
}

static void floats_read_back(void **state)
{
    (void)state;
    struct buffer out = BUFFER_INIT;
    uint64_t seed = 2;
    for (int i = 0; i < 100000; i++) {
        uint32_t bits = (uint32_t)draw(&seed);
        float value;
        memcpy(&value, &bits, sizeof value);
        if (!isfinite(value))
            continue;
        json_write_float(&out, value);
        assert_true(strtof(buffer_text(&out), NULL) == value);
        assert_true(out.size <= 16);
        out.size = 0;
    }
    buffer_free(&out);
}

static void elements_by_dtype(void **state)
{
    (void)state;
    struct buffer out = BUFFER_INIT;
    json_write_element(&out, DTYPE_BOOL, "\0\1", 0);
    expect(&out, "false");
    json_write_element(&out, DTYPE_BOOL, "\0\1", 1);
    expect(&out, "true");
    json_write_element(&out, DTYPE_UINT8, "\xff", 0);
    expect(&out, "255");
    json_write_element(&out, DTYPE_INT8, "\xff", 0);
    expect(&out, "-1");
    json_write_element(&out, DTYPE_UINT64, "\xff\xff\xff\xff\xff\xff\xff\xff", 0);
    expect(&out, "18446744073709551615");
    json_write_element(&out, DTYPE_INT64, "\xff\xff\xff\xff\xff\xff\xff\xff", 0);
    expect(&out, "-1");
    json_write_element(&out, DTYPE_FLOAT32, "\0\0\0\0\xcd\xcc\xcc\x3d", 1); // numpy.float32(0.1)
    expect(&out, "0.1");
    json_write_element(&out, DTYPE_FLOAT64, "\0\0\0\0\0\0\x38\x40", 0);
    expect(&out, "24.0");
    json_write_element(&out, DTYPE_FLOAT64, "\0\0\0\0\0\0\xf8\x7f", 0);
    expect(&out, "null");
    buffer_free(&out);
}

static void arrays_nest(void **state)
{
    (void)state;
    struct buffer out = BUFFER_INIT;
    const uint8_t bytes[] = {0, 1, 2, 3, 4, 255};
    json_write_array(&out, DTYPE_UINT8, bytes, 0, NULL);
    expect(&out, "0");
    json_write_array(&out, DTYPE_UINT8, bytes, 1, (uint64_t[]){6});
    expect(&out, "[0,1,2,3,4,255]");
    json_write_array(&out, DTYPE_UINT8, bytes, 2, (uint64_t[]){2, 3});
    expect(&out, "[[0,1,2],[3,4,255]]");
    json_write_array(&out, DTYPE_UINT8, bytes, 3, (uint64_t[]){3, 1, 2});
    expect(&out, "[[[0,1]],[[2,3]],[[4,255]]]");
    json_write_array(&out, DTYPE_UINT8, bytes, 2, (uint64_t[]){2, 0});
    expect(&out, "[[],[]]");
    json_write_array(&out, DTYPE_UINT8, bytes, 1, (uint64_t[]){0});
    expect(&out, "[]");
    const double reals[] = {0.5, (double)NAN, -1};
    json_write_array(&out, DTYPE_FLOAT64, reals, 1, (uint64_t[]){3});
    expect(&out, "[0.5,null,-1.0]");
    buffer_free(&out);
}

static void memory_may_run_out(void **state)
{
    (void)state;
    uint8_t bytes[1000];
    memset(bytes, 200, sizeof bytes);
    for (unsigned long n = 1;; n++) {
        struct buffer out = BUFFER_INIT;
        failing_nth(n);
        json_write_array(&out, DTYPE_UINT8, bytes, 2, (uint64_t[]){100, 10});
        json_write_string(&out, "a\nlonger\ttext that is\fescaped");
        json_write_double(&out, 1.0 / 3);
        json_write_double(&out, (double)NAN);
        json_write_float(&out, 0.1f);
        json_write_int(&out, -5);
        bool happened = failing_happened();
        failing_nth(0);
        assert_int_equal(out.failed, happened);
        buffer_free(&out);
        if (!happened)
            break;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(strings),
        cmocka_unit_test(each_byte_at_each_place),
        cmocka_unit_test(bytes_that_are_not_utf8_are_replaced),
        cmocka_unit_test(whole_numbers),
        cmocka_unit_test(doubles_as_python_writes_them),
        cmocka_unit_test(floats_as_numpy_writes_them),
        cmocka_unit_test(doubles_without_an_exponent),
        cmocka_unit_test(what_is_no_number_is_null),
        cmocka_unit_test(doubles_read_back_and_are_short),
        cmocka_unit_test(floats_read_back),
        cmocka_unit_test(elements_by_dtype),
        cmocka_unit_test(arrays_nest),
        cmocka_unit_test(memory_may_run_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
