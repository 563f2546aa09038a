// SPDX-License-Identifier: MIT
// Where decoded rows go: the upright picture. Rows come as they are stored, from above, some at a
// time; each pixel is put where Exif's orientation wants it.
#ifndef SAMPLECASE_FORMATS_RASTER_CANVAS_H
#define SAMPLECASE_FORMATS_RASTER_CANVAS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct raster_canvas {
    uint8_t *pixels;        // owned until somebody takes it and sets it to NULL
    uint32_t width, height; // as stored
    size_t pixel;           // bytes of one
    unsigned orientation;
};

// Whether that orientation exchanges width and height.
static inline bool raster_canvas_turns(unsigned orientation)
{
    return orientation >= 5;
}

// Room for width × height pixels of 1, 2, 3, 4, 6 or 8 bytes, not cleared. False when memory is
// short.
bool raster_canvas_open(struct raster_canvas *canvas, uint32_t width, uint32_t height, size_t pixel,
                        unsigned orientation);
void raster_canvas_free(struct raster_canvas *canvas);

// Puts count packed rows there, the first of which is row y of the stored picture. Turned pictures
// like more than one at a time.
void raster_canvas_put(struct raster_canvas *canvas, uint32_t y, const uint8_t *rows,
                       uint32_t count);

#endif
