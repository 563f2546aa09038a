// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/size.h"

static void products_and_sums(void **state)
{
    (void)state;
    uint64_t out = 0;
    assert_true(size_mul(60000, 784, &out));
    assert_int_equal(out, 47040000);
    assert_true(size_mul(UINT64_C(1) << 32, (UINT64_C(1) << 32) - 1, &out));
    assert_true(out == UINT64_C(0xffffffff00000000));
    assert_false(size_mul(UINT64_C(1) << 32, UINT64_C(1) << 32, &out));
    assert_true(size_mul(0, UINT64_MAX, &out));
    assert_int_equal(out, 0);
    assert_true(size_add(UINT64_MAX, 0, &out));
    assert_true(out == UINT64_MAX);
    assert_false(size_add(UINT64_MAX, 1, &out));
}

static void shapes(void **state)
{
    (void)state;
    uint64_t out = 0;
    assert_true(size_of_shape(8, NULL, 0, &out));
    assert_int_equal(out, 8);
    const uint64_t images[] = {60000, 28, 28};
    assert_true(size_of_shape(1, images, 3, &out));
    assert_int_equal(out, 47040000);
    const uint64_t none[] = {0, 28, 28};
    assert_true(size_of_shape(4, none, 3, &out));
    assert_int_equal(out, 0);

    // 2^63 elements fit as bytes and pass 2^64 as doubles.
    const uint64_t large[] = {UINT64_C(1) << 31, UINT64_C(1) << 32};
    assert_true(size_of_shape(1, large, 2, &out));
    assert_true(out == UINT64_C(1) << 63);
    assert_false(size_of_shape(8, large, 2, &out));

    // The overflow counts although a zero follows.
    const uint64_t hidden[] = {UINT64_MAX, 2, 0};
    assert_false(size_of_shape(1, hidden, 3, &out));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(products_and_sums),
        cmocka_unit_test(shapes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
