// SPDX-License-Identifier: MIT
#include "formats/raster_canvas.h"

#include <stdlib.h>
#include <string.h>

#include "base/area.h"

bool raster_canvas_open(struct raster_canvas *canvas, const struct raster_frame *frame)
{
    *canvas =
        (struct raster_canvas){.frame = *frame, .pixel = frame->channels * (frame->depth / 8)};
    canvas->pixels = malloc((size_t)frame->width * frame->height * canvas->pixel);
    if (frame->width == frame->from_width && frame->height == frame->from_height)
        return canvas->pixels != NULL;
    canvas->row = malloc(frame->width * canvas->pixel);
    canvas->area = area_new(
        &(struct area_axis){frame->from_width, frame->pitch, frame->whole_width, frame->width},
        &(struct area_axis){frame->from_height, frame->pitch, frame->whole_height, frame->height},
        frame->channels);
    return canvas->pixels && canvas->row && canvas->area;
}

void raster_canvas_close(struct raster_canvas *canvas)
{
    free(canvas->pixels);
    free(canvas->row);
    area_free(canvas->area);
    *canvas = (struct raster_canvas){.pixels = NULL};
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
    size_t size = canvas->pixel, row = canvas->frame.width * size;
    bool mirrored = canvas->frame.orientation == 2 || canvas->frame.orientation == 3;
    bool upside_down = canvas->frame.orientation == 3 || canvas->frame.orientation == 4;
    for (uint32_t i = 0; i < count; i++, rows += row) {
        uint32_t to_y = upside_down ? canvas->frame.height - 1 - (y + i) : y + i;
        uint8_t *to = canvas->pixels + to_y * row;
        if (mirrored)
            copy_run(to + row - size, -(ptrdiff_t)size, rows, (ptrdiff_t)size, canvas->frame.width,
                     size);
        else
            memcpy(to, rows, row);
    }
}

// Orientations 5 to 8: rows become columns. 5 is the transpose, 6 a quarter clockwise, 7 the
// transpose about the other diagonal, 8 a quarter the other way.
static void put_columns(struct raster_canvas *canvas, uint32_t y, const uint8_t *rows,
                        uint32_t count)
{
    size_t size = canvas->pixel, row = canvas->frame.width * size,
           to_row = canvas->frame.height * size;
    bool from_right = canvas->frame.orientation == 6 || canvas->frame.orientation == 7;
    bool from_below = canvas->frame.orientation == 7 || canvas->frame.orientation == 8;
    uint32_t to_x = from_right ? canvas->frame.height - 1 - y : y;
    ptrdiff_t step = from_right ? -(ptrdiff_t)size : (ptrdiff_t)size;
    for (uint32_t x = 0; x < canvas->frame.width; x++) {
        uint32_t to_y = from_below ? canvas->frame.width - 1 - x : x;
        copy_run(canvas->pixels + to_y * to_row + to_x * size, step, rows + x * size,
                 (ptrdiff_t)row, count, size);
    }
}

static void place(struct raster_canvas *canvas, const uint8_t *rows, uint32_t count)
{
    if (raster_canvas_turns(canvas->frame.orientation))
        put_columns(canvas, canvas->y, rows, count);
    else
        put_rows(canvas, canvas->y, rows, count);
    canvas->y += count;
}

void raster_canvas_put(struct raster_canvas *canvas, const uint8_t *rows, uint32_t count)
{
    if (!canvas->area) {
        place(canvas, rows, count);
        return;
    }
    size_t row = canvas->frame.from_width * canvas->pixel;
    for (uint32_t i = 0; i < count; i++, rows += row)
        if (area_add(canvas->area, rows, canvas->row))
            place(canvas, canvas->row, 1);
}
