// SPDX-License-Identifier: MIT
#include "base/area.h"

#include <stdlib.h>
#include <string.h>

enum { ALPHA = 3, RGBA = 4 };

// How a cell that comes in is shared out: `first` parts go to cell `to` of the result, `second` to
// the next one. All parts that one of the result gets are as many as the whole has pixels.
struct share {
    uint32_t to, first, second;
};

struct area {
    struct area_axis across, down;
    unsigned channels;
    uint32_t y;           // of the next row
    uint64_t *row, *sum;  // of parts of samples; each as long as a row of the result
    struct share *shares; // of the cells of a row
};

void area_fit(uint32_t *width, uint32_t *height, uint32_t size)
{
    uint32_t longer = *width > *height ? *width : *height;
    uint32_t *sides[] = {width, height};
    for (unsigned i = 0; i < 2 && size < longer; i++) {
        uint64_t fitted = ((uint64_t)*sides[i] * size + longer / 2) / longer;
        *sides[i] = fitted ? (uint32_t)fitted : 1;
    }
}

static struct share share_of(const struct area_axis *axis, uint32_t i)
{
    if (axis->to == axis->cells)
        return (struct share){.to = i, .first = axis->length};
    // In pixels times `to`: a cell of the result is as long as the whole.
    uint64_t start = (uint64_t)i * axis->pitch, end = start + axis->pitch;
    uint64_t size = ((end < axis->length ? end : axis->length) - start) * axis->to;
    uint64_t to = start * axis->to / axis->length;
    uint64_t left = (to + 1) * axis->length - start * axis->to;
    uint64_t first = left < size ? left : size;
    return (struct share){
        .to = (uint32_t)to, .first = (uint32_t)first, .second = (uint32_t)(size - first)};
}

struct area *area_new(const struct area_axis *across, const struct area_axis *down,
                      unsigned channels)
{
    struct area *area = calloc(1, sizeof *area);
    size_t count = (size_t)across->to * channels;
    if (!area)
        return NULL;
    *area = (struct area){.across = *across, .down = *down, .channels = channels};
    area->row = calloc(count, sizeof *area->row);
    area->sum = calloc(count, sizeof *area->sum);
    area->shares = calloc(across->cells, sizeof *area->shares);
    if (!area->row || !area->sum || !area->shares) {
        area_free(area);
        return NULL;
    }
    for (uint32_t x = 0; x < across->cells; x++)
        area->shares[x] = share_of(across, x);
    return area;
}

void area_free(struct area *area)
{
    if (!area)
        return;
    free(area->row);
    free(area->sum);
    free(area->shares);
    free(area);
}

static inline void add_pixels(const struct area *area, const uint8_t *pixel, unsigned channels)
{
    for (uint32_t x = 0; x < area->across.cells; x++, pixel += channels) {
        struct share share = area->shares[x];
        uint64_t *cell = area->row + (size_t)share.to * channels;
        for (unsigned c = 0; c < channels; c++) {
            uint32_t value = pixel[c];
            if (channels == RGBA && c != ALPHA)
                value *= pixel[ALPHA];
            cell[c] += (uint64_t)value * share.first;
            if (share.second > 0)
                cell[channels + c] += (uint64_t)value * share.second;
        }
    }
}

static void write_means(const struct area *area, uint8_t *out)
{
    unsigned channels = area->channels;
    uint64_t weight = (uint64_t)area->across.length * area->down.length;
    for (size_t i = 0; i < (size_t)area->across.to * channels; i += channels) {
        for (unsigned c = 0; c < channels; c++) {
            uint64_t by = channels == RGBA && c != ALPHA ? area->sum[i + ALPHA] : weight;
            out[i + c] = (uint8_t)(by ? (area->sum[i + c] + by / 2) / by : 0);
        }
    }
}

bool area_add(struct area *area, const uint8_t *row, uint8_t *out)
{
    size_t count = (size_t)area->across.to * area->channels;
    struct share share = share_of(&area->down, area->y++);
    memset(area->row, 0, count * sizeof *area->row);
    if (area->channels == 1) // three loops with numbers that the compiler knows
        add_pixels(area, row, 1);
    else if (area->channels == 3)
        add_pixels(area, row, 3);
    else
        add_pixels(area, row, RGBA);
    for (size_t i = 0; i < count; i++)
        area->sum[i] += area->row[i] * share.first;
    if (area->y < area->down.cells && share_of(&area->down, area->y).to == share.to)
        return false;
    write_means(area, out);
    for (size_t i = 0; i < count; i++)
        area->sum[i] = area->row[i] * share.second;
    return true;
}
