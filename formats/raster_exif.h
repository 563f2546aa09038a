// SPDX-License-Identifier: MIT
// The one thing of Exif that changes how a picture is shown.
#ifndef SAMPLECASE_FORMATS_RASTER_EXIF_H
#define SAMPLECASE_FORMATS_RASTER_EXIF_H

#include <stddef.h>
#include <stdint.h>

// The orientation that a TIFF header with its first directory says: 1 to 8; 1 when it says nothing
// or nothing sensible.
unsigned raster_exif_orientation(const uint8_t *tiff, size_t size);

#endif
