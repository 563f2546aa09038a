// SPDX-License-Identifier: MIT
// CIFAR as Python's pickles, which hold what the binary files do: dicts with the pixels of a batch
// as an array of uint8 [N, 3072] and its labels as lists, and one with the names of the classes.
#ifndef SAMPLECASE_FORMATS_CIFAR_PYTHON_H
#define SAMPLECASE_FORMATS_CIFAR_PYTHON_H

#include "formats/cifar_layout.h"
#include "formats/cifar_names.h"
#include "formats/pickle.h"

struct cifar_python {
    const struct cifar_layout *layout;
    size_t count;                                        // samples
    const struct pickle_array *pixels;                   // borrowed
    const struct pickle_items *labels[CIFAR_MAX_LABELS]; // borrowed
};

// Whether a member's first bytes are those of a pickled dict.
bool cifar_python_is(const uint8_t *head, size_t size);

// Checks what a pickle holds as a batch of the layout; it is borrowed. False with an error that
// does not name the member.
bool cifar_python_open(struct cifar_python *batch, const struct cifar_layout *layout,
                       const struct pickle_value *root, struct error *error);

// Writes samples as records of the binary layout.
void cifar_python_records(const struct cifar_python *batch, size_t first, size_t count,
                          uint8_t *records);

// Takes the names of the classes of all labels of the layout. False with an error that does not
// name the member.
bool cifar_python_names(struct cifar_names *names, const struct cifar_layout *layout,
                        const struct pickle_value *root, struct error *error);

#endif
