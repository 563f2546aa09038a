// SPDX-License-Identifier: MIT
#include "encode/picture.h"

#include <stdlib.h>
#include <string.h>

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

// How `from` cells are shared out among fewer, equally wide ones: cell i gives `first` parts of the
// `to` that it has to cell `cell`, and the rest to the next one.
struct share {
    uint32_t cell, first;
};

static struct share share_of(uint32_t i, uint32_t from, uint32_t to)
{
    uint64_t start = (uint64_t)i * to;
    uint32_t cell = (uint32_t)(start / from);
    uint64_t left = (uint64_t)(cell + 1) * from - start;
    return (struct share){.cell = cell, .first = left < to ? (uint32_t)left : to};
}

// Adds a row of pixels to the sums of cells; shares says which. Colours count by their alpha, so
// that what is behind transparent pixels does not show.
static void add_row(uint64_t *sum, const uint8_t *pixel, const struct picture *from, uint32_t width,
                    const struct share *shares)
{
    unsigned channels = from->channels;
    for (uint32_t x = 0; x < from->width; x++, pixel += channels) {
        uint64_t *cell = sum + (size_t)shares[x].cell * channels;
        uint32_t first = shares[x].first, second = width - first;
        for (unsigned c = 0; c < channels; c++) {
            uint32_t value = pixel[c];
            if (channels == RGBA && c != ALPHA)
                value *= pixel[ALPHA];
            cell[c] += (uint64_t)value * first;
            if (second > 0)
                cell[channels + c] += (uint64_t)value * second;
        }
    }
}

static void write_means(uint8_t *out, const uint64_t *sum, uint32_t width, unsigned channels,
                        uint64_t weight)
{
    for (size_t i = 0; i < (size_t)width * channels; i += channels) {
        for (unsigned c = 0; c < channels; c++) {
            uint64_t by = channels == RGBA && c != ALPHA ? sum[i + ALPHA] : weight;
            out[i + c] = (uint8_t)(by ? (sum[i + c] + by / 2) / by : 0);
        }
    }
}

static uint32_t fit_side(uint32_t side, uint32_t longer, uint32_t size)
{
    uint32_t fitted = (uint32_t)(((uint64_t)side * size + longer / 2) / longer);
    return fitted ? fitted : 1;
}

void picture_fit(uint32_t *width, uint32_t *height, uint32_t size)
{
    uint32_t longer = *width > *height ? *width : *height;
    if (size >= longer)
        return;
    *width = fit_side(*width, longer, size ? size : 1);
    *height = fit_side(*height, longer, size ? size : 1);
}

// The sums of rows, then of cells, and how columns are shared out.
struct work {
    uint64_t *row, *sum; // each as long as a row of `to`; one allocation
    struct share *shares;
};

static bool work_new(struct work *work, const struct picture *from, uint32_t width, size_t count)
{
    work->row = calloc(2 * count, sizeof *work->row);
    work->shares = calloc(from->width, sizeof *work->shares);
    if (!work->row || !work->shares)
        return false;
    work->sum = work->row + count;
    for (uint32_t x = 0; x < from->width; x++)
        work->shares[x] = share_of(x, from->width, width);
    return true;
}

static void work_free(struct work *work)
{
    free(work->row);
    free(work->shares);
}

static void reduce(struct picture *to, const struct picture *from, const struct work *work)
{
    size_t count = row_size(to);
    uint64_t *row = work->row, *sum = work->sum, weight = (uint64_t)from->width * from->height;
    for (uint32_t y = 0; y < from->height; y++) {
        memset(row, 0, count * sizeof *row);
        add_row(row, from->pixels + y * row_size(from), from, to->width, work->shares);
        struct share share = share_of(y, from->height, to->height);
        for (size_t i = 0; i < count; i++)
            sum[i] += row[i] * share.first;
        if ((uint64_t)(y + 1) * to->height < (uint64_t)(share.cell + 1) * from->height)
            continue;
        write_means(to->pixels + share.cell * count, sum, to->width, from->channels, weight);
        for (size_t i = 0; i < count; i++)
            sum[i] = row[i] * (to->height - share.first);
    }
}

bool picture_reduce(struct picture *to, const struct picture *from, uint32_t width, uint32_t height)
{
    if (!picture_new(to, width, height, from->channels))
        return false;
    if (width == from->width && height == from->height) {
        memcpy(to->pixels, from->pixels, row_size(from) * from->height);
        return true;
    }
    struct work work;
    bool ready = work_new(&work, from, width, row_size(to));
    if (ready)
        reduce(to, from, &work);
    else
        picture_free(to);
    work_free(&work);
    return ready;
}

bool picture_shrink(struct picture *to, const struct picture *from, uint32_t size)
{
    uint32_t width = from->width, height = from->height;
    picture_fit(&width, &height, size);
    return picture_reduce(to, from, width, height);
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
