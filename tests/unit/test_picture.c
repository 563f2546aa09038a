// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <math.h>
#include <string.h>

#include <cmocka.h>

#include "encode/picture.h"
#include "tests/unit/failing.h"

static struct picture picture_of(uint32_t width, uint32_t height, unsigned channels,
                                 const uint8_t *pixels)
{
    struct picture picture;
    assert_true(picture_new(&picture, width, height, channels));
    memcpy(picture.pixels, pixels, (size_t)width * height * channels);
    return picture;
}

static void new_pictures_are_zero(void **state)
{
    (void)state;
    struct picture picture;
    assert_true(picture_new(&picture, 3, 2, 4));
    for (int i = 0; i < 24; i++)
        assert_int_equal(picture.pixels[i], 0);
    picture_free(&picture);
    assert_null(picture.pixels);
    picture_free(&picture);
    picture_free(NULL);
    assert_false(picture_new(&picture, 46341, 46341, 1)); // just past 2^31
    assert_null(picture.pixels);
    assert_false(picture_new(&picture, UINT32_MAX, UINT32_MAX, 4));
    failing_always();
    assert_false(picture_new(&picture, 3, 2, 4));
    failing_nth(0);
    picture_free(&picture);
}

static void levels(void **state)
{
    (void)state;
    uint8_t out[17];
    const uint8_t bytes[] = {0, 1, 127, 255};
    picture_levels(out, bytes, 4, DTYPE_UINT8, 255);
    assert_memory_equal(out, bytes, 4);

    // numpy.floor(numpy.arange(17) * 255 / 16 + 0.5): the digits of scikit-learn
    static const uint8_t DIGITS[] = {0,   16,  32,  48,  64,  80,  96,  112, 128,
                                     143, 159, 175, 191, 207, 223, 239, 255};
    uint8_t small[17];
    double real[17];
    for (int i = 0; i < 17; i++) {
        small[i] = (uint8_t)i;
        real[i] = i;
    }
    picture_levels(out, small, 17, DTYPE_UINT8, 16);
    assert_memory_equal(out, DIGITS, 17);
    picture_levels(out, real, 17, DTYPE_FLOAT64, 16);
    assert_memory_equal(out, DIGITS, 17);

    const float odd[] = {-1, 0, 0.5f, 1, 2, NAN, INFINITY, -INFINITY, 1e30f};
    picture_levels(out, odd, 9, DTYPE_FLOAT32, 1);
    assert_memory_equal(out, ((uint8_t[]){0, 0, 128, 255, 255, 0, 255, 0, 255}), 9);
    picture_levels(out, (bool[]){false, true}, 2, DTYPE_BOOL, 255);
    assert_memory_equal(out, ((uint8_t[]){0, 255}), 2);
    picture_levels(out, (int16_t[]){-5, 100, 32767}, 3, DTYPE_INT16, 200);
    assert_memory_equal(out, ((uint8_t[]){0, 128, 255}), 3);
    picture_levels(out, NULL, 0, DTYPE_FLOAT64, 1);
}

static void places_enlarged(void **state)
{
    (void)state;
    struct picture to, from = picture_of(2, 2, 1, (const uint8_t[]){1, 2, 3, 4});
    assert_true(picture_new(&to, 6, 5, 1));
    picture_place(&to, 1, 0, &from, 2);
    picture_place(&to, 4, 3, &from, 1);
    static const uint8_t EXPECTED[] = {
        0, 1, 1, 2, 2, 0, //
        0, 1, 1, 2, 2, 0, //
        0, 3, 3, 4, 4, 0, //
        0, 3, 3, 4, 1, 2, //
        0, 0, 0, 0, 3, 4,
    };
    assert_memory_equal(to.pixels, EXPECTED, sizeof EXPECTED);
    picture_free(&to);
    picture_free(&from);

    from = picture_of(2, 1, 3, (const uint8_t[]){1, 2, 3, 4, 5, 6});
    assert_true(picture_new(&to, 6, 3, 3));
    picture_place(&to, 0, 0, &from, 3);
    for (int row = 0; row < 3; row++)
        assert_memory_equal(to.pixels + 18 * row,
                            ((uint8_t[]){1, 2, 3, 1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6, 4, 5, 6}),
                            18);
    picture_free(&to);
    picture_free(&from);
}

