// SPDX-License-Identifier: MIT
// PNG (ISO/IEC 15948) by libpng's low-level interface. Its errors come by longjmp to guarded();
// everything that lives across it is in struct job. Chunks that say how samples are meant (gAMA,
// iCCP and their like) are skipped: samples are what they are, as in numpy's arrays from Pillow.
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include <png.h>

#include "base/area.h"
#include "formats/raster_canvas.h"
#include "formats/raster_codec.h"
#include "formats/raster_exif.h"

enum {
    SIGNATURE = 8,
    CHUNK = 12, // length, type and CRC of a chunk
    MAX_CHUNKS = 64,
    MAX_CHUNK_BYTES = 8 << 20,
    STRIP = 16,
};

struct job {
    png_structp png;
    png_infop info;
    const uint8_t *bytes;
    size_t size, at;
    jmp_buf escape;
    uint32_t width, height; // as stored
    size_t row;             // bytes of a decoded row
    bool interlaced;
    struct raster_canvas canvas;
    uint8_t *rows; // STRIP decoded rows, or all of an interlaced picture
    struct error *error;
};

_Noreturn static void on_error(png_structp png, png_const_charp text)
{
    struct job *job = png_get_error_ptr(png);
    if (strcmp(text, "Out of memory") == 0)
        error_memory(job->error);
    error_set(job->error, ERROR_INPUT, "the PNG data cannot be decoded: %s", text);
    longjmp(job->escape, 1);
}

static void on_warning(png_structp png, png_const_charp text)
{
    (void)png;
    (void)text;
}

static void read_bytes(png_structp png, png_bytep out, size_t size)
{
    struct job *job = png_get_io_ptr(png);
    if (size > job->size - job->at) {
        error_set(job->error, ERROR_INPUT, "the PNG data ends too early: the file was cut short");
        longjmp(job->escape, 1);
    }
    memcpy(out, job->bytes + job->at, size);
    job->at += size;
}

static uint32_t get32(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

// eXIf may stand anywhere, also behind the pixels.
static unsigned orientation(const uint8_t *bytes, size_t size)
{
    for (size_t at = SIGNATURE; size - at >= CHUNK;) {
        uint32_t length = get32(bytes + at);
        if (length > size - at - CHUNK)
            break;
        if (memcmp(bytes + at + 4, "eXIf", 4) == 0)
            return raster_exif_orientation(bytes + at + 8, length);
        at += CHUNK + (size_t)length;
    }
    return 1;
}

bool raster_is_plain_png(const uint8_t *bytes, size_t size)
{
    enum { DEPTH = SIGNATURE + 16, COLOR, HEAD = SIGNATURE + CHUNK + 13 };
    static const char TELLING[][5] = {"tRNS", "gAMA", "iCCP", "cHRM", "cICP", "acTL", "sBIT"};
    enum raster_media media;
    if (!raster_recognise(bytes, size, &media) || media != RASTER_PNG || size < HEAD ||
        bytes[DEPTH] != 8 ||
        (bytes[COLOR] != PNG_COLOR_TYPE_GRAY && bytes[COLOR] != PNG_COLOR_TYPE_RGB &&
         bytes[COLOR] != PNG_COLOR_TYPE_RGBA))
        return false;
    for (size_t at = SIGNATURE; size - at >= CHUNK;) {
        uint32_t length = get32(bytes + at);
        for (size_t i = 0; i < sizeof TELLING / sizeof *TELLING; i++)
            if (memcmp(bytes + at + 4, TELLING[i], 4) == 0)
                return false;
        if (length > size - at - CHUNK)
            break;
        at += CHUNK + (size_t)length;
    }
    return orientation(bytes, size) == 1;
}

// The library's own limit on sides would not say what is wrong.
static bool check_sides(const uint8_t *bytes, size_t size, struct error *error)
{
    enum { WIDTH = SIGNATURE + 8, HEIGHT = WIDTH + 4 };
    if (size < HEIGHT + 4 || memcmp(bytes + SIGNATURE + 4, "IHDR", 4) != 0)
        return true; // the library says it
    struct raster_info info = {.width = get32(bytes + WIDTH), .height = get32(bytes + HEIGHT)};
    return raster_allowed(&info, 0, error);
}

static void open_png(struct job *job)
{
    png_structp png = job->png;
    png_set_user_limits(png, RASTER_MAX_SIDE, RASTER_MAX_SIDE);
    png_set_chunk_cache_max(png, MAX_CHUNKS);
    png_set_chunk_malloc_max(png, MAX_CHUNK_BYTES);
    png_set_crc_action(png, PNG_CRC_ERROR_QUIT, PNG_CRC_ERROR_QUIT);
    png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL,
                                -1); // all but tRNS and what must
    png_set_read_fn(png, job, read_bytes);
    png_read_info(png, job->info);
}

