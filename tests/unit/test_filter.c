// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "encode/filter.h"
#include "tests/unit/draw.h"

// The predictor as ISO/IEC 15948, section 9.4, puts it.
static int predictor(int a, int b, int c)
{
    int p = a + b - c, pa = abs(p - a), pb = abs(p - b), pc = abs(p - c);
    if (pa <= pb && pa <= pc)
        return a;
    return pb <= pc ? b : c;
}

// All triples that matter, 16 and one at a time: values near both ends, and near each other.
static void predicts_as_the_standard_says(void **state)
{
    (void)state;
    static const uint8_t VALUES[] = {0,   1,   2,   3,   63,  64,  65, 126,
                                     127, 128, 129, 191, 253, 254, 255};
    enum { COUNT = sizeof VALUES };
    for (unsigned i = 0; i < COUNT * COUNT * COUNT; i++) {
        int a = VALUES[i % COUNT], b = VALUES[i / COUNT % COUNT], c = VALUES[i / COUNT / COUNT];
        // Pixels of one channel: c b c b … above a x a x …, where x is 100.
        uint8_t bytes[40], above[40], out[40];
        for (unsigned k = 0; k < sizeof bytes; k++) {
            bytes[k] = (uint8_t)(k % 2 ? 100 : a);
            above[k] = (uint8_t)(k % 2 ? b : c);
        }
        struct filter_row row = {.bytes = bytes, .above = above, .channels = 1};
        for (row.size = 2; row.size <= 40; row.size += 38) {
            filter_paeth(out, &row, 0, row.size);
            for (unsigned k = 1; k < row.size; k += 2)
                assert_int_equal(out[k], (uint8_t)(100 - predictor(a, b, c)));
        }
    }
}

static void undo(uint8_t *bytes, const uint8_t *filtered, const struct filter_row *row)
{
    for (size_t i = 0; i < row->size; i++) {
        int a = i >= row->channels ? bytes[i - row->channels] : 0;
        int b = row->above ? row->above[i] : 0;
        int c = row->above && i >= row->channels ? row->above[i - row->channels] : 0;
        bytes[i] = (uint8_t)(filtered[i] + predictor(a, b, c));
    }
}

static int64_t cost(const uint8_t *bytes, size_t size)
{
    int64_t sum = 0;
    for (size_t i = 0; i < size; i++)
        sum += abs((int8_t)bytes[i]) + (bytes[i] ? 24 : 0);
    return sum;
}

// Rows of all lengths, in exact blocks, whole and in two pieces.
static void rows_can_be_restored(void **state)
{
    (void)state;
    uint64_t seed = 11;
    for (size_t pixels = 1; pixels < 90; pixels++) {
        for (unsigned channels = 1; channels <= 4; channels++) {
            size_t size = pixels * channels;
            uint8_t *bytes = malloc(size), *above = malloc(size), *out = malloc(size),
                    *back = malloc(size);
            for (size_t i = 0; i < size; i++) {
                bytes[i] = (uint8_t)draw(&seed);
                above[i] = (uint8_t)(bytes[i] + draw(&seed) % 9 - 4);
            }
            struct filter_row row = {.bytes = bytes,
                                     .above = pixels % 3 ? above : NULL,
                                     .size = size,
                                     .channels = channels};
            int64_t gain = filter_paeth(out, &row, 0, size);
            undo(back, out, &row);
            assert_memory_equal(back, bytes, size);
            if (size <= channels + 16) // no byte is looked at twice
                assert_int_equal(gain, cost(bytes, size) - cost(out, size));

            size_t cut = draw(&seed) % (size + 1);
            memset(out, 0xee, size);
            filter_paeth(out, &row, 0, cut);
            filter_paeth(out + cut, &row, cut, size);
            undo(back, out, &row);
            assert_memory_equal(back, bytes, size);
            free(bytes);
            free(above);
            free(out);
            free(back);
        }
    }
}

// Long enough that 16-bit sums would overflow.
static void long_rows_add_up(void **state)
{
    (void)state;
    enum { SIZE = 16 * 1000 + 1 };
    uint8_t *bytes = malloc(SIZE), *out = malloc(SIZE);
    memset(bytes, 128, SIZE);
    struct filter_row row = {.bytes = bytes, .above = NULL, .size = SIZE, .channels = 1};
    // All is 128 before, and only the first byte after.
    assert_int_equal(filter_paeth(out, &row, 0, SIZE), (int64_t)(SIZE - 1) * (128 + 24));
    row.above = bytes;
    assert_int_equal(filter_paeth(out, &row, 0, SIZE), (int64_t)SIZE * (128 + 24));

    struct filter_sketch sketch = filter_sketch(bytes, SIZE);
    assert_int_equal(sketch.sum, (uint64_t)SIZE * 128);
    assert_int_equal(sketch.zeros, 0);
    sketch = filter_sketch(out, SIZE);
    assert_int_equal(sketch.sum, 0);
    assert_int_equal(sketch.zeros, SIZE);
    free(bytes);
    free(out);
}

static void sketches_count(void **state)
{
    (void)state;
    uint8_t bytes[256 + 40] = {0};
    for (unsigned i = 0; i < 256; i++)
        bytes[i + 7] = (uint8_t)i;
    struct filter_sketch sketch = filter_sketch(bytes, sizeof bytes);
    assert_int_equal(sketch.zeros, 41);
    assert_int_equal(sketch.sum, 2 * (127 * 128 / 2) + 128);
    sketch = filter_sketch(bytes, 0);
    assert_int_equal(sketch.zeros, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(predicts_as_the_standard_says),
        cmocka_unit_test(rows_can_be_restored),
        cmocka_unit_test(long_rows_add_up),
        cmocka_unit_test(sketches_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
