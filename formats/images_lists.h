// SPDX-License-Identifier: MIT
// Lists that lie beside ImageNet's pictures: names of classes, classes of validation pictures.
#ifndef SAMPLECASE_FORMATS_IMAGES_LISTS_H
#define SAMPLECASE_FORMATS_IMAGES_LISTS_H

#include "formats/images_truth.h"
#include "formats/images_wordnet.h"

struct source;

struct images_lists {
    struct images_wordnet wordnet;
    struct images_truth truth;
};

// Whether a member is called as one of the lists is.
bool images_lists_has(const char *member);

// Reads the source's present member, one of the lists; one that cannot be understood says nothing.
bool images_lists_read(struct images_lists *lists, struct source *source, const char *member,
                       struct error *error);

void images_lists_clear(struct images_lists *lists);

#endif
