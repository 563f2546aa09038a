// SPDX-License-Identifier: MIT
// The files of a dataset. One table says how the file of each role is called and what lies in it;
// everything that writes, lists, opens or checks arrays goes by it.
#ifndef SAMPLECASE_STORE_ROLE_H
#define SAMPLECASE_STORE_ROLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "store/schema.h"

// The word for a role in the catalog, static; and the role of that word, false when there is none.
const char *role_name(enum array_role role);
bool role_from_name(const char *name, enum array_role *out);

// What the file's name has behind the feature's: ".npy", ".values.npy", ".words.offsets.npy";
// static.
const char *role_suffix(const struct feature *feature, enum array_role role);

// Whether the file is one for all splits: it lies beside their folders then, not in them.
bool role_is_shared(enum array_role role);

// The rows of an array.
struct role_layout {
    enum dtype dtype;
    unsigned rank;                   // axes of one row
    uint64_t shape[SCHEMA_MAX_RANK]; // of one row
    uint64_t row_bytes;
};
struct role_layout role_layout(const struct feature *feature, enum array_role role);

// How many rows it must have where the split has that many samples. False when only the file itself
// tells: elements of all runs, bytes of words, the list of files.
bool role_rows(const struct feature *feature, enum array_role role, uint64_t num_samples,
               uint64_t *rows);

// Bytes of the whole file with that many rows; false when no array can have that many.
bool role_file_bytes(const struct feature *feature, enum array_role role, uint64_t rows,
                     uint64_t *bytes);

// No two files of features may have the same name, nor a file and a split's folder. The names have
// been checked. ERROR_INPUT names both.
bool role_check_files(const struct schema *schema, struct error *error);

// Where each array of a schema stands: in a split they come feature by feature, of each role by
// role; those that are one for all splits likewise, by themselves.
struct role_map {
    size_t num_in_split, num_shared;
    struct role_places *features; // owned
};

// False with the error; role_map_free is fine then too.
bool role_map_init(struct role_map *map, const struct schema *schema, struct error *error);
void role_map_free(struct role_map *map);

// The place of an array among those of a split, or among the shared ones. The feature must have the
// role.
size_t role_map_place(const struct role_map *map, size_t feature, enum array_role role);

// Whether the feature has the role; the same as feature_has_role.
bool role_map_has(const struct role_map *map, size_t feature, enum array_role role);

#endif
