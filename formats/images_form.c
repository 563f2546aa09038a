// SPDX-License-Identifier: MIT
#include "formats/images_form.h"

#include <endian.h>
#include <string.h>

bool images_form_fits(const struct images_form *form, const struct raster_info *info)
{
    return form->is_known && (form->storage != STORAGE_ROWS ||
                              (form->height == info->height && form->width == info->width &&
                               form->channels >= info->channels && form->depth >= info->depth));
}

bool images_form_widen(struct images_form *form, const struct raster_info *info)
{
    if (images_form_fits(form, info))
        return false;
    if (!form->is_known)
        *form = (struct images_form){.is_known = true,
                                     .storage = STORAGE_ROWS,
                                     .height = info->height,
                                     .width = info->width};
    if (form->height != info->height || form->width != info->width ||
        (uint64_t)info->height * info->width > IMAGES_MAX_ROW_PIXELS)
        form->storage = STORAGE_RAGGED;
    if (form->channels < info->channels)
        form->channels = info->channels;
    if (form->depth < info->depth)
        form->depth = info->depth;
    return true;
}

size_t images_form_row(const struct images_form *form)
{
    return (size_t)form->height * form->width * form->channels * (form->depth / 8);
}

static void write_bytes(const struct images_form *form, const struct raster *raster, uint8_t *row)
{
    const uint8_t *from = raster->pixels;
    size_t count = (size_t)form->height * form->width;
    unsigned have = raster->info.channels, want = form->channels;
    if (have == want) {
        memcpy(row, from, count * want);
        return;
    }
    for (size_t i = 0; i < count; i++, from += have, row += want) {
        for (unsigned c = 0; c < 3; c++)
            row[c] = from[have == 1 ? 0 : c];
        if (want == 4)
            row[3] = 0xff;
    }
}

// A sample as 16 bits.
static uint16_t sample(const struct raster *raster, size_t i)
{
    return raster->info.depth == 8 ? (uint16_t)(((const uint8_t *)raster->pixels)[i] * 257)
                                   : ((const uint16_t *)raster->pixels)[i];
}

static void write_words(const struct images_form *form, const struct raster *raster, uint8_t *row)
{
    size_t count = (size_t)form->height * form->width;
    unsigned have = raster->info.channels, want = form->channels;
    for (size_t i = 0; i < count; i++)
        for (unsigned c = 0; c < want; c++, row += 2) {
            uint16_t value =
                c == 3 && have < 4 ? 0xffff : sample(raster, i * have + (have == 1 ? 0 : c));
            value = htole16(value);
            memcpy(row, &value, 2);
        }
}

void images_form_write(const struct images_form *form, const struct raster *raster, void *row)
{
    if (form->depth == 8)
        write_bytes(form, raster, row);
    else
        write_words(form, raster, row);
}

void images_form_describe(const struct images_form *form, struct feature *feature)
{
    feature->kind = FEATURE_IMAGE;
    feature->storage = form->storage;
    feature->dtype = DTYPE_UINT8;
    feature->white = 255;
    feature->parent = -1;
    if (form->storage != STORAGE_ROWS)
        return;
    if (form->depth == 16) {
        feature->dtype = DTYPE_UINT16;
        feature->white = 65535;
    }
    feature->rank = form->channels == 1 ? 2 : 3;
    feature->shape[0] = form->height;
    feature->shape[1] = form->width;
    feature->shape[2] = form->channels == 1 ? 0 : form->channels;
}
