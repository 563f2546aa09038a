// SPDX-License-Identifier: MIT
#include "encode/picture.h"

#include <stdlib.h>
#include <string.h>

#include "base/area.h"
#include "base/size.h"

enum { ALPHA = 3, RGBA = 4 };

static const uint64_t LARGEST = UINT64_C(1) << 31; // bytes of pixels

static size_t row_size(const struct picture *picture)
{
    return (size_t)picture->width * picture->channels;
}

bool picture_new(struct picture *picture, uint32_t width, uint32_t height, unsigned channels)
{
    uint64_t size;
    *picture =
        (struct picture){.pixels = NULL, .width = width, .height = height, .channels = channels};
    if (!size_of_shape(channels, (uint64_t[]){width, height}, 2, &size) || size > LARGEST)
        return false;
    picture->pixels = calloc(size ? size : 1, 1);
    return picture->pixels != NULL;
}

void picture_free(struct picture *picture)
{
    if (!picture)
        return;
    free(picture->pixels);
    picture->pixels = NULL;
}

static uint8_t level(double value, double white)
{
    double scaled = value * 255 / white + 0.5;
    // Written so that NaN is 0.
    return scaled >= 255 ? 255 : scaled > 0 ? (uint8_t)scaled : 0;
}

void picture_levels(uint8_t *out, const void *values, size_t count, enum dtype dtype, double white)
{
    if (dtype == DTYPE_BOOL)
        white = 1;
    if (dtype == DTYPE_UINT8 && white == 255) {
        memcpy(out, values, count);
        return;
    }
    for (size_t i = 0; i < count; i++)
        out[i] = level(dtype_double(dtype, values, i), white);
}

void picture_place(struct picture *to, uint32_t x, uint32_t y, const struct picture *from,
                   unsigned scale)
{
    size_t stride = row_size(to), tile = row_size(from) * scale;
    uint8_t *out = to->pixels + y * stride + (size_t)x * to->channels;
    const uint8_t *in = from->pixels;
    for (uint32_t row = 0; row < from->height; row++) {
        if (scale == 1) {
            memcpy(out, in, tile);
        } else {
            uint8_t *pixel = out;
            for (uint32_t column = 0; column < from->width; column++)
                for (unsigned copy = 0; copy < scale; copy++, pixel += from->channels)
                    memcpy(pixel, in + (size_t)column * from->channels, from->channels);
        }
        for (unsigned copy = 1; copy < scale; copy++)
            memcpy(out + copy * stride, out, tile);
        out += scale * stride;
        in += row_size(from);
    }
}

bool picture_shrink(struct picture *to, const struct picture *from, uint32_t size)
{
    uint32_t width = from->width, height = from->height;
    area_fit(&width, &height, size);
    if (!picture_new(to, width, height, from->channels))
        return false;
    if (width == from->width && height == from->height) {
        memcpy(to->pixels, from->pixels, row_size(from) * from->height);
        return true;
    }
    struct area *area =
        area_new(&(struct area_axis){from->width, 1, from->width, width},
                 &(struct area_axis){from->height, 1, from->height, height}, from->channels);
    uint8_t *out = to->pixels;
    for (uint32_t y = 0; area && y < from->height; y++)
        if (area_add(area, from->pixels + y * row_size(from), out))
            out += row_size(to);
    if (!area)
        picture_free(to);
    area_free(area);
    return to->pixels != NULL;
}

bool picture_widen(struct picture *picture, unsigned channels)
{
    unsigned had = picture->channels;
    struct picture wide;
    if (channels == had)
        return true;
    if (!picture_new(&wide, picture->width, picture->height, channels))
        return false;
    const uint8_t *from = picture->pixels;
    uint8_t *to = wide.pixels;
    for (size_t i = 0; i < (size_t)wide.width * wide.height; i++, from += had, to += channels) {
        for (unsigned c = 0; c < 3; c++)
            to[c] = from[had == 1 ? 0 : c];
        if (channels == RGBA)
            to[ALPHA] = 255;
    }
    picture_free(picture);
    *picture = wide;
    return true;
}
