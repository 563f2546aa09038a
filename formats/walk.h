// SPDX-License-Identifier: MIT
// The files below the paths that a user named, and a safe way to open them: beneath their folder,
// never through a link, nothing but regular files.
#ifndef SAMPLECASE_FORMATS_WALK_H
#define SAMPLECASE_FORMATS_WALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "formats/arena.h"

struct walk_file {
    const char *name; // UTF-8: the path below its folder, or the name of a file named itself
    uint64_t size;    // in bytes, when it was found
};

// A path as the user gave it.
struct walk_root {
    const char *path; // borrowed
    char *place;      // owned: its absolute path, without links; NULL when it has none
    int folder;       // a descriptor when it is a folder, else -1
    size_t end;       // the number after that of its last file
    size_t empty_end; // the number after that of its last empty folder
};

struct walk {
    struct walk_root *roots;
    size_t num_roots;
    struct walk_file *files; // root by root; those of a folder in code point order
    size_t num_files;
    const char **empty; // the folders without files and folders, below their root, in that order
    size_t num_empty;
    struct arena names; // of files and empty folders
};

// Finds the files. Hidden ones and __MACOSX are passed over; links, devices, names that are not
// UTF-8, and more than max_files files are errors. The paths are borrowed until walk_close.
bool walk_open(struct walk *walk, char *const *paths, size_t num_paths, uint64_t max_files,
               struct error *error);

// A zeroed walk is fine.
void walk_close(struct walk *walk);

// Which root a file came from.
size_t walk_root_of(const struct walk *walk, size_t file);

// Where the files are opened: remembers the folder of the last one, so that those of one folder
// cost one open each. Starts as WALK_CURSOR_INIT.
struct walk_cursor {
    int folder; // owned, or -1
    size_t root;
    const char *name; // of the last file; its first `size` bytes name the folder
    size_t size;
};

#define WALK_CURSOR_INIT                                                                           \
    {                                                                                              \
        .folder = -1                                                                               \
    }

struct walk_opened {
    int file; // the caller closes it
    uint64_t size;
    int64_t modified; // nanoseconds since 1970
};

// Opens a file for reading. False with the error, which does not name the file.
bool walk_open_file(const struct walk *walk, struct walk_cursor *cursor, size_t file,
                    struct walk_opened *opened, struct error *error);

void walk_cursor_close(struct walk_cursor *cursor);

#endif
