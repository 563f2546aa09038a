// SPDX-License-Identifier: MIT
// The datasets that everyone knows: what their files do not carry (title, licence, citation, class
// names), and how to recognise their files.
#ifndef SAMPLECASE_FORMATS_KNOWN_H
#define SAMPLECASE_FORMATS_KNOWN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/schema.h"

struct known_feature {
    const char *name;
    enum feature_kind kind;
    enum dtype dtype;
    unsigned rank;
    uint64_t shape[3];
    const char *const *classes; // names in the order of the ids; NULL when the files carry them
    size_t num_classes;
};

struct known_split {
    const char *name;
    uint64_t num_samples;
};

// A file as it was published. What is unknown is 0 or NULL.
struct known_file {
    const char *file;
    uint64_t bytes;
    const char *sha256;
    const char *md5;
    const char *payload_sha256; // of the bytes that gzip packs: mirrors pack anew
};

struct known {
    const char *name; // as in `samplecase add NAME`
    const char *title, *description, *license, *citation, *homepage, *task;
    const char *warning; // or NULL
    const struct known_feature *features;
    size_t num_features; // 0 when the table does not describe them
    const struct known_split *splits;
    size_t num_splits;
    const struct known_file *files;
    size_t num_files;
};

// All of them, NULL-terminated.
extern const struct known *const KNOWN[];

// The dataset of that name, or NULL.
const struct known *known_find(const char *name);

// The dataset one of whose files, packed or unpacked, has this SHA-256, or NULL.
const struct known *known_by_hash(const char *sha256);

// Whether the features of a schema are features of the dataset (not necessarily all).
bool known_fits(const struct known *known, const struct schema *schema);

// The feature of that name, or NULL.
const struct known_feature *known_feature(const struct known *known, const char *name);

#endif
