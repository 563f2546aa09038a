// SPDX-License-Identifier: MIT
#include "formats/images_kind.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "formats/images_lists.h"
#include "formats/naming.h"
#include "formats/raster.h"

// Marks of files that are pictures, but of kinds that are not decoded.
static const struct {
    const char *reason;
    size_t at, size;
    const char *mark;
} MARKS[] = {
    {"is a GIF picture; JPEG and PNG are read", 0, 4, "GIF8"},
    {"is a WebP picture; JPEG and PNG are read", 8, 4, "WEBP"},
    {"is a BMP picture; JPEG and PNG are read", 0, 2, "BM"},
    {"is a TIFF picture; JPEG and PNG are read", 0, 4, "II*\0"},
    {"is a TIFF picture; JPEG and PNG are read", 0, 4, "MM\0*"},
    {"is a HEIC picture; JPEG and PNG are read", 4, 8, "ftypheic"},
    {"is an AVIF picture; JPEG and PNG are read", 4, 8, "ftypavif"},
    {"is a JPEG 2000 picture; JPEG and PNG are read", 4, 4, "jP  "},
    {"is a JPEG XL picture; JPEG and PNG are read", 4, 4, "JXL "},
    {"is a JPEG XL picture; JPEG and PNG are read", 0, 2, "\xff\x0a"},
};

static const char *const PICTURE_ENDINGS[] = {".jpg", ".jpeg", ".jpe", ".jfif", ".png"};
static const char *const NOTE_ENDINGS[] = {".txt", ".csv", ".tsv",  ".json", ".jsonl",
                                           ".xml", ".yml", ".yaml", ".log",  ".mat"};
static const char *const NOTE_NAMES[] = {"Thumbs.db", "desktop.ini", "notice", "authors"};

#define COUNT(array) (sizeof(array) / sizeof *(array))

static bool ends_in_one(const char *member, const char *const *endings, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (naming_ends_in(member, endings[i]))
            return true;
    return false;
}

static bool is_named_as_one(const char *member, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcasecmp(naming_base(member), names[i]) == 0)
            return true;
    return false;
}

static const char *other_picture(const uint8_t *head, size_t size)
{
    for (size_t i = 0; i < COUNT(MARKS); i++)
        if (size >= MARKS[i].at + MARKS[i].size &&
            memcmp(head + MARKS[i].at, MARKS[i].mark, MARKS[i].size) == 0)
            return MARKS[i].reason;
    return NULL;
}

enum images_kind images_kind_of(const char *member, const uint8_t *head, size_t size)
{
    enum raster_media media;
    if (raster_recognise(head, size, &media))
        return IMAGES_PICTURE;
    if (ends_in_one(member, PICTURE_ENDINGS, COUNT(PICTURE_ENDINGS)))
        return IMAGES_BROKEN;
    if (images_lists_has(member))
        return IMAGES_LIST;
    if (naming_is_note(member) || ends_in_one(member, NOTE_ENDINGS, COUNT(NOTE_ENDINGS)) ||
        is_named_as_one(member, NOTE_NAMES, COUNT(NOTE_NAMES)))
        return IMAGES_NOTE;
    return other_picture(head, size) ? IMAGES_UNREAD : IMAGES_STRANGE;
}

const char *images_kind_reason(const char *member, const uint8_t *head, size_t size)
{
    if (size == 0)
        return "is empty";
    const char *other = other_picture(head, size);
    if (other)
        return other;
    return ends_in_one(member, PICTURE_ENDINGS, COUNT(PICTURE_ENDINGS))
               ? "does not begin as a JPEG or PNG picture does"
               : "is no picture";
}
