// SPDX-License-Identifier: MIT
// Where decoded rows go: the upright picture. Rows come as they are stored, from above, some at a
// time; they are made fewer and shorter if a smaller picture was asked for, and each pixel is put
// where Exif's orientation wants it.
#ifndef SAMPLECASE_FORMATS_RASTER_CANVAS_H
#define SAMPLECASE_FORMATS_RASTER_CANVAS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// What comes and what shall become of it, both as stored.
struct raster_frame {
    uint32_t whole_width, whole_height; // of the picture
    uint32_t pitch;                     // how many of its pixels, in each direction, one shows
    uint32_t from_width, from_height; // of the rows that come: the whole through pitch, rounded up
    uint32_t width, height;           // of the result
    unsigned channels, depth;         // 8 bits, where it is not as large as what comes
    unsigned orientation;
};

struct raster_canvas {
    uint8_t *pixels; // owned until somebody takes it and sets it to NULL
    struct raster_frame frame;
    size_t pixel;      // bytes of one
    uint32_t y;        // of the next row of the result
    struct area *area; // NULL when the result is as large as what comes
    uint8_t *row;      // one that was made shorter
};

// Whether that orientation exchanges width and height.
static inline bool raster_canvas_turns(unsigned orientation)
{
    return orientation >= 5;
}

// Room for the result, not cleared. False when memory is short. Close it in any case.
bool raster_canvas_open(struct raster_canvas *canvas, const struct raster_frame *frame);
void raster_canvas_close(struct raster_canvas *canvas);

// Takes the next count packed rows. Turned pictures like more than one at a time.
void raster_canvas_put(struct raster_canvas *canvas, const uint8_t *rows, uint32_t count);

#endif
