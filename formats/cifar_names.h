// SPDX-License-Identifier: MIT
// The lists of class names that lie beside CIFAR's records.
#ifndef SAMPLECASE_FORMATS_CIFAR_NAMES_H
#define SAMPLECASE_FORMATS_CIFAR_NAMES_H

#include "formats/cifar_layout.h"

struct cifar_names {
    char *text; // owned: the file, with NULs for line ends
    const char *names[CIFAR_MAX_CLASSES];
    size_t count; // 0 when no file gave names
};

// Reads the source's present member as the names of that label of the layout. False with the error:
// no text, not as many names as the layout has classes, a second list.
bool cifar_names_read(struct cifar_names *names, const struct cifar_layout *layout, unsigned label,
                      struct source *source, struct error *error);

// Zeroed names are fine.
void cifar_names_clear(struct cifar_names *names);

#endif
