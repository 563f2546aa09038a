// SPDX-License-Identifier: MIT
// How the pictures of a dataset are kept: as pixels in rows while all have one size, else encoded
// as they came. It is found out on the way; each picture may widen it, and nothing narrows it, so
// that the order of the files does not matter.
#ifndef SAMPLECASE_FORMATS_IMAGES_FORM_H
#define SAMPLECASE_FORMATS_IMAGES_FORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "formats/raster.h"
#include "store/schema.h"

enum { IMAGES_MAX_ROW_PIXELS = 1024 * 1024 }; // of a picture that is kept as pixels

struct images_form {
    bool is_known; // the rest says nothing before
    enum storage storage;
    uint32_t height, width; // in rows
    unsigned channels;      // in rows: 1, 3 or 4
    unsigned depth;         // in rows: 8 or 16
};

// Widens the form so that a picture fits. Whether it was widened.
bool images_form_widen(struct images_form *form, const struct raster_info *info);

// Whether a picture can be kept in the form as it is.
bool images_form_fits(const struct images_form *form, const struct raster_info *info);

// Bytes of a row.
size_t images_form_row(const struct images_form *form);

// Writes a picture that fits as a row: grey becomes colour, alpha is opaque where there was none, 8
// bits become 16; samples of 16 bits are little-endian.
void images_form_write(const struct images_form *form, const struct raster *raster, void *row);

// Fills the plain fields of the feature, whose name is the caller's.
void images_form_describe(const struct images_form *form, struct feature *feature);

#endif
