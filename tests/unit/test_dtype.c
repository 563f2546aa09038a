// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <math.h>
#include <string.h>

#include <cmocka.h>

#include "base/dtype.h"

// numpy: [(d, np.dtype(d).str, np.dtype(d).itemsize) for d in ...]
static const struct {
    const char *name, *npy;
    size_t size;
} NUMPY[] = {
    {"bool", "|b1", 1},  {"uint8", "|u1", 1},   {"int8", "|i1", 1},    {"uint16", "<u2", 2},
    {"int16", "<i2", 2}, {"uint32", "<u4", 4},  {"int32", "<i4", 4},   {"uint64", "<u8", 8},
    {"int64", "<i8", 8}, {"float32", "<f4", 4}, {"float64", "<f8", 8},
};

static void names_and_sizes_are_numpys(void **state)
{
    (void)state;
    assert_int_equal(DTYPE_COUNT, sizeof NUMPY / sizeof *NUMPY);
    for (size_t i = 0; i < DTYPE_COUNT; i++) {
        enum dtype dtype = DTYPE_COUNT;
        assert_true(dtype_from_name(NUMPY[i].name, &dtype));
        assert_string_equal(dtype_name(dtype), NUMPY[i].name);
        assert_string_equal(dtype_npy(dtype), NUMPY[i].npy);
        assert_int_equal(dtype_size(dtype), NUMPY[i].size);
        assert_int_equal(dtype_is_integer(dtype), NUMPY[i].name[0] != 'f');
    }
    enum dtype untouched = DTYPE_INT16;
    assert_false(dtype_from_name("object", &untouched));
    assert_false(dtype_from_name("", &untouched));
    assert_false(dtype_from_name("uint", &untouched));
    assert_int_equal(untouched, DTYPE_INT16);
}

// The bytes of numpy.array([...], dtype).tobytes(), read one byte off any alignment.
static void elements_need_no_alignment(void **state)
{
    (void)state;
    unsigned char at[33];
#define CHECK(dtype, bytes, i, whole, real)                                                        \
    do {                                                                                           \
        memcpy(at + 1, bytes, sizeof bytes - 1);                                                   \
        assert_true(dtype_integer(dtype, at + 1, i) == (whole));                                   \
        assert_true(dtype_double(dtype, at + 1, i) == (real));                                     \
    } while (0)
    CHECK(DTYPE_BOOL, "\0\1", 1, 1, 1.0);
    CHECK(DTYPE_UINT8, "\0\xff", 1, 255, 255.0);
    CHECK(DTYPE_INT8, "\0\xff", 1, -1, -1.0);
    CHECK(DTYPE_UINT16, "\0\0\xfe\xff", 1, 65534, 65534.0);
    CHECK(DTYPE_INT16, "\0\0\xfe\xff", 1, -2, -2.0);
    CHECK(DTYPE_UINT32, "\0\0\0\0\xfe\xff\xff\xff", 1, INT64_C(4294967294), 4294967294.0);
    CHECK(DTYPE_INT32, "\0\0\0\0\xfe\xff\xff\xff", 1, -2, -2.0);
    CHECK(DTYPE_UINT64, "\xff\xff\xff\xff\xff\xff\xff\x7f", 0, INT64_MAX, 0x1p63);
    CHECK(DTYPE_UINT64, "\0\0\0\0\0\0\0\x80", 0, -1, 0x1p63);
    CHECK(DTYPE_INT64, "\xfe\xff\xff\xff\xff\xff\xff\xff", 0, -2, -2.0);
    CHECK(DTYPE_FLOAT32, "\0\0\0\0\0\0\xc0\x3f", 1, -1, 1.5);
    CHECK(DTYPE_FLOAT64, "\0\0\0\0\0\0\xf8\xbf", 0, -1, -1.5);
#undef CHECK
    memcpy(at + 1, "\0\0\xc0\x7f", 4);
    assert_true(isnan(dtype_double(DTYPE_FLOAT32, at + 1, 0)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_and_sizes_are_numpys),
        cmocka_unit_test(elements_need_no_alignment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
