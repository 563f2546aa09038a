// SPDX-License-Identifier: MIT
// Finds the folder of a picture in the tree: that in which it lies, or for ImageNet's validation
// pictures, which all lie in one, that of the class which lists beside them tell.
#ifndef SAMPLECASE_FORMATS_IMAGES_FINDER_H
#define SAMPLECASE_FORMATS_IMAGES_FINDER_H

#include "base/buffer.h"
#include "formats/images_lists.h"
#include "formats/images_tree.h"

struct source;

struct images_finder {
    struct images_tree tree;
    struct images_lists lists;
    struct buffer unlabelled; // a picture whose class a list may still tell, or empty
};

// All is read again: no picture was met yet. What is known of the tree and the lists stays.
void images_finder_restart(struct images_finder *finder);

// The number of a picture's folder; SIZE_MAX with the error. *moved as images_tree_folder says.
size_t images_finder_folder(struct images_finder *finder, const char *member, bool *moved,
                            struct error *error);

// Reads the source's present member, which is a list. *moved is set when it tells the class of a
// picture that was met before.
bool images_finder_list(struct images_finder *finder, struct source *source, const char *member,
                        bool *moved, struct error *error);

// Thinks the tree over, once the source has shown all members.
bool images_finder_complete(struct images_finder *finder, const struct source *source, bool *moved,
                            struct error *error);

// Goes through all members of the source, from its beginning, to learn the whole tree.
bool images_finder_look(struct images_finder *finder, struct source *source, struct error *error);

void images_finder_clear(struct images_finder *finder);

#endif
