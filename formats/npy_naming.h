// SPDX-License-Identifier: MIT
// What the names of arrays say: x_train, y_test, train_images, labels/val.npy ….
#ifndef SAMPLECASE_FORMATS_NPY_NAMING_H
#define SAMPLECASE_FORMATS_NPY_NAMING_H

#include <stdbool.h>

struct npy_name {
    const char *split; // "train", "test", "val"; "all" when the name speaks of none; static
    char *feature;     // owned: what is left of the array's name; "" when nothing is
};

// Takes the name of a member ("mnist.npz/x_train.npy") apart: its first or last word can be a
// split's; if neither is, that of the folder or the .npz that it is in. False when memory is short.
bool npy_naming_split(const char *member, struct npy_name *name);

// Whether a feature's name says nothing about what it is: x, data, inputs ….
bool npy_naming_is_general(const char *feature);

// Whether a feature's name says that it is to be predicted: y, target, labels, fine_label ….
bool npy_naming_is_target(const char *feature);

// The usual name for one with a plural: "image" for images or imgs, "fine_label" for fine_labels.
// Owned by the caller; NULL when memory is short.
char *npy_naming_usual(const char *feature);

#endif
