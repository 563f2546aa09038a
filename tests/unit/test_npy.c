// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "encode/npy.h"

// What numpy 1.24's numpy.lib.format.write_array_header_1_0(file, {"descr": code, "fortran_order":
// False, "shape": shape}) writes, without the padding; all of them are 128 bytes long with it.
static const struct {
    enum dtype dtype;
    uint64_t rows;
    unsigned rank;
    uint64_t shape[8];
    const char *dict;
} GOLDEN[] = {
    {DTYPE_UINT8,
     60000,
     2,
     {28, 28},
     "{'descr': '|u1', 'fortran_order': False, 'shape': (60000, 28, 28), }"},
    {DTYPE_FLOAT64, 506, 0, {0}, "{'descr': '<f8', 'fortran_order': False, 'shape': (506,), }"},
    {DTYPE_BOOL, 0, 0, {0}, "{'descr': '|b1', 'fortran_order': False, 'shape': (0,), }"},
    {DTYPE_INT64, 3, 2, {0, 7}, "{'descr': '<i8', 'fortran_order': False, 'shape': (3, 0, 7), }"},
    {DTYPE_FLOAT32,
     1,
     8,
     {2, 3, 4, 5, 6, 7, 8, 9},
     "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2, 3, 4, 5, 6, 7, 8, 9), }"},
    {DTYPE_UINT8,
     UINT64_MAX,
     0,
     {0},
     "{'descr': '|u1', 'fortran_order': False, 'shape': (18446744073709551615,), }"},
};

static void headers_are_numpys(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof GOLDEN / sizeof *GOLDEN; i++) {
        char expected[NPY_HEADER], made[NPY_HEADER];
        memset(expected, ' ', sizeof expected);
        memcpy(expected, "\x93NUMPY\x01\x00v\x00", 10);
        memcpy(expected + 10, GOLDEN[i].dict, strlen(GOLDEN[i].dict));
        expected[NPY_HEADER - 1] = '\n';
        memset(made, 'x', sizeof made);
        assert_true(
            npy_header(made, GOLDEN[i].dtype, GOLDEN[i].rows, GOLDEN[i].rank, GOLDEN[i].shape));
        assert_memory_equal(made, expected, NPY_HEADER);
    }
    assert_int_equal(NPY_HEADER % 64, 0);
}

static void every_dtype_has_its_code(void **state)
{
    (void)state;
    for (int i = 0; i < DTYPE_COUNT; i++) {
        char made[NPY_HEADER];
        assert_true(npy_header(made, (enum dtype)i, 1, 0, NULL));
        assert_memory_equal(made + 10, "{'descr': '", 11);
        assert_memory_equal(made + 21, dtype_npy((enum dtype)i), 3);
    }
}

static void impossible_shapes_are_refused(void **state)
{
    (void)state;
    char made[NPY_HEADER];
    const uint64_t large[] = {UINT64_C(1) << 32, UINT64_C(1) << 31};
    assert_true(npy_header(made, DTYPE_UINT8, 1, 2, large));
    assert_false(npy_header(made, DTYPE_UINT16, 1, 2, large));
    assert_false(npy_header(made, DTYPE_UINT8, 2, 2, large));
    assert_false(npy_header(made, DTYPE_UINT16, UINT64_MAX, 0, NULL));
    const uint64_t nine[] = {1, 1, 1, 1, 1, 1, 1, 1, 1};
    assert_true(npy_header(made, DTYPE_UINT8, 1, 8, nine));
    assert_false(npy_header(made, DTYPE_UINT8, 1, 9, nine));

    // No row at all, but axes that no header has room for.
    const uint64_t wide[] = {0, 9999999999999999999u, 9999999999999999999u, 9999999999999999999u};
    assert_false(npy_header(made, DTYPE_UINT8, 0, 4, wide));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(headers_are_numpys),
        cmocka_unit_test(every_dtype_has_its_code),
        cmocka_unit_test(impossible_shapes_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
