// SPDX-License-Identifier: MIT
// Bytes as a picture: whatever it is, inspecting, checking, decoding and previewing it agree.
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/area.h"
#include "formats/raster.h"

enum { MAX_PIXELS = 1 << 20 }; // more would only be slow

static void require(int true_thing)
{
    if (!true_thing)
        abort();
}

static void same(const struct raster_info *a, const struct raster_info *b)
{
    require(a->media == b->media && a->width == b->width && a->height == b->height);
    require(a->channels == b->channels && a->depth == b->depth);
    require(a->orientation == b->orientation);
}

// Looks at every byte of the pixels.
static void touch(const struct raster *raster)
{
    static volatile uint8_t sum;
    const struct raster_info *info = &raster->info;
    const uint8_t *bytes = raster->pixels;
    size_t size = (size_t)info->width * info->height * info->channels * (info->depth / 8);
    uint8_t all = 0;
    for (size_t i = 0; i < size; i++)
        all = (uint8_t)(all + bytes[i]);
    sum = all;
    (void)sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct error error = ERROR_INIT, none = ERROR_INIT;
    struct raster_info info, checked;
    struct raster whole, small;
    (void)raster_is_plain_png(data, size);
    enum raster_media media;
    if (!raster_inspect(data, size, &info, &error)) {
        require(error.kind == ERROR_INPUT || error.kind == ERROR_LIMIT);
        require(!raster_check(data, size, &checked, &none));
        return 0;
    }
    require(raster_recognise(data, size, &media) && media == info.media);
    require(info.width >= 1 && info.width <= RASTER_MAX_SIDE && info.height >= 1 &&
            info.height <= RASTER_MAX_SIDE);
    require(info.channels == 1 || info.channels == 3 || info.channels == 4);
    require(info.depth == 8 || info.depth == 16);
    require(info.orientation >= 1 && info.orientation <= 8);
    if ((uint64_t)info.width * info.height > MAX_PIXELS)
        return 0;
    bool good = raster_check(data, size, &checked, &error);
    if (good)
        same(&checked, &info);
    bool decoded = raster_decode(data, size, &whole, &none);
    require(decoded == good);
    if (decoded) {
        same(&whole.info, &info);
        touch(&whole);
    }
    uint32_t side = 1 + data[size - 1];
    require(raster_preview(data, size, side, &small, &none) == good);
    if (good) {
        uint32_t width = info.width, height = info.height;
        area_fit(&width, &height, side);
        require(small.info.width == width && small.info.height == height);
        require(small.info.depth == 8 && small.info.channels == info.channels);
        touch(&small);
    }
    raster_free(&whole);
    raster_free(&small);
    return 0;
}