// Expected means: each pixel repeated by the other size, then blocks averaged, half up. In numpy,
// r = a.repeat(h, 0).repeat(w, 1).reshape(h, H, w, W, c).mean((1, 3)); floor(r + 0.5)
static void shrinks_by_area(void **state)
{
    (void)state;
    struct picture to, from = picture_of(5, 4, 1,
                                         (const uint8_t[]){
                                             0,   10,  200, 255, 3,   //
                                             7,   9,   100, 50,  25,  //
                                             1,   2,   3,   4,   5,   //
                                             250, 251, 252, 253, 254, //
                                         });
    assert_true(picture_shrink(&to, &from, 3));
    assert_int_equal(to.width, 3);
    assert_int_equal(to.height, 2);
    assert_memory_equal(to.pixels, ((uint8_t[]){6, 122, 69, 126, 128, 129}), 6);
    picture_free(&to);
    assert_true(picture_shrink(&to, &from, 4));
    assert_int_equal(to.height, 3);
    assert_memory_equal(to.pixels, ((uint8_t[]){3, 76, 192, 48, 4, 24, 37, 17, 188, 189, 190, 192}),
                        12);
    picture_free(&to);
    for (uint32_t size = 0; size < 2; size++) {
        assert_true(picture_shrink(&to, &from, size));
        assert_int_equal(to.width, 1);
        assert_int_equal(to.height, 1);
        assert_int_equal(to.pixels[0], 97);
        picture_free(&to);
    }
    for (uint32_t size = 5; size < 7; size++) {
        assert_true(picture_shrink(&to, &from, size));
        assert_int_equal(to.width, 5);
        assert_memory_equal(to.pixels, from.pixels, 20);
        picture_free(&to);
    }
    picture_free(&from);

    static const uint8_t RGB[] = {113, 9,   36,  131, 248, 119, 206, 234, 210, 161,
                                  112, 131, 68,  127, 97,  63,  254, 3,   24,  49,
                                  248, 177, 225, 51,  184, 94,  125, 0,   158, 212};
    from = picture_of(5, 2, 3, RGB);
    assert_true(picture_shrink(&to, &from, 2));
    assert_int_equal(to.width, 2);
    assert_int_equal(to.height, 1);
    assert_memory_equal(to.pixels, ((uint8_t[]){105, 158, 107, 121, 144, 139}), 6);
    picture_free(&to);
    picture_free(&from);
}

static void thin_pictures_keep_a_pixel(void **state)
{
    (void)state;
    uint8_t line[1000];
    memset(line, 77, sizeof line);
    struct picture to, from = picture_of(1000, 1, 1, line);
    assert_true(picture_shrink(&to, &from, 64));
    assert_int_equal(to.width, 64);
    assert_int_equal(to.height, 1);
    for (int i = 0; i < 64; i++)
        assert_int_equal(to.pixels[i], 77);
    picture_free(&to);
    from.width = 1;
    from.height = 1000;
    assert_true(picture_shrink(&to, &from, 7));
    assert_int_equal(to.width, 1);
    assert_int_equal(to.height, 7);
    for (int i = 0; i < 7; i++)
        assert_int_equal(to.pixels[i], 77);
    picture_free(&to);
    picture_free(&from);
}

// As above, with the colours multiplied by alpha before and divided after.
static void transparent_colours_do_not_show(void **state)
{
    (void)state;
    static const uint8_t RGBA[] = {241, 160, 175, 0,   148, 198, 213, 57,  14,  76,  72,  223,
                                   233, 1,   127, 210, 33,  204, 30,  119, 209, 77,  87,  71,
                                   184, 65,  253, 255, 122, 129, 149, 141, 130, 254, 206, 0,
                                   179, 159, 87,  0,   119, 55,  216, 0,   219, 156, 29,  0};
    struct picture to, from = picture_of(4, 3, 4, RGBA);
    assert_true(picture_shrink(&to, &from, 2));
    assert_int_equal(to.height, 2);
    assert_memory_equal(
        to.pixels,
        ((uint8_t[]){117, 172, 112, 51, 133, 55, 135, 210, 99, 157, 51, 32, 162, 88, 216, 66}), 16);
    picture_free(&to);
    picture_free(&from);

    from = picture_of(2, 2, 4, (const uint8_t[]){9, 9, 9, 0, 9, 9, 9, 0, 9, 9, 9, 0, 9, 9, 9, 0});
    assert_true(picture_shrink(&to, &from, 1));
    assert_memory_equal(to.pixels, ((uint8_t[]){0, 0, 0, 0}), 4);
    picture_free(&to);
    picture_free(&from);
}

static void shrinking_may_fail(void **state)
{
    (void)state;
    struct picture to, from = picture_of(2, 2, 1, (const uint8_t[]){1, 2, 3, 4});
    for (uint32_t size = 1; size < 3; size++) {
        for (unsigned long n = 1;; n++) {
            failing_nth(n);
            bool made = picture_shrink(&to, &from, size), happened = failing_happened();
            failing_nth(0);
            assert_int_equal(made, !happened);
            assert_int_equal(to.pixels != NULL, made);
            picture_free(&to);
            if (!happened)
                break;
        }
    }
    picture_free(&from);
}

static void widens(void **state)
{
    (void)state;
    struct picture grey = picture_of(2, 1, 1, (const uint8_t[]){7, 200});
    assert_true(picture_widen(&grey, 1));
    failing_always();
    assert_false(picture_widen(&grey, 3));
    failing_nth(0);
    assert_int_equal(grey.channels, 1);
    assert_true(picture_widen(&grey, 3));
    assert_memory_equal(grey.pixels, ((uint8_t[]){7, 7, 7, 200, 200, 200}), 6);
    grey.pixels[1] = 8;
    assert_true(picture_widen(&grey, 4));
    assert_int_equal(grey.channels, 4);
    assert_memory_equal(grey.pixels, ((uint8_t[]){7, 8, 7, 255, 200, 200, 200, 255}), 8);
    picture_free(&grey);
    struct picture one = picture_of(1, 1, 1, (const uint8_t[]){9});
    assert_true(picture_widen(&one, 4));
    assert_memory_equal(one.pixels, ((uint8_t[]){9, 9, 9, 255}), 4);
    picture_free(&one);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(new_pictures_are_zero),
        cmocka_unit_test(levels),
        cmocka_unit_test(places_enlarged),
        cmocka_unit_test(shrinks_by_area),
        cmocka_unit_test(thin_pictures_keep_a_pixel),
        cmocka_unit_test(transparent_colours_do_not_show),
        cmocka_unit_test(shrinking_may_fail),
        cmocka_unit_test(widens),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
