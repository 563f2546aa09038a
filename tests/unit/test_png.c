// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <png.h>
#include <zlib.h>

#include "encode/png.h"
#include "tests/unit/draw.h"
#include "tests/unit/failing.h"

static uint32_t get32(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

// Signature, IHDR, one IDAT or more, IEND, nothing behind; every CRC right. Returns the IDATs.
static unsigned check_chunks(const uint8_t *png, size_t size)
{
    assert_true(size > 8);
    assert_memory_equal(png, "\x89PNG\r\n\x1a\n", 8);
    unsigned chunks = 0;
    size_t at = 8;
    bool ended = false;
    while (at < size) {
        assert_false(ended);
        assert_true(size - at >= 12);
        uint32_t length = get32(png + at);
        assert_true(length <= size - at - 12);
        const char *type = (const char *)png + at + 4;
        ended = memcmp(type, "IEND", 4) == 0;
        assert_memory_equal(type, chunks == 0 ? "IHDR" : ended ? "IEND" : "IDAT", 4);
        assert_int_equal(get32(png + at + 8 + length), crc32_z(0, png + at + 4, length + 4));
        at += length + 12;
        chunks++;
    }
    assert_true(ended);
    return chunks - 2;
}

// Encodes pixels from an exact block and lets libpng decode them; returns the size of the PNG.
static size_t round_trip(const uint8_t *pixels, uint32_t width, uint32_t height, unsigned channels)
{
    static const png_uint_32 FORMAT[] = {0, PNG_FORMAT_GRAY, PNG_FORMAT_GA, PNG_FORMAT_RGB,
                                         PNG_FORMAT_RGBA};
    size_t size = (size_t)width * height * channels;
    uint8_t *exact = malloc(size), *decoded = malloc(size);
    assert_non_null(exact);
    assert_non_null(decoded);
    memcpy(exact, pixels, size);
    struct buffer out = BUFFER_INIT;
    buffer_string(&out, "before");
    assert_true(png_encode(&out, exact, width, height, channels));
    assert_memory_equal(out.data, "before", 6);
    const uint8_t *png = (const uint8_t *)out.data + 6;
    size_t png_size = out.size - 6;
    check_chunks(png, png_size);

    png_image image = {.version = PNG_IMAGE_VERSION};
    assert_true(png_image_begin_read_from_memory(&image, png, png_size));
    assert_int_equal(image.width, width);
    assert_int_equal(image.height, height);
    assert_int_equal(image.format, FORMAT[channels]);
    assert_true(png_image_finish_read(&image, NULL, decoded, 0, NULL));
    assert_int_equal(image.warning_or_error, 0);
    assert_memory_equal(decoded, exact, size);
    free(exact);
    free(decoded);
    buffer_free(&out);
    return png_size;
}

enum kind { NOISE, FLAT, BLACK, SLOPE, STROKES, SOFT, TWO_TONE, KINDS };

static uint8_t *paint(enum kind kind, uint32_t width, uint32_t height, unsigned channels,
                      uint64_t *seed)
{
    size_t row = (size_t)width * channels, size = row * height;
    uint8_t *pixels = malloc(size), level = (uint8_t)draw(seed);
    assert_non_null(pixels);
    for (size_t i = 0; i < size; i++) {
        size_t x = i % row / channels, y = i / row;
        int left = i % row >= channels ? pixels[i - channels] : 128;
        switch (kind) {
        case NOISE:
            pixels[i] = (uint8_t)draw(seed);
            break;
        case SLOPE:
            pixels[i] = (uint8_t)(x * 3 + y * 5);
            break;
        case STROKES:
            pixels[i] = (x + y * 2) % 29 < 4 ? (uint8_t)draw(seed) : 0;
            break;
        case SOFT:
            pixels[i] = (uint8_t)(left + (int)(draw(seed) % 9) - 4);
            break;
        case TWO_TONE:
            pixels[i] = draw(seed) % 2 ? 255 : 0;
            break;
        default:
            pixels[i] = kind == FLAT ? level : 0;
            break;
        }
    }
    return pixels;
}

static void all_small_sizes(void **state)
{
    (void)state;
    uint64_t seed = 21;
    for (uint32_t width = 1; width <= 36; width++)
        for (uint32_t height = 1; height <= 36; height += 1 + (height + width) % 3)
            for (unsigned channels = 1; channels <= 4; channels++) {
                enum kind kind = (enum kind)(draw(&seed) % KINDS);
                uint8_t *pixels = paint(kind, width, height, channels, &seed);
                size_t size = round_trip(pixels, width, height, channels);
                assert_true(size <= (size_t)(width * channels + 1) * height + 80);
                free(pixels);
            }
}

static void all_kinds_at_the_thresholds(void **state)
{
    (void)state;
    // Around the small limit, the strip, rows as wide as a strip and wider, several strips.
    static const struct {
        uint32_t width, height;
        unsigned channels;
    } SIZES[] = {
        {1, 1, 1},     {1, 3000, 1},  {1, 3072, 1},  {1, 3073, 1},  {6143, 1, 1},
        {6144, 1, 1},  {32767, 1, 1}, {32768, 1, 1}, {16383, 2, 1}, {16384, 2, 1},
        {32767, 3, 1}, {40000, 3, 1}, {10922, 3, 3}, {70000, 2, 3}, {8192, 5, 4},
        {320, 320, 3}, {1, 70000, 4}, {500, 200, 2}, {65536, 1, 1},
    };
    uint64_t seed = 22;
    for (size_t i = 0; i < sizeof SIZES / sizeof *SIZES; i++)
        for (int kind = 0; kind < KINDS; kind++) {
            uint8_t *pixels =
                paint((enum kind)kind, SIZES[i].width, SIZES[i].height, SIZES[i].channels, &seed);
            round_trip(pixels, SIZES[i].width, SIZES[i].height, SIZES[i].channels);
            free(pixels);
        }
}

// Parts of one picture that want different codes, and some that want none.
static void content_changes_on_the_way(void **state)
{
    (void)state;
    uint64_t seed = 23;
    enum { WIDTH = 500, PART = 100, PARTS = 21 };
    uint8_t *pixels = malloc((size_t)WIDTH * PART * PARTS);
    assert_non_null(pixels);
    for (int part = 0; part < PARTS; part++) {
        uint8_t *piece = paint((enum kind)(part * 3 % KINDS), WIDTH, PART, 1, &seed);
        memcpy(pixels + (size_t)part * WIDTH * PART, piece, (size_t)WIDTH * PART);
        free(piece);
    }
    round_trip(pixels, WIDTH, PART * PARTS, 1);
    free(pixels);
}

static void noise_does_not_grow(void **state)
{
    (void)state;
    uint64_t seed = 24;
    uint8_t *pixels = paint(NOISE, 1100, 1000, 3, &seed);
    size_t raw = (size_t)3301 * 1000;
    assert_true(round_trip(pixels, 1100, 1000, 3) < raw + raw / 1000 + 100);
    struct buffer out = BUFFER_INIT;
    assert_true(png_encode(&out, pixels, 1100, 1000, 3));
    assert_true(check_chunks((const uint8_t *)out.data, out.size) > 1); // several IDATs
    buffer_free(&out);
    free(pixels);
}

static void plain_pictures_are_small(void **state)
{
    (void)state;
    uint64_t seed = 25;
    uint8_t *pixels = paint(FLAT, 1000, 1000, 3, &seed);
    assert_true(round_trip(pixels, 1000, 1000, 3) < 6000);
    assert_true(round_trip(pixels, 28, 28, 1) < 130);
    assert_true(round_trip(pixels, 64, 64, 3) < 300);
    free(pixels);
}

static void add_size(png_structp png, png_bytep bytes, png_size_t size)
{
    (void)bytes;
    *(size_t *)png_get_io_ptr(png) += size;
}

static void flush_nothing(png_structp png)
{
    (void)png;
}

// The bytes that libpng takes with its defaults.
static size_t libpng_size(const uint8_t *pixels, uint32_t width, uint32_t height, unsigned channels)
{
    size_t size = 0;
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png_create_info_struct(png);
    png_set_write_fn(png, &size, add_size, flush_nothing);
    png_set_IHDR(png, info, width, height, 8,
                 channels == 1 ? PNG_COLOR_TYPE_GRAY : PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_write_info(png, info);
    for (uint32_t y = 0; y < height; y++)
        png_write_row(png, pixels + (size_t)y * width * channels);
    png_write_end(png, info);
    png_destroy_write_struct(&png, &info);
    return size;
}

// Reads what follows the head of a gzipped file of samples/.
static uint8_t *read_sample(const char *path, size_t head, size_t size)
{
    uint8_t *bytes = malloc(head + size);
    assert_non_null(bytes);
    gzFile file = gzopen(path, "rb");
    assert_non_null(file);
    assert_int_equal(gzread(file, bytes, (unsigned)(head + size)), head + size);
    gzclose(file);
    memmove(bytes, bytes + head, size);
    return bytes;
}

// Real pictures, and sheets of them, plain and enlarged, stay near libpng's size.
static void real_pictures_are_as_small_as_libpngs(void **state)
{
    (void)state;
    enum { COUNT = 400 };
    uint8_t *fashion =
        read_sample("samples/fashion_mnist/t10k-images-idx3-ubyte.gz", 16, COUNT * 784);
    size_t ours = 0, theirs = 0;
    for (size_t i = 0; i < COUNT; i++) {
        ours += round_trip(fashion + i * 784, 28, 28, 1);
        theirs += libpng_size(fashion + i * 784, 28, 28, 1);
    }
    assert_true(ours * 10 < theirs * 11);
    // 400 pictures below each other, and one enlarged eight times.
    assert_true(round_trip(fashion, 28, 28 * COUNT, 1) * 10 <
                libpng_size(fashion, 28, 28 * COUNT, 1) * 11);
    uint8_t *large = malloc((size_t)224 * 224);
    assert_non_null(large);
    for (size_t i = 0; i < (size_t)224 * 224; i++)
        large[i] = fashion[i / 224 / 8 * 28 + i % 224 / 8];
    assert_true(round_trip(large, 224, 224, 1) * 10 < libpng_size(large, 224, 224, 1) * 13);
    free(large);
    free(fashion);

    // Records of CIFAR-100: two labels, then planes of red, green and blue.
    uint8_t *cifar = read_sample("samples/cifar100/test.bin.gz", 0, 200 * 3074), pixels[3072];
    ours = theirs = 0;
    for (size_t i = 0; i < 200; i++) {
        for (size_t k = 0; k < 3072; k++)
            pixels[k] = cifar[i * 3074 + 2 + k % 3 * 1024 + k / 3];
        ours += round_trip(pixels, 32, 32, 3);
        theirs += libpng_size(pixels, 32, 32, 3);
    }
    assert_true(ours * 10 < theirs * 11);
    free(cifar);
}

static void impossible_sizes_are_refused(void **state)
{
    (void)state;
    struct buffer out = BUFFER_INIT;
    buffer_string(&out, "kept");
    static const struct {
        uint32_t width, height;
        unsigned channels;
    } WRONG[] = {
        {0, 1, 1},
        {1, 0, 1},
        {1, 1, 0},
        {1, 1, 5},
        {0x80000000u, 1, 1},
        {1, 0x80000000u, 1},
        {UINT32_MAX, UINT32_MAX, 4},
        {0x7fffffff, 2, 1},
        {0x40000000, 1, 4},
        {65535, 65536, 1},
    };
    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++) {
        assert_false(png_encode(&out, NULL, WRONG[i].width, WRONG[i].height, WRONG[i].channels));
        assert_int_equal(out.size, 4);
        assert_false(out.failed);
    }
    buffer_free(&out);
}

static void memory_may_run_out(void **state)
{
    (void)state;
    uint64_t seed = 26;
    uint8_t *pixels = paint(NOISE, 700, 700, 3, &seed);
    for (int small = 0; small < 2; small++) {
        for (unsigned long n = 1;; n++) {
            struct buffer out = BUFFER_INIT;
            buffer_string(&out, "kept");
            failing_nth(n);
            bool made =
                small ? png_encode(&out, pixels, 28, 28, 1) : png_encode(&out, pixels, 700, 700, 3);
            bool happened = failing_happened();
            failing_nth(0);
            assert_int_equal(made, !happened);
            if (!made)
                assert_int_equal(out.size, 4);
            assert_memory_equal(out.data, "kept", 4);
            buffer_free(&out);
            if (!happened)
                break;
        }
    }
    free(pixels);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_small_sizes),
        cmocka_unit_test(all_kinds_at_the_thresholds),
        cmocka_unit_test(content_changes_on_the_way),
        cmocka_unit_test(noise_does_not_grow),
        cmocka_unit_test(plain_pictures_are_small),
        cmocka_unit_test(real_pictures_are_as_small_as_libpngs),
        cmocka_unit_test(impossible_sizes_are_refused),
        cmocka_unit_test(memory_may_run_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
