// SPDX-License-Identifier: MIT
// A format: a decoder of other people's files. Each is one constant in one file, listed in
// formats.c; a new one is one file and one line there.
#ifndef SAMPLECASE_FORMATS_FORMAT_H
#define SAMPLECASE_FORMATS_FORMAT_H

#include <stdbool.h>

#include "base/error.h"

struct source;
struct writer;

enum probe { PROBE_NO = 0, PROBE_NAME = 1, PROBE_CONTENT = 2 };

struct format {
    const char *name;       // "idx", as in --format
    const char *about;      // one line
    const char *recognises; // one line: what makes the probe say yes

    // For `samplecase formats --json` and docs/formats.md, which script/docs makes of it. Lines are
    // parted by '\n'.
    const char *details;  // what becomes of the files: features, splits, classes; a line is a
                          // paragraph, with `code` between backticks
    const char *examples; // a line is a command: "samplecase add NAME PATH..."

    bool keeps_in_place; // heeds writer_options.in_place

    // Looks at the members that the source shows before reading (names and first bytes).
    enum probe (*probe)(const struct source *source);

    // Reads the source from its beginning, declares splits and features, appends rows. False with
    // the error, which names member and byte where that helps.
    bool (*read)(struct source *source, struct writer *writer, struct error *error);
};

// All formats, NULL-terminated, in the order in which they are listed and probed.
extern const struct format *const FORMATS[];

// The format with that name, or NULL.
const struct format *format_find(const char *name);

// The format that recognises the source: the only one by content, else the only one by name. NULL
// with an error that lists the choices (several), or all formats (none).
const struct format *format_recognise(const struct source *source, struct error *error);

#endif
