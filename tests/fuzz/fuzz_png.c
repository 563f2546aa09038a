// SPDX-License-Identifier: MIT
// Bytes to a picture, to PNG, and back by zlib and the standard's own words. The first three bytes
// choose width, channels and height, the rest are pixels, repeated when there are too few.
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "encode/png.h"

static void require(int true_thing)
{
    if (!true_thing)
        abort();
}

static uint32_t get32(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static int paeth(int a, int b, int c)
{
    int p = a + b - c, pa = abs(p - a), pb = abs(p - b), pc = abs(p - c);
    if (pa <= pb && pa <= pc)
        return a;
    return pb <= pc ? b : c;
}

// Unpacks the IDAT chunks into exactly size bytes.
static void unpack(const uint8_t *png, size_t png_size, uint8_t *to, size_t size)
{
    z_stream z = {.next_out = to, .avail_out = (uInt)size};
    require(inflateInit(&z) == Z_OK);
    int result = Z_OK;
    for (size_t at = 8; at < png_size;) {
        uint32_t length = get32(png + at);
        require(length <= png_size - at - 12);
        require(get32(png + at + 8 + length) == crc32_z(0, png + at + 4, length + 4));
        if (memcmp(png + at + 4, "IDAT", 4) == 0) {
            z.next_in = (uint8_t *)(uintptr_t)(png + at + 8);
            z.avail_in = length;
            result = inflate(&z, Z_NO_FLUSH);
            require(result == Z_OK || result == Z_STREAM_END);
            require(z.avail_in == 0);
        }
        at += length + 12;
    }
    require(result == Z_STREAM_END && z.avail_out == 0);
    inflateEnd(&z);
}

static void compare(const uint8_t *filtered, const uint8_t *pixels, size_t row, size_t height,
                    size_t channels)
{
    for (size_t y = 0; y < height; y++) {
        const uint8_t *line = pixels + y * row, *from = filtered + y * (row + 1);
        const uint8_t *above = y ? line - row : NULL;
        require(from[0] == 0 || from[0] == 4);
        for (size_t i = 0; i < row; i++) {
            int a = i >= channels ? line[i - channels] : 0;
            int b = above ? above[i] : 0;
            int c = above && i >= channels ? above[i - channels] : 0;
            int predicted = from[0] ? paeth(a, b, c) : 0;
            require((uint8_t)(from[1 + i] + predicted) == line[i]);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 4)
        return 0;
    uint32_t width = data[0] + 1u, height = data[2] + 1u;
    unsigned channels = 1 + data[1] % 4;
    if (data[1] & 0x80)
        width *= 64; // wider than a strip can hold
    size_t row = (size_t)width * channels, count = row * height;
    if (count > 80000) {
        height = (uint32_t)(80000 / row) + 1;
        count = row * height;
    }
    uint8_t *pixels = malloc(count), *filtered = malloc(count + height);
    require(pixels && filtered);
    for (size_t i = 0; i < count; i++)
        pixels[i] = data[3 + i % (size - 3)];

    struct buffer png = BUFFER_INIT;
    require(png_encode(&png, pixels, width, height, channels));
    require(png.size <= count + height + 100 + count / 1000);
    unpack((const uint8_t *)png.data, png.size, filtered, count + height);
    compare(filtered, pixels, row, height, channels);
    buffer_free(&png);
    free(pixels);
    free(filtered);
    return 0;
}
