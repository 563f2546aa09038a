// SPDX-License-Identifier: MIT
// What a file in a tree of pictures is, by its name and first bytes.
#ifndef SAMPLECASE_FORMATS_IMAGES_KIND_H
#define SAMPLECASE_FORMATS_IMAGES_KIND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum images_kind {
    IMAGES_PICTURE, // JPEG or PNG
    IMAGES_UNREAD,  // a picture of another kind
    IMAGES_BROKEN,  // called as if it were JPEG or PNG
    IMAGES_LIST,    // names of classes, classes of validation pictures (images_lists.h)
    IMAGES_NOTE,    // lies beside pictures by custom: a README, a list, what Windows leaves
    IMAGES_STRANGE, // anything else
};

// Whether the folder of such a file is one of the tree: a picture, or what was meant to be one.
static inline bool images_kind_is_in_tree(enum images_kind kind)
{
    return kind == IMAGES_PICTURE || kind == IMAGES_UNREAD || kind == IMAGES_BROKEN;
}

enum images_kind images_kind_of(const char *member, const uint8_t *head, size_t size);

// Why such a file (unread, broken, strange) is set aside; static.
const char *images_kind_reason(const char *member, const uint8_t *head, size_t size);

#endif
