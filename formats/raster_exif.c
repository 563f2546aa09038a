// SPDX-License-Identifier: MIT
// TIFF 6.0, section 2 (header, image file directory); Exif 2.32, section 4.6.4 A (Orientation).
#include "formats/raster_exif.h"

#include <stdbool.h>

enum { HEADER = 8, ENTRY = 12, TAG_ORIENTATION = 0x0112, TYPE_SHORT = 3, TYPE_LONG = 4 };

static uint32_t get(const uint8_t *at, unsigned bytes, bool big)
{
    uint32_t value = 0;
    for (unsigned i = 0; i < bytes; i++)
        value |= (uint32_t)at[i] << 8 * (big ? bytes - 1 - i : i);
    return value;
}

unsigned raster_exif_orientation(const uint8_t *tiff, size_t size)
{
    if (size < HEADER || tiff[0] != tiff[1] || (tiff[0] != 'I' && tiff[0] != 'M'))
        return 1;
    bool big = tiff[0] == 'M';
    uint32_t directory = get(tiff + 4, 4, big);
    if (get(tiff + 2, 2, big) != 42 || directory > size || size - directory < 2)
        return 1;
    uint32_t entries = get(tiff + directory, 2, big);
    const uint8_t *entry = tiff + directory + 2, *end = tiff + size;
    for (; entries > 0 && end - entry >= ENTRY; entries--, entry += ENTRY) {
        if (get(entry, 2, big) != TAG_ORIENTATION)
            continue;
        uint32_t type = get(entry + 2, 2, big);
        unsigned bytes = type == TYPE_SHORT ? 2 : type == TYPE_LONG ? 4 : 0;
        uint32_t value = bytes ? get(entry + 8, bytes, big) : 0;
        return value >= 1 && value <= 8 ? value : 1;
    }
    return 1;
}
