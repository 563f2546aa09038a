// SPDX-License-Identifier: MIT
// The two layouts of CIFAR's binary files, as the page of the datasets describes them: records of
// one or two label bytes and 3072 pixel bytes (32×32, first all red, then all green, then all
// blue).
#ifndef SAMPLECASE_FORMATS_CIFAR_LAYOUT_H
#define SAMPLECASE_FORMATS_CIFAR_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct source;

enum {
    CIFAR_PIXELS = 32 * 32,
    CIFAR_IMAGE = 3 * CIFAR_PIXELS,
    CIFAR_MAX_LABELS = 2,
    CIFAR_MAX_CLASSES = 100
};

struct cifar_label {
    const char *feature;
    const char *names_file;                    // a name on each line
    const char *python_key, *python_names_key; // of the dicts in Python's pickles
    unsigned num_classes;
};

struct cifar_layout {
    const char *known; // as in formats/known.h
    const char *title;
    size_t record; // bytes of one
    unsigned num_labels;
    struct cifar_label labels[CIFAR_MAX_LABELS]; // in the order of their bytes
};

// {CIFAR-10, CIFAR-100}
extern const struct cifar_layout CIFAR_LAYOUTS[2];

enum cifar_role { CIFAR_OTHER, CIFAR_NOTE, CIFAR_NAMES, CIFAR_RECORDS };

struct cifar_member {
    enum cifar_role role;
    const char *split;                 // CIFAR_RECORDS: static
    unsigned long batch;               // CIFAR_RECORDS: N of data_batch_N.bin, else 0
    const struct cifar_layout *layout; // the one that the name belongs to alone; NULL for either
    unsigned label;                    // CIFAR_NAMES: of the layout, unless it is a pickle
    bool is_pickle;                    // CIFAR_RECORDS, CIFAR_NAMES: Python's (cifar_python.h)
};

// What a member is by its name.
struct cifar_member cifar_member_of(const char *name);

// Whether a file of this size is one of whole records.
bool cifar_layout_fits_size(const struct cifar_layout *layout, uint64_t size);

// Whether a file of this size (SOURCE_SIZE_UNKNOWN is fine) that begins with these bytes can hold
// records of the layout.
bool cifar_layout_fits(const struct cifar_layout *layout, uint64_t size, const uint8_t *head,
                       size_t head_size);

// The layout of the source's records, by the names of its members, else by size and labels, else by
// the name of the dataset, which may be NULL. The source stands before its first member afterwards.
// NULL with the error.
const struct cifar_layout *cifar_layout_choose(struct source *source, const char *dataset,
                                               struct error *error);

#endif
