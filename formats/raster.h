// SPDX-License-Identifier: MIT
// Pictures in files (JPEG by libjpeg-turbo, PNG by libpng) to pixels, upright as EXIF says, in a
// form that arrays hold: grey, RGB or RGBA; palettes become RGB, CMYK and YCCK become RGB, grey
// with alpha becomes RGBA. Everything is bounded; nothing is trusted.
#ifndef SAMPLECASE_FORMATS_RASTER_H
#define SAMPLECASE_FORMATS_RASTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

enum raster_media { RASTER_JPEG, RASTER_PNG };

enum {
    RASTER_MAX_SIDE = 16384,
    RASTER_MAX_PIXELS = 1 << 27,
    RASTER_MAX_BYTES = 448 << 20, // of pixels and what decoding takes besides
};

struct raster_info {
    enum raster_media media;
    uint32_t height, width; // upright: after EXIF's orientation
    unsigned channels;      // 1, 3 or 4
    unsigned depth;         // bits of a sample: 8 or 16
    unsigned orientation;   // EXIF, 1 to 8; 1 when there is none
};

// What a file is, by its first bytes; false when it is no picture of these kinds.
bool raster_recognise(const uint8_t *bytes, size_t size, enum raster_media *media);

// "image/jpeg", "image/png"; static.
const char *raster_media_type(enum raster_media media);

// Reads the headers alone. False with the error, which says what is wrong but not in which file.
bool raster_inspect(const uint8_t *bytes, size_t size, struct raster_info *info,
                    struct error *error);

// Decoded pixels, rows packed, channels interleaved; samples are uint8, or uint16 of this machine.
struct raster {
    struct raster_info info;
    void *pixels; // owned; raster_free
};

// Decodes all of it. A picture that is cut short or has errors in its data is ERROR_INPUT, one that
// claims too much ERROR_LIMIT.
bool raster_decode(const uint8_t *bytes, size_t size, struct raster *raster, struct error *error);

// Decodes 8-bit pixels for looking at, with at most `side` pixels on the longer side, as area_fit
// says; 0 for the whole size. A JPEG is decoded at an eighth or what is enough, then, as all else
// that is too large, averaged over areas while its rows arrive, so that a small preview of a large
// picture takes little memory. 16-bit samples are scaled to 8. raster->info describes these pixels.
bool raster_preview(const uint8_t *bytes, size_t size, uint32_t side, struct raster *raster,
                    struct error *error);

// Reads all the data as cheaply as shows whether it can be decoded. False with the error.
bool raster_check(const uint8_t *bytes, size_t size, struct raster_info *info, struct error *error);

// Whether the file is a PNG that looks the same everywhere: 8 bits, grey, RGB or RGBA, upright, one
// picture, without a word on transparent colours or colour spaces. It may be damaged.
bool raster_is_plain_png(const uint8_t *bytes, size_t size);

void raster_free(struct raster *raster);

#endif
