// SPDX-License-Identifier: MIT
// The files that a source has read, with their hashes: where a dataset came from. A folder of very
// many files counts as one.
#ifndef SAMPLECASE_FORMATS_SOURCE_FILES_H
#define SAMPLECASE_FORMATS_SOURCE_FILES_H

#include "base/digest.h"
#include "formats/unpack.h"

enum { SOURCE_FILES_LISTED = 1000 }; // of one folder; of more there is one hash over all

struct source_files_entry {
    const char *file; // borrowed from the input, or `folder`
    char *folder;     // owned: "NAME/" of a folder that counts as one; else NULL
    uint64_t bytes;
    char sha256[DIGEST_HEX]; // "" until it was read to its end
};

struct source_files {
    const struct unpack_input *input;
    struct source_files_entry *entries; // owned
    size_t count;
    struct digest digest; // of the folder that is being read
};

// Lists the files of an input, which is borrowed. Clear it in any case.
bool source_files_make(struct source_files *files, const struct unpack_input *input,
                       struct error *error);

// Notes the hash of a file that was read to its end. They come in their order.
void source_files_note(struct source_files *files, size_t file, const char *sha256);

// Forgets the hashes.
void source_files_reset(struct source_files *files);

void source_files_clear(struct source_files *files);

#endif