static bool read_head(struct job *job, struct raster_info *info)
{
    open_png(job);
    unsigned color = png_get_color_type(job->png, job->info);
    unsigned depth = png_get_bit_depth(job->png, job->info);
    bool clear =
        color & PNG_COLOR_MASK_ALPHA || png_get_valid(job->png, job->info, PNG_INFO_tRNS) != 0;
    job->width = png_get_image_width(job->png, job->info);
    job->height = png_get_image_height(job->png, job->info);
    job->interlaced = png_get_interlace_type(job->png, job->info) != PNG_INTERLACE_NONE;
    *info = (struct raster_info){.media = RASTER_PNG,
                                 .width = job->width,
                                 .height = job->height,
                                 .channels = clear                          ? 4
                                             : color & PNG_COLOR_MASK_COLOR ? 3
                                                                            : 1,
                                 .depth = depth == 16 ? 16 : 8,
                                 .orientation = orientation(job->bytes, job->size)};
    if (!raster_allowed(info, job->interlaced ? raster_bytes(info) : 0, job->error))
        return false;
    if (raster_canvas_turns(info->orientation)) {
        info->width = job->height;
        info->height = job->width;
    }
    return true;
}

// Asks the library for samples as raster.h promises them.
static bool set_transforms(struct job *job, bool eight, struct raster_info *info)
{
    png_structp png = job->png;
    png_set_expand(png); // palettes to RGB, 1, 2 and 4 bits to 8, tRNS to alpha
    if (info->channels == 4)
        png_set_gray_to_rgb(png);
    if (info->depth == 16 && eight) {
        png_set_scale_16(png);
        info->depth = 8;
    } else if (info->depth == 16 && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__) {
        png_set_swap(png);
    }
    (void)png_set_interlace_handling(png);
    png_read_update_info(png, job->info);
    job->row = png_get_rowbytes(png, job->info);
    if (job->row != (size_t)job->width * info->channels * (info->depth / 8))
        return error_set(job->error, ERROR_INTERNAL, "libpng makes rows of another length");
    return true;
}

// The rows one after the other into the same place; an interlaced picture's pixels are then
// nonsense, but all of its data has passed.
static bool skim(struct job *job)
{
    job->rows = calloc(1, job->row);
    if (!job->rows)
        return error_memory(job->error);
    uint64_t count = (uint64_t)job->height * (job->interlaced ? PNG_INTERLACE_ADAM7_PASSES : 1);
    for (uint64_t i = 0; i < count; i++)
        png_read_row(job->png, job->rows, NULL);
    return true;
}

static void read_interlaced(struct job *job)
{
    for (int pass = 0; pass < PNG_INTERLACE_ADAM7_PASSES; pass++)
        for (uint32_t y = 0; y < job->height; y++)
            png_read_row(job->png, job->rows + y * job->row, NULL);
    raster_canvas_put(&job->canvas, job->rows, job->height);
}

static void read_plain(struct job *job)
{
    for (uint32_t y = 0; y < job->height; y += STRIP) {
        uint32_t count = job->height - y < STRIP ? job->height - y : STRIP;
        for (uint32_t i = 0; i < count; i++)
            png_read_row(job->png, job->rows + i * job->row, NULL);
        raster_canvas_put(&job->canvas, job->rows, count);
    }
}

// side: of the longer side, at most; 0 for the whole size.
static bool read_pixels(struct job *job, uint32_t side, struct raster_info *info)
{
    struct raster_frame frame = {.whole_width = job->width,
                                 .whole_height = job->height,
                                 .pitch = 1,
                                 .from_width = job->width,
                                 .from_height = job->height,
                                 .width = job->width,
                                 .height = job->height,
                                 .channels = info->channels,
                                 .depth = info->depth,
                                 .orientation = info->orientation};
    if (side > 0)
        area_fit(&frame.width, &frame.height, side);
    job->rows = malloc(job->row * (job->interlaced ? job->height : STRIP));
    if (!job->rows || !raster_canvas_open(&job->canvas, &frame))
        return error_memory(job->error);
    if (job->interlaced)
        read_interlaced(job);
    else
        read_plain(job);
    bool turns = raster_canvas_turns(info->orientation);
    info->width = turns ? frame.height : frame.width;
    info->height = turns ? frame.width : frame.height;
    return true;
}

static bool run(struct job *job, enum raster_work work, uint32_t side, struct raster *raster)
{
    if (!read_head(job, &raster->info))
        return false;
    if (work == RASTER_HEAD)
        return true;
    struct raster_info *info = &raster->info, as_read = *info;
    if (!set_transforms(job, work == RASTER_LOOK, &as_read))
        return false;
    if (work != RASTER_LOOK)
        side = 0;
    if (!(work == RASTER_CHECK ? skim(job) : read_pixels(job, side, &as_read)))
        return false;
    png_read_end(job->png, NULL);
    *info = as_read;
    raster->pixels = job->canvas.pixels;
    job->canvas.pixels = NULL;
    return true;
}

// A function of its own, so that nothing local changes between setjmp and longjmp.
static bool guarded(struct job *job, enum raster_work work, uint32_t side, struct raster *raster)
{
    if (setjmp(job->escape) != 0)
        return false;
    job->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, job, on_error, on_warning);
    job->info = job->png ? png_create_info_struct(job->png) : NULL;
    return job->info ? run(job, work, side, raster) : error_memory(job->error);
}

bool raster_png_read(const uint8_t *bytes, size_t size, enum raster_work work, uint32_t side,
                     struct raster *raster, struct error *error)
{
    struct job job = {.bytes = bytes, .size = size, .error = error};
    if (!check_sides(bytes, size, error))
        return false;
    bool done = guarded(&job, work, side, raster);
    png_destroy_read_struct(&job.png, &job.info, NULL);
    raster_canvas_close(&job.canvas);
    free(job.rows);
    return done;
}
