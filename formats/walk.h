// SPDX-License-Identifier: MIT
// The files below the paths that a user named, and a safe way to open them: beneath their folder,
// never through a link, nothing but regular files.
#ifndef SAMPLECASE_FORMATS_WALK_H
#define SAMPLECASE_FORMATS_WALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct walk_file {
    char *name;    // owned, UTF-8: the path below its folder, or the name of a file named itself
    size_t path;   // which of the paths it came from
    uint64_t size; // in bytes, when it was found
};

struct walk {
    char *const *paths; // borrowed
    int *folders;       // a descriptor for each path that is a folder, else -1
    size_t num_paths;
    struct walk_file *files; // path by path; those of a folder in code point order
    size_t num_files;
};

// Finds the files. Hidden ones and __MACOSX are passed over; links, devices, names that are not
// UTF-8, and more than max_files files are errors. The paths are borrowed until walk_close.
bool walk_open(struct walk *walk, char *const *paths, size_t num_paths, uint64_t max_files,
               struct error *error);

// A zeroed walk is fine.
void walk_close(struct walk *walk);

// Opens a file for reading. Returns its descriptor, which the caller closes, and its present size;
// -1 with the error, which does not name the file.
int walk_open_file(const struct walk *walk, size_t i, uint64_t *size, struct error *error);

#endif
