// SPDX-License-Identifier: MIT
// catalog.sqlite3: which datasets there are, their schemas, their files with hashes. Numbered
// migrations bring an old catalog forward. Readers open it read-only (one of any version so far) and
// never change or checkpoint it; the one writer at a time holds the data folder's lock.
#ifndef SAMPLECASE_STORE_CATALOG_H
#define SAMPLECASE_STORE_CATALOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "store/folder.h"
#include "store/schema.h"

// One file of a dataset below arrays/{dataset}/{revision}/.
struct catalog_array {
    int split; // -1: one for all splits
    int feature;
    enum array_role role;
    uint64_t bytes; // of the whole file
    char sha256[DIGEST_HEX];
};

// A dataset as the catalog has it.
struct catalog_entry {
    struct schema schema;
    struct catalog_array *arrays; // in the order of catalog_entry_list
    size_t num_arrays;
    uint64_t **class_counts; // [split * num_features + feature][class]; NULL where it is no class
    size_t num_columns;      // num_splits * num_features, of class_counts
};
void catalog_entry_clear(struct catalog_entry *entry);

// Makes `arrays` the list of all arrays that the schema asks for, without sizes and hashes: split by
// split, in each feature by feature, of each role by role; then those that are one for all splits,
// likewise. That is the order of role_map. False with the error.
bool catalog_entry_list(struct catalog_entry *entry, struct error *error);

struct catalog;

// The catalog of a folder. With FOLDER_READ, NULL without an error when there is none yet.
// With FOLDER_WRITE it is made or migrated, under the folder's lock until catalog_close.
struct catalog *catalog_open(struct folder *folder, enum folder_access access, struct error *error);
void catalog_close(struct catalog *catalog);

// A number that differs after another process has changed the catalog.
bool catalog_version(struct catalog *catalog, uint64_t *version, struct error *error);

// All entries sorted by name; owned by the caller, each cleared with catalog_entry_clear, then
// free(). One consistent state.
bool catalog_read(struct catalog *catalog, struct catalog_entry **entries, size_t *num_entries,
                  struct error *error);

// One entry; ERROR_MISSING with the names that there are.
bool catalog_read_one(struct catalog *catalog, const char *name, struct catalog_entry *entry,
                      struct error *error);

// Makes the entry current in one transaction, in the place of one of the same name if `replace`.
bool catalog_publish(struct catalog *catalog, const struct catalog_entry *entry, bool replace,
                     struct error *error);

// Removes the entry; its files are the caller's to delete afterwards. ERROR_MISSING as above.
bool catalog_remove(struct catalog *catalog, const char *name, struct error *error);

#endif
