// SPDX-License-Identifier: MIT
// The pictures of tests/pictures, whose make.py knows what is in them.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/area.h"
#include "base/digest.h"
#include "formats/raster.h"
#include "tests/unit/failing.h"

enum { NAME = 100, MAX_FILE = 1 << 20 };

struct file {
    uint8_t *bytes; // a heap block of exactly their number
    size_t size;
};

static struct file read_file(const char *name)
{
    static uint8_t buffer[MAX_FILE];
    char path[NAME + 32];
    snprintf(path, sizeof path, "tests/pictures/%s", name);
    FILE *from = fopen(path, "rb");
    assert_non_null(from);
    struct file file = {.size = fread(buffer, 1, sizeof buffer, from)};
    fclose(from);
    file.bytes = malloc(file.size ? file.size : 1);
    assert_non_null(file.bytes);
    memcpy(file.bytes, buffer, file.size);
    return file;
}

static bool same_info(const struct raster_info *a, const struct raster_info *b)
{
    return a->media == b->media && a->height == b->height && a->width == b->width &&
           a->channels == b->channels && a->depth == b->depth && a->orientation == b->orientation;
}

// --- what make.py wrote down

struct expected {
    char name[NAME], digest[DIGEST_HEX], kind[16], words[200];
    struct raster_info info;
    bool good;
};

static bool next_line(FILE *list, struct expected *expected)
{
    char line[512];
    if (!fgets(line, sizeof line, list))
        return false;
    *expected = (struct expected){.good = true};
    struct raster_info *info = &expected->info;
    if (sscanf(line, "%99s %u %u %u %u %u %64s", expected->name, &info->height, &info->width,
               &info->channels, &info->depth, &info->orientation, expected->digest) == 7)
        return true;
    expected->good = false;
    assert_int_equal(
        sscanf(line, "%99s %15s %199[^\n]", expected->name, expected->kind, expected->words), 3);
    return true;
}

// Calls `check` with each line of that kind; at least some there must be.
static void each(bool good, void (*check)(const struct expected *, const struct file *))
{
    FILE *list = fopen("tests/pictures/expected.txt", "r");
    struct expected expected;
    unsigned count = 0;
    assert_non_null(list);
    while (next_line(list, &expected)) {
        if (expected.good != good)
            continue;
        struct file file = read_file(expected.name);
        if (good)
            raster_recognise(file.bytes, file.size, &expected.info.media);
        check(&expected, &file);
        free(file.bytes);
        count++;
    }
    fclose(list);
    assert_true(count > 20);
}

static void check_good(const struct expected *expected, const struct file *file)
{
    struct error error = ERROR_INIT;
    struct raster_info info;
    struct raster raster;
    char digest[DIGEST_HEX];
    if (!raster_inspect(file->bytes, file->size, &info, &error) ||
        !same_info(&info, &expected->info))
        fail_msg("inspect %s: %s", expected->name, error.text);
    if (!raster_check(file->bytes, file->size, &info, &error) || !same_info(&info, &expected->info))
        fail_msg("check %s: %s", expected->name, error.text);
    if (!raster_decode(file->bytes, file->size, &raster, &error) ||
        !same_info(&raster.info, &expected->info))
        fail_msg("decode %s: %s", expected->name, error.text);
    digest_of(raster.pixels, (size_t)info.width * info.height * info.channels * (info.depth / 8),
              digest);
    if (strcmp(digest, expected->digest) != 0)
        fail_msg("%s: other pixels", expected->name);
    raster_free(&raster);
}

static void good_pictures(void **state)
{
    (void)state;
    each(true, check_good);
}

static void check_bad(const struct expected *expected, const struct file *file)
{
    struct error error = ERROR_INIT, second = ERROR_INIT;
    struct raster raster;
    struct raster_info info;
    enum error_kind kind = strcmp(expected->kind, "limit") == 0 ? ERROR_LIMIT : ERROR_INPUT;
    assert_false(raster_decode(file->bytes, file->size, &raster, &error));
    assert_null(raster.pixels);
    if (error.kind != kind || !strstr(error.text, expected->words))
        fail_msg("%s: %s", expected->name, error.text);
    assert_false(raster_check(file->bytes, file->size, &info, &second));
    assert_string_equal(second.text, error.text);
    assert_int_equal(second.kind, error.kind);
    second = (struct error)ERROR_INIT;
    assert_false(raster_preview(file->bytes, file->size, 8, &raster, &second));
    assert_string_equal(second.text, error.text);
}

static void bad_pictures(void **state)
{
    (void)state;
    each(false, check_bad);
}

// No prefix of a picture is one.
static void check_cut(const struct expected *expected, const struct file *file)
{
    struct raster_info info;
    size_t step = file->size > 2000 ? 97 : 7;
    for (size_t size = 0; size < file->size; size += step) {
        uint8_t *part = malloc(size ? size : 1);
        assert_non_null(part);
        memcpy(part, file->bytes, size);
        struct error error = ERROR_INIT;
        if (raster_check(part, size, &info, &error))
            fail_msg("%s: %zu bytes of it are enough", expected->name, size);
        assert_int_equal(error.kind, ERROR_INPUT);
        free(part);
    }
}

static void cut_pictures(void **state)
{
    (void)state;
    each(true, check_cut);
}

// --- previews

