// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <zlib.h>

#include "encode/checksum.h"
#include "tests/unit/draw.h"

static void sums_are_zlibs(void **state)
{
    (void)state;
    enum { MOST = 20000 };
    uint8_t *bytes = malloc(MOST);
    assert_non_null(bytes);
    uint64_t seed = 1;
    for (int kind = 0; kind < 2; kind++) {
        for (size_t i = 0; i < MOST; i++)
            bytes[i] = kind ? 255 : (uint8_t)draw(&seed); // 255: the largest sums
        for (size_t size = 0; size <= MOST; size += size < 100 ? 1 : 997)
            assert_int_equal(checksum_adler32(1, bytes, size), adler32_z(1, bytes, size));
    }
    free(bytes);
}

static void sums_go_on(void **state)
{
    (void)state;
    uint8_t bytes[5000];
    memset(bytes, 254, sizeof bytes);
    uint32_t sum = 1;
    for (size_t at = 0, step = 1; at < sizeof bytes; at += step, step = step % 300 + 17)
        sum =
            checksum_adler32(sum, bytes + at, step < sizeof bytes - at ? step : sizeof bytes - at);
    assert_int_equal(sum, adler32_z(1, bytes, sizeof bytes));

    // From the largest state that there is.
    const uint32_t full = 65520u << 16 | 65520u;
    assert_int_equal(checksum_adler32(full, bytes, sizeof bytes),
                     adler32_z(full, bytes, sizeof bytes));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sums_are_zlibs),
        cmocka_unit_test(sums_go_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
