// SPDX-License-Identifier: MIT
// JPEG by libjpeg-turbo's libjpeg interface (its libjpeg.txt, section numbers of 6b). Its errors
// come by longjmp to guarded(); everything that lives across it is in struct job.
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

#include <jerror.h>

#include "base/area.h"
#include "formats/raster_canvas.h"
#include "formats/raster_codec.h"
#include "formats/raster_exif.h"

enum { MAX_SCANS = 100, STRIP = 16, EIGHTHS = 8, EXIF_HEADER = 6 };

struct job {
    struct jpeg_decompress_struct jpeg;
    struct jpeg_error_mgr messages;
    struct jpeg_progress_mgr progress;
    jmp_buf escape;
    struct raster_canvas canvas;
    uint8_t *strip; // STRIP decoded rows, packed
    struct error *error;
};

_Noreturn static void stop(j_common_ptr jpeg)
{
    struct job *job = jpeg->client_data;
    longjmp(job->escape, 1);
}

_Noreturn static void on_error(j_common_ptr jpeg)
{
    struct job *job = jpeg->client_data;
    char text[JMSG_LENGTH_MAX];
    switch (jpeg->err->msg_code) {
    case JERR_OUT_OF_MEMORY:
        error_memory(job->error);
        break;
    case JERR_IMAGE_TOO_BIG:
    case JERR_WIDTH_OVERFLOW:
    case JERR_NO_BACKING_STORE:
        error_set(job->error, ERROR_LIMIT, "the picture is too large to be decoded");
        break;
    default:
        jpeg->err->format_message(jpeg, text);
        error_set(job->error, ERROR_INPUT, "the JPEG data cannot be decoded: %s", text);
        break;
    }
    stop(jpeg);
}

// Warnings that mean that pixels are lost are errors here; others (bytes between segments, an odd
// version) change nothing, and files that have them are common.
static void on_message(j_common_ptr jpeg, int level)
{
    struct job *job = jpeg->client_data;
    if (level >= 0)
        return;
    jpeg->err->num_warnings++;
    switch (jpeg->err->msg_code) {
    case JWRN_JPEG_EOF:
        error_set(job->error, ERROR_INPUT, "the JPEG data ends too early: the file was cut short");
        stop(jpeg);
    case JWRN_HIT_MARKER:
    case JWRN_HUFF_BAD_CODE:
    case JWRN_ARITH_BAD_CODE:
    case JWRN_MUST_RESYNC:
        on_error(jpeg);
    default:
        break;
    }
}

static void print_nothing(j_common_ptr jpeg)
{
    (void)jpeg;
}

// Each scan of a small file can cost as much as decoding the whole picture.
static void count_scans(j_common_ptr jpeg)
{
    struct job *job = jpeg->client_data;
    if (job->jpeg.input_scan_number <= MAX_SCANS)
        return;
    error_set(job->error, ERROR_LIMIT, "the JPEG has more than %d scans", MAX_SCANS);
    stop(jpeg);
}

// The first Exif segment counts.
static unsigned orientation(const struct jpeg_decompress_struct *jpeg)
{
    for (jpeg_saved_marker_ptr at = jpeg->marker_list; at; at = at->next)
        if (at->data_length >= EXIF_HEADER && memcmp(at->data, "Exif\0", 5) == 0)
            return raster_exif_orientation(at->data + EXIF_HEADER, at->data_length - EXIF_HEADER);
    return 1;
}

// What the library holds of a picture whose parts come in several scans: all coefficients.
static uint64_t coefficient_bytes(struct jpeg_decompress_struct *jpeg)
{
    uint64_t bytes = 0;
    for (int i = 0; jpeg_has_multiple_scans(jpeg) && i < jpeg->num_components; i++) {
        const jpeg_component_info *part = &jpeg->comp_info[i];
        bytes += ((uint64_t)part->width_in_blocks + (unsigned)part->h_samp_factor) *
                 ((uint64_t)part->height_in_blocks + (unsigned)part->v_samp_factor) *
                 sizeof(JBLOCK);
    }
    return bytes;
}

static void turn(struct raster_info *info)
{
    if (!raster_canvas_turns(info->orientation))
        return;
    uint32_t width = info->width;
    info->width = info->height;
    info->height = width;
}

static bool read_head(struct job *job, const uint8_t *bytes, size_t size, struct raster_info *info)
{
    struct jpeg_decompress_struct *jpeg = &job->jpeg;
    jpeg_create_decompress(jpeg);
    jpeg->progress = &job->progress;
    jpeg_save_markers(jpeg, JPEG_APP0 + 1, 0xffff);
    jpeg_mem_src(jpeg, bytes, size);
    jpeg_read_header(jpeg, TRUE);
    if (jpeg->num_components == 2 || jpeg->num_components > 4)
        return error_set(job->error, ERROR_INPUT,
                         "the JPEG has %d components; 1 (grey), 3 (colour) or 4 (CMYK) are read",
                         jpeg->num_components);
    *info = (struct raster_info){.media = RASTER_JPEG,
                                 .width = jpeg->image_width,
                                 .height = jpeg->image_height,
                                 .channels = jpeg->num_components == 1 ? 1 : 3,
                                 .depth = 8,
                                 .orientation = orientation(jpeg)};
    uint64_t coefficients = coefficient_bytes(jpeg);
    if (!raster_allowed(info, coefficients, job->error))
        return false;
    turn(info);
    return true;
}

