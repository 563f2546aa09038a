// SPDX-License-Identifier: MIT
// The classes of a tree of pictures, level by level: named by folders, numbered by code point.
#ifndef SAMPLECASE_FORMATS_IMAGES_CLASSES_H
#define SAMPLECASE_FORMATS_IMAGES_CLASSES_H

#include "formats/images_tree.h"
#include "formats/images_wordnet.h"

struct images_class {
    const char *path; // of the tree, or the classes' arena
    const char *name;
    uint32_t parent; // of the level above; 0 at the top
};

struct images_level {
    struct images_class *classes; // owned; by number
    size_t count;
    uint32_t *of_folder; // owned: the class of each folder of the tree that has one
};

struct images_classes {
    struct arena arena;
    struct images_level levels[IMAGES_MAX_LEVELS]; // from the coarsest to the finest
    size_t num_levels;
};

// Makes the classes of a reviewed tree, which is borrowed. The folders' names give the order, what
// WordNet says of them the names. Clear them in any case.
bool images_classes_make(struct images_classes *classes, const struct images_tree *tree,
                         struct images_wordnet *wordnet, struct error *error);

void images_classes_clear(struct images_classes *classes);

#endif
