// SPDX-License-Identifier: MIT
// Where something lies in what is being taken apart, and how that names it.
#ifndef SAMPLECASE_FORMATS_PLACE_H
#define SAMPLECASE_FORMATS_PLACE_H

#include "base/buffer.h"
#include "formats/source.h"
#include "formats/unpack.h"

// A place in the input: the file, or an entry of the archive that it is, or an entry of a tar
// archive in that one.
struct place {
    const char *root; // the name of the folder it was found in, when there are several paths
    const char *file;
    const char *archive; // the entry that is itself an archive, or NULL
    const char *entry;   // NULL for the file itself
    bool is_alone;       // the only path: an archive's entries keep their names
    bool is_packed;
    struct source_place source; // of the file; offset is that of the entry, or of what is in reach
};

// What is known of file i before it is opened.
struct place place_of(const struct unpack_input *input, size_t i);

// The name of a member, or of a folder of an archive, in `name`. NULL with the error.
const char *place_name(const struct place *place, struct buffer *name, struct error *error);

// The same for messages.
const char *place_where(const struct place *place, struct buffer *where, struct error *error);

// The last part of a root's own path; borrowed.
const char *place_root_name(const struct walk_root *root);

#endif