// How many eighths of the picture are enough; the other side is enough then too. The library has
// fast code for these four.
static unsigned eighths(const struct jpeg_decompress_struct *jpeg, enum raster_work work,
                        uint32_t side)
{
    uint32_t longer =
        jpeg->image_width > jpeg->image_height ? jpeg->image_width : jpeg->image_height;
    unsigned scale = 1;
    if (work == RASTER_CHECK)
        return 1;
    while (scale < EIGHTHS && longer * scale / EIGHTHS < side)
        scale *= 2;
    return scale;
}

// CMYK as Adobe's programs write it, inverted, to RGB in place. Others are so rare that everyone
// reads all in this way. The product of two levels is divided by 255 and rounded.
static void cmyk_to_rgb(uint8_t *pixels, size_t count)
{
    const uint8_t *from = pixels;
    for (size_t i = 0; i < count; i++, from += 4, pixels += 3) {
        unsigned white = from[3];
        for (unsigned c = 0; c < 3; c++) {
            unsigned product = (255u - from[c]) * white + 128;
            unsigned ink = (product + (product >> 8)) >> 8;
            pixels[c] = (uint8_t)(white > ink ? white - ink : 0);
        }
    }
}

// Decodes up to STRIP rows and returns how many.
static uint32_t read_strip(struct job *job)
{
    struct jpeg_decompress_struct *jpeg = &job->jpeg;
    size_t row = (size_t)jpeg->output_width * (unsigned)jpeg->output_components;
    JSAMPROW rows[STRIP];
    uint32_t count = 0;
    for (unsigned i = 0; i < STRIP; i++)
        rows[i] = job->strip + i * row;
    while (count < STRIP && jpeg->output_scanline < jpeg->output_height)
        count += jpeg_read_scanlines(jpeg, rows + count, STRIP - count);
    return count;
}

static bool read_pixels(struct job *job, const struct raster_frame *frame)
{
    struct jpeg_decompress_struct *jpeg = &job->jpeg;
    job->strip = malloc(STRIP * (size_t)jpeg->output_width * (unsigned)jpeg->output_components);
    if (!job->strip || (frame && !raster_canvas_open(&job->canvas, frame)))
        return error_memory(job->error);
    while (jpeg->output_scanline < jpeg->output_height) {
        uint32_t count = read_strip(job);
        if (!frame)
            continue;
        if (jpeg->output_components == 4)
            cmyk_to_rgb(job->strip, (size_t)count * jpeg->output_width);
        raster_canvas_put(&job->canvas, job->strip, count);
    }
    jpeg_finish_decompress(jpeg);
    return true;
}

static bool run(struct job *job, const uint8_t *bytes, size_t size, enum raster_work work,
                uint32_t side, struct raster *raster)
{
    struct jpeg_decompress_struct *jpeg = &job->jpeg;
    struct raster_info *info = &raster->info;
    if (!read_head(job, bytes, size, info))
        return false;
    if (work == RASTER_HEAD)
        return true;
    struct raster_frame frame = {.whole_width = jpeg->image_width,
                                 .whole_height = jpeg->image_height,
                                 .width = jpeg->image_width,
                                 .height = jpeg->image_height,
                                 .channels = info->channels,
                                 .depth = info->depth,
                                 .orientation = info->orientation};
    if (work != RASTER_LOOK || side == 0)
        side = RASTER_MAX_SIDE;
    area_fit(&frame.width, &frame.height, side);
    jpeg->mem->max_memory_to_use = RASTER_MAX_BYTES;
    jpeg->scale_num = eighths(jpeg, work, side);
    jpeg->scale_denom = EIGHTHS;
    jpeg_start_decompress(jpeg);
    frame.pitch = EIGHTHS / jpeg->scale_num;
    frame.from_width = jpeg->output_width;
    frame.from_height = jpeg->output_height;
    if (!read_pixels(job, work == RASTER_CHECK ? NULL : &frame))
        return false;
    if (work == RASTER_CHECK)
        return true;
    info->width = frame.width;
    info->height = frame.height;
    turn(info);
    raster->pixels = job->canvas.pixels;
    job->canvas.pixels = NULL;
    return true;
}

// A function of its own, so that nothing local changes between setjmp and longjmp.
static bool guarded(struct job *job, const uint8_t *bytes, size_t size, enum raster_work work,
                    uint32_t side, struct raster *raster)
{
    if (setjmp(job->escape) != 0)
        return false;
    return run(job, bytes, size, work, side, raster);
}

bool raster_jpeg_read(const uint8_t *bytes, size_t size, enum raster_work work, uint32_t side,
                      struct raster *raster, struct error *error)
{
    struct job job = {.error = error};
    job.jpeg.err = jpeg_std_error(&job.messages);
    job.messages.error_exit = on_error;
    job.messages.emit_message = on_message;
    job.messages.output_message = print_nothing;
    job.progress.progress_monitor = count_scans;
    job.jpeg.client_data = &job;
    bool done = guarded(&job, bytes, size, work, side, raster);
    jpeg_destroy_decompress(&job.jpeg);
    raster_canvas_close(&job.canvas);
    free(job.strip);
    return done;
}
