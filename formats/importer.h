// SPDX-License-Identifier: MIT
// The road of an import: open the paths, recognise the format, read, add what is known about the
// dataset, note the sources.
#ifndef SAMPLECASE_FORMATS_IMPORTER_H
#define SAMPLECASE_FORMATS_IMPORTER_H

#include "base/error.h"

struct source;
struct writer;

// Reads the source into the writer with the named format, or with the one that recognises it when
// format is NULL. The caller commits. False with the error, which says where.
bool importer_read(struct source *source, const char *format, struct writer *writer,
                   struct error *error);

#endif
