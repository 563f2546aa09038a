// SPDX-License-Identifier: MIT
#include "formats/raster.h"

#include <stdlib.h>
#include <string.h>

#include "formats/raster_codec.h"

bool raster_recognise(const uint8_t *bytes, size_t size, enum raster_media *media)
{
    static const struct {
        uint8_t bytes[8];
        size_t size;
        enum raster_media media;
    } SIGNATURES[] = {
        {{0xff, 0xd8, 0xff}, 3, RASTER_JPEG},
        {{0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'}, 8, RASTER_PNG},
    };
    for (size_t i = 0; i < sizeof SIGNATURES / sizeof *SIGNATURES; i++)
        if (size >= SIGNATURES[i].size &&
            memcmp(bytes, SIGNATURES[i].bytes, SIGNATURES[i].size) == 0) {
            *media = SIGNATURES[i].media;
            return true;
        }
    return false;
}

const char *raster_media_type(enum raster_media media)
{
    return media == RASTER_JPEG ? "image/jpeg" : "image/png";
}

uint64_t raster_bytes(const struct raster_info *info)
{
    return (uint64_t)info->width * info->height * info->channels * (info->depth / 8);
}

bool raster_allowed(const struct raster_info *info, uint64_t extra, struct error *error)
{
    if (info->width > RASTER_MAX_SIDE || info->height > RASTER_MAX_SIDE)
        return error_set(error, ERROR_LIMIT,
                         "the picture has %u × %u pixels; at most %d on a side are read",
                         info->width, info->height, RASTER_MAX_SIDE);
    if ((uint64_t)info->width * info->height > RASTER_MAX_PIXELS)
        return error_set(error, ERROR_LIMIT,
                         "the picture has %u × %u pixels; at most %d in all are read", info->width,
                         info->height, RASTER_MAX_PIXELS);
    if (raster_bytes(info) + extra > RASTER_MAX_BYTES)
        return error_set(error, ERROR_LIMIT,
                         "the picture has %u × %u pixels and takes %llu MiB to decode; at most %d "
                         "are spent",
                         info->width, info->height,
                         (unsigned long long)((raster_bytes(info) + extra) >> 20),
                         RASTER_MAX_BYTES >> 20);
    return true;
}

static bool read_as(const uint8_t *bytes, size_t size, enum raster_work work, uint32_t side,
                    struct raster *raster, struct error *error)
{
    enum raster_media media;
    *raster = (struct raster){.pixels = NULL};
    if (!raster_recognise(bytes, size, &media))
        return error_set(error, ERROR_INPUT, "neither a JPEG nor a PNG file");
    raster_codec *codec = media == RASTER_JPEG ? raster_jpeg_read : raster_png_read;
    return codec(bytes, size, work, side, raster, error);
}

static bool read_info(const uint8_t *bytes, size_t size, enum raster_work work,
                      struct raster_info *info, struct error *error)
{
    struct raster raster;
    if (!read_as(bytes, size, work, 0, &raster, error))
        return false;
    *info = raster.info;
    return true;
}

bool raster_inspect(const uint8_t *bytes, size_t size, struct raster_info *info,
                    struct error *error)
{
    return read_info(bytes, size, RASTER_HEAD, info, error);
}

bool raster_check(const uint8_t *bytes, size_t size, struct raster_info *info, struct error *error)
{
    return read_info(bytes, size, RASTER_CHECK, info, error);
}

bool raster_decode(const uint8_t *bytes, size_t size, struct raster *raster, struct error *error)
{
    return read_as(bytes, size, RASTER_WHOLE, 0, raster, error);
}

bool raster_preview(const uint8_t *bytes, size_t size, uint32_t side, struct raster *raster,
                    struct error *error)
{
    return read_as(bytes, size, RASTER_LOOK, side, raster, error);
}

void raster_free(struct raster *raster)
{
    if (!raster)
        return;
    free(raster->pixels);
    raster->pixels = NULL;
}
