// SPDX-License-Identifier: MIT
#ifndef SAMPLECASE_FORMATS_IMAGES_IMPORT_H
#define SAMPLECASE_FORMATS_IMAGES_IMPORT_H

#include <stdbool.h>

#include "base/error.h"

struct source;
struct writer;

// Reads a tree of pictures. False with the error.
bool images_import(struct source *source, struct writer *writer, struct error *error);

#endif
