// SPDX-License-Identifier: MIT
// What raster.c asks of the decoders of the two kinds.
#ifndef SAMPLECASE_FORMATS_RASTER_CODEC_H
#define SAMPLECASE_FORMATS_RASTER_CODEC_H

#include "formats/raster.h"

enum raster_work {
    RASTER_HEAD,  // the headers
    RASTER_CHECK, // all data, no pixels kept
    RASTER_WHOLE, // all pixels as they are
    RASTER_LOOK,  // 8-bit pixels, no more than asked for (raster_preview)
};

// Does that work. raster->info is what raster_inspect says; with RASTER_LOOK it describes the
// pixels. Without pixels raster->pixels is NULL, also on failure.
typedef bool raster_codec(const uint8_t *bytes, size_t size, enum raster_work work, uint32_t side,
                          struct raster *raster, struct error *error);
raster_codec raster_jpeg_read, raster_png_read;

// Whether a picture is within the limits, before anything is allocated: its sides, and its pixels
// with `extra` bytes that the decoder needs besides. ERROR_LIMIT.
bool raster_allowed(const struct raster_info *info, uint64_t extra, struct error *error);

// Bytes of all its pixels.
uint64_t raster_bytes(const struct raster_info *info);

#endif
