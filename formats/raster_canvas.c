// SPDX-License-Identifier: MIT
#include "formats/raster_canvas.h"

#include <stdlib.h>
#include <string.h>

bool raster_canvas_open(struct raster_canvas *canvas, uint32_t width, uint32_t height, size_t pixel,
                        unsigned orientation)
{
    *canvas = (struct raster_canvas){
        .width = width, .height = height, .pixel = pixel, .orientation = orientation};
    canvas->pixels = malloc((size_t)width * height * pixel);
    return canvas->pixels != NULL;
}

void raster_canvas_free(struct raster_canvas *canvas)
{
    free(canvas->pixels);
    canvas->pixels = NULL;
}

// Copies count pixels of `size` bytes; the steps from one to the next are in bytes.
static inline void copy_pixels(uint8_t *to, ptrdiff_t to_step, const uint8_t *from,
                               ptrdiff_t from_step, uint32_t count, size_t size)
{
    for (uint32_t i = 0; i < count; i++, to += to_step, from += from_step)
        memcpy(to, from, size);
}

// The same with sizes that the compiler knows.
static void copy_run(uint8_t *to, ptrdiff_t to_step, const uint8_t *from, ptrdiff_t from_step,
                     uint32_t count, size_t size)
{
    switch (size) {
    case 1:
        copy_pixels(to, to_step, from, from_step, count, 1);
        break;
    case 3:
        copy_pixels(to, to_step, from, from_step, count, 3);
        break;
    case 4:
        copy_pixels(to, to_step, from, from_step, count, 4);
        break;
    default:
        copy_pixels(to, to_step, from, from_step, count, size);
        break;
    }
}

// Orientations 1 to 4: rows stay rows, from above or below, from the left or the right.
static void put_rows(struct raster_canvas *canvas, uint32_t y, const uint8_t *rows, uint32_t count)
{
    size_t size = canvas->pixel, row = canvas->width * size;
    bool mirrored = canvas->orientation == 2 || canvas->orientation == 3;
    bool upside_down = canvas->orientation == 3 || canvas->orientation == 4;
    for (uint32_t i = 0; i < count; i++, rows += row) {
        uint32_t to_y = upside_down ? canvas->height - 1 - (y + i) : y + i;
        uint8_t *to = canvas->pixels + to_y * row;
        if (mirrored)
            copy_run(to + row - size, -(ptrdiff_t)size, rows, (ptrdiff_t)size, canvas->width, size);
        else
            memcpy(to, rows, row);
    }
}

// Orientations 5 to 8: rows become columns. 5 is the transpose, 6 a quarter clockwise, 7 the
// transpose about the other diagonal, 8 a quarter the other way.
static void put_columns(struct raster_canvas *canvas, uint32_t y, const uint8_t *rows,
                        uint32_t count)
{
    size_t size = canvas->pixel, row = canvas->width * size, to_row = canvas->height * size;
    bool from_right = canvas->orientation == 6 || canvas->orientation == 7;
    bool from_below = canvas->orientation == 7 || canvas->orientation == 8;
    uint32_t to_x = from_right ? canvas->height - 1 - y : y;
    ptrdiff_t step = from_right ? -(ptrdiff_t)size : (ptrdiff_t)size;
    for (uint32_t x = 0; x < canvas->width; x++) {
        uint32_t to_y = from_below ? canvas->width - 1 - x : x;
        copy_run(canvas->pixels + to_y * to_row + to_x * size, step, rows + x * size,
                 (ptrdiff_t)row, count, size);
    }
}

void raster_canvas_put(struct raster_canvas *canvas, uint32_t y, const uint8_t *rows,
                       uint32_t count)
{
    if (raster_canvas_turns(canvas->orientation))
        put_columns(canvas, y, rows, count);
    else
        put_rows(canvas, y, rows, count);
}