// The whole picture in 8 bits.
static void make_eight(struct raster *raster)
{
    size_t count = (size_t)raster->info.width * raster->info.height * raster->info.channels;
    uint8_t *to = raster->pixels;
    for (size_t i = 0; raster->info.depth == 16 && i < count; i++) {
        uint16_t sample;
        memcpy(&sample, (uint8_t *)raster->pixels + 2 * i, 2);
        to[i] = (uint8_t)((sample * 255u + 32767) / 65535);
    }
    raster->info.depth = 8;
}

static void check_preview(const struct expected *expected, const struct file *file)
{
    struct error error = ERROR_INIT;
    struct raster whole, small;
    assert_true(raster_decode(file->bytes, file->size, &whole, &error));
    make_eight(&whole);
    assert_true(raster_preview(file->bytes, file->size, 0, &small, &error));
    assert_true(same_info(&small.info, &whole.info));
    assert_memory_equal(small.pixels, whole.pixels,
                        (size_t)whole.info.width * whole.info.height * whole.info.channels);
    raster_free(&small);
    for (uint32_t side = 1; side < 200; side += 1 + side / 3) {
        uint32_t width = whole.info.width, height = whole.info.height;
        area_fit(&width, &height, side);
        if (!raster_preview(file->bytes, file->size, side, &small, &error))
            fail_msg("preview %s: %s", expected->name, error.text);
        assert_int_equal(small.info.width, width);
        assert_int_equal(small.info.height, height);
        assert_int_equal(small.info.channels, whole.info.channels);
        assert_int_equal(small.info.depth, 8);
        raster_free(&small);
    }
    raster_free(&whole);
}

static void previews(void **state)
{
    (void)state;
    each(true, check_preview);
}

// A picture of a few squares, each of one colour, made as small as they are few: turned as the
// whole is, whatever is decoded at a part of its size.
static void previews_are_upright(void **state)
{
    (void)state;
    for (unsigned orientation = 2; orientation <= 8; orientation++)
        for (int kind = 0; kind < 2; kind++) {
            char name[NAME];
            snprintf(name, sizeof name, "turned%u.%s", orientation, kind ? "png" : "jpg");
            struct file file = read_file(name);
            struct raster whole, small;
            struct error error = ERROR_INIT;
            assert_true(raster_decode(file.bytes, file.size, &whole, &error));
            assert_true(raster_preview(file.bytes, file.size, 9, &small, &error));
            struct raster_info *info = &whole.info;
            struct area *area =
                area_new(&(struct area_axis){info->width, 1, info->width, small.info.width},
                         &(struct area_axis){info->height, 1, info->height, small.info.height}, 3);
            assert_non_null(area);
            uint8_t row[9 * 3];
            const uint8_t *from = whole.pixels, *got = small.pixels;
            for (uint32_t y = 0; y < info->height; y++, from += 3 * info->width) {
                if (!area_add(area, from, row))
                    continue;
                for (uint32_t i = 0; i < 3 * small.info.width; i++, got++)
                    assert_in_range(*got + 40, row[i] + 40 - (kind ? 1 : 25),
                                    row[i] + 40 + (kind ? 1 : 25));
            }
            area_free(area);
            raster_free(&whole);
            raster_free(&small);
            free(file.bytes);
        }
}

static void plain_pngs(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        bool plain;
    } CASES[] = {
        {"grey8.png", true},        {"rgb8.png", true},         {"rgba8_interlaced.png", true},
        {"grey_alpha8.png", false}, {"palette8.png", false},    {"grey4.png", false},
        {"grey16.png", false},      {"grey8_clear.png", false}, {"turned3.png", false},
        {"turned_late.png", false}, {"turned9.png", true},      {"gamma.png", false},
        {"grey.jpg", false},        {"empty.jpg", false},       {"start.png", false},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct file file = read_file(CASES[i].name);
        if (raster_is_plain_png(file.bytes, file.size) != CASES[i].plain)
            fail_msg("%s", CASES[i].name);
        free(file.bytes);
    }
}

// --- memory

static void allocations_that_fail(void **state)
{
    (void)state;
    static const char *const NAMES[] = {"turned6.jpg", "cmyk.jpg", "rgb8_interlaced.png",
                                        "turned5.png"};
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        struct file file = read_file(NAMES[i]);
        struct raster_info info;
        struct raster raster;
        bool done = false;
        for (unsigned long n = 1; !done; n++) {
            struct error error = ERROR_INIT;
            failing_nth(n);
            bool decoded = raster_decode(file.bytes, file.size, &raster, &error) &&
                           raster_check(file.bytes, file.size, &info, &error);
            done = !failing_happened();
            failing_nth(0);
            assert_true(decoded == done);
            assert_true(done || error.kind == ERROR_MEMORY);
            raster_free(&raster);
        }
        free(file.bytes);
    }
}

static void names(void **state)
{
    (void)state;
    enum raster_media media;
    assert_string_equal(raster_media_type(RASTER_JPEG), "image/jpeg");
    assert_string_equal(raster_media_type(RASTER_PNG), "image/png");
    assert_false(raster_recognise((const uint8_t *)"\xff\xd8", 2, &media));
    assert_true(raster_recognise((const uint8_t *)"\xff\xd8\xff", 3, &media));
    assert_int_equal(media, RASTER_JPEG);
    raster_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_pictures),         cmocka_unit_test(bad_pictures),
        cmocka_unit_test(cut_pictures),          cmocka_unit_test(previews),
        cmocka_unit_test(previews_are_upright),  cmocka_unit_test(plain_pngs),
        cmocka_unit_test(allocations_that_fail), cmocka_unit_test(names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
