// SPDX-License-Identifier: MIT
// The folders of a tree of pictures, and what they mean: which name splits, which name classes.
// Members come in any order, so what is known of the tree may have to be thought over when another
// folder turns up.
//
// - Splits: the level at which all folders speak of a split (train, test, val …), if there is one.
// - A folder "images" and the levels at the top that all share ("cifar10/…") say nothing.
// - What is left is the path of the class: its last folder names the class, the one above it the
//   superclass, and so on. Where paths differ in length the shorter ones repeat their last folder.
// - A picture without a class, where others have one, has no place in the dataset; nor has one
//   outside of the splits.
#ifndef SAMPLECASE_FORMATS_IMAGES_TREE_H
#define SAMPLECASE_FORMATS_IMAGES_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "formats/arena.h"

enum { IMAGES_MAX_FOLDERS = 1 << 21, IMAGES_MAX_LEVELS = 8 };

struct images_folder {
    const char *path;    // "" for the root
    const char *split;   // static or of the arena
    const char *refusal; // why its pictures have no place in the dataset; NULL if they have; static
    const char *class_path; // of the arena: "superclass/class", without what says nothing; ""
    size_t depth;           // of the class path
    bool is_empty;          // was only listed
    bool is_met;            // pictures were dealt with as it says here
};

struct images_tree {
    struct arena arena;
    struct images_folder *folders; // owned
    size_t count, capacity;
    uint32_t *slots; // owned: a hash of paths to numbers + 1; 0 for none
    size_t num_slots;
    size_t last;        // the folder that was looked up last
    size_t next_review; // number of folders at which the tree is thought over
    size_t split_level; // of the splits; SIZE_MAX for none
    size_t num_cut;     // levels at the top that all share, after that of the splits
    size_t num_levels;  // of classes; 0 for none
};

// The number of the folder in which a member lies, or SIZE_MAX with the error. *moved is set when
// pictures that were dealt with are found to belong elsewhere: then all must be read again.
size_t images_tree_folder(struct images_tree *tree, const char *member, bool *moved,
                          struct error *error);

// Adds a folder in which nothing lies.
bool images_tree_empty_folder(struct images_tree *tree, const char *path, struct error *error);

// Thinks the tree over, with all that is known.
bool images_tree_review(struct images_tree *tree, bool *moved, struct error *error);

// Nothing was dealt with yet, since all is read again.
void images_tree_restart(struct images_tree *tree);

// A zeroed tree is empty.
void images_tree_clear(struct images_tree *tree);

#endif
