// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdlib.h>

#include "base/area.h"
#include "tests/unit/draw.h"
#include "tests/unit/failing.h"

static void fits(void **state)
{
    (void)state;
    static const struct {
        uint32_t width, height, size, fitted_width, fitted_height;
    } CASES[] = {{500, 375, 64, 64, 48},    {375, 500, 64, 48, 64},
                 {500, 375, 500, 500, 375}, {500, 375, 1000, 500, 375},
                 {1000, 7, 64, 64, 1},      {3, 2, 1, 1, 1},
                 {5, 3, 4, 4, 2},           {9, 9, 0, 1, 1},
                 {16384, 16384, 1, 1, 1}};
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        uint32_t width = CASES[i].width, height = CASES[i].height;
        area_fit(&width, &height, CASES[i].size);
        assert_int_equal(width, CASES[i].fitted_width);
        assert_int_equal(height, CASES[i].fitted_height);
    }
}

// How much of pixel p of the whole lies in cell `to` of the result.
static double overlap(const struct area_axis *axis, uint32_t p, uint32_t to)
{
    double size = (double)axis->length / axis->to;
    double from = fmax(p, to * size), until = fmin(p + 1, (to + 1) * size);
    return until > from ? until - from : 0;
}

// The mean of what a cell of the result shows, pixel by pixel of the whole, where each shows what
// the one that came in for it does.
static double mean(const uint8_t *pixels, const struct area_axis *across,
                   const struct area_axis *down, unsigned channels, uint32_t x, uint32_t y,
                   unsigned channel)
{
    double sum = 0, weights = 0;
    for (uint32_t v = 0; v < down->length; v++)
        for (uint32_t u = 0; u < across->length; u++) {
            double weight = overlap(across, u, x) * overlap(down, v, y);
            const uint8_t *pixel =
                pixels + ((size_t)(v / down->pitch) * across->cells + u / across->pitch) * channels;
            if (channels == 4 && channel != 3)
                weight *= pixel[3];
            sum += weight * pixel[channel];
            weights += weight;
        }
    return weights > 0 ? sum / weights : 0;
}

static void check(const struct area_axis *across, const struct area_axis *down, unsigned channels,
                  uint64_t *seed)
{
    size_t row = (size_t)across->cells * channels, out_row = (size_t)across->to * channels;
    uint8_t *pixels = malloc(row * down->cells), *out = malloc(out_row);
    struct area *area = area_new(across, down, channels);
    assert_non_null(pixels);
    assert_non_null(out);
    assert_non_null(area);
    for (size_t i = 0; i < row * down->cells; i++)
        pixels[i] = (uint8_t)draw(seed);
    uint32_t done = 0;
    for (uint32_t y = 0; y < down->cells; y++) {
        if (!area_add(area, pixels + y * row, out))
            continue;
        for (size_t i = 0; i < out_row; i++) {
            double expected = mean(pixels, across, down, channels, (uint32_t)(i / channels), done,
                                   (unsigned)(i % channels));
            assert_true(fabs(out[i] - expected) < 0.501);
        }
        done++;
    }
    assert_int_equal(done, down->to);
    area_free(area);
    free(pixels);
    free(out);
}

static void means_of_areas(void **state)
{
    (void)state;
    static const struct area_axis AXES[] = {
        {7, 1, 7, 7},   {7, 1, 7, 3},    {10, 1, 10, 1},  {12, 1, 12, 6}, {13, 1, 13, 12},
        {13, 8, 97, 6}, {13, 8, 97, 12}, {13, 8, 104, 5}, {5, 4, 17, 4},  {1, 8, 3, 1},
    };
    enum { COUNT = sizeof AXES / sizeof *AXES };
    static const unsigned CHANNELS[] = {1, 3, 4};
    uint64_t seed = 31;
    for (size_t i = 0; i < COUNT; i++)
        for (size_t j = 0; j < COUNT; j++)
            check(&AXES[i], &AXES[j], CHANNELS[(i + j) % 3], &seed);
}

// With the sides of the largest pictures the sums do not overflow.
static void white_stays_white(void **state)
{
    (void)state;
    enum { SIDE = 16384 };
    static uint8_t row[SIDE * 4], out[4];
    for (size_t i = 0; i < sizeof row; i++)
        row[i] = 255;
    const struct area_axis axis = {SIDE, 1, SIDE, 1};
    struct area *area = area_new(&axis, &axis, 4);
    assert_non_null(area);
    for (int y = 0; y < SIDE; y++)
        assert_int_equal(area_add(area, row, out), y == SIDE - 1);
    assert_memory_equal(out, row, 4);
    area_free(area);
}

static void memory_runs_out(void **state)
{
    (void)state;
    const struct area_axis axis = {8, 1, 8, 3};
    for (unsigned long n = 1;; n++) {
        failing_nth(n);
        struct area *area = area_new(&axis, &axis, 3);
        bool happened = failing_happened();
        failing_nth(0);
        assert_int_equal(area == NULL, happened);
        area_free(area);
        if (!happened)
            break;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fits),
        cmocka_unit_test(means_of_areas),
        cmocka_unit_test(white_stays_white),
        cmocka_unit_test(memory_runs_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
