// SPDX-License-Identifier: MIT
#include "store/verify.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/array.h"
#include "store/catalog.h"
#include "store/seal.h"

// Reads one file. False with the error when it is not what it must be.
static bool verify_file(struct folder *folder, const struct schema *schema,
                        const struct catalog_array *entry, struct error *error)
{
    struct array array;
    char path[ARRAY_PATH], sha256[DIGEST_HEX];
    int fd = array_open(folder, schema, entry, &array, error);
    if (fd < 0)
        return false;
    array_path(schema, entry, path);
    bool ok = seal_hash(fd, path, entry->bytes, sha256, error);
    close(fd);
    if (ok && strcmp(sha256, entry->sha256) != 0)
        ok = error_set(error, ERROR_DAMAGED, "its SHA-256 is %s, but must be %s", sha256,
                       entry->sha256);
    return ok;
}

// Whether the entry is still what the catalog has; a dataset that was replaced or removed meanwhile
// is not damaged.
static bool is_current(struct catalog *catalog, const struct schema *schema)
{
    struct catalog_entry now;
    struct error error = ERROR_INIT;
    if (!catalog_read_one(catalog, schema->name, &now, &error))
        return error.kind != ERROR_MISSING;
    bool same = strcmp(now.schema.revision, schema->revision) == 0;
    catalog_entry_clear(&now);
    return same;
}

// Verifies the files of an entry. False when it is no longer current.
static bool verify_entry(struct folder *folder, struct catalog *catalog,
                         const struct catalog_entry *entry, verify_damage *damage, void *context,
                         struct verify_result *result)
{
    *result = (struct verify_result){.num_files = 0};
    for (size_t i = 0; i < entry->num_arrays; i++) {
        const struct catalog_array *array = &entry->arrays[i];
        struct error error = ERROR_INIT;
        result->num_files++;
        result->bytes += array->bytes;
        if (verify_file(folder, &entry->schema, array, &error))
            continue;
        if (!is_current(catalog, &entry->schema))
            return false;
        char path[ARRAY_PATH];
        array_path(&entry->schema, array, path);
        result->num_damaged++;
        if (damage)
            damage(context, path, error.text);
    }
    return true;
}

bool verify_dataset(struct folder *folder, const char *name, verify_damage *damage, void *context,
                    struct verify_result *result, struct error *error)
{
    *result = (struct verify_result){.num_files = 0};
    struct error failure = ERROR_INIT;
    struct catalog *catalog = catalog_open(folder, FOLDER_READ, &failure);
    if (!catalog)
        return failure.kind == ERROR_NONE
                   ? error_set(error, ERROR_MISSING, "no dataset \"%.100s\"; there are none", name)
                   : error_set(error, failure.kind, "%s", failure.text);
    bool ok = true, done = false;
    while (ok && !done) {
        struct catalog_entry entry;
        ok = catalog_read_one(catalog, name, &entry, error);
        if (ok)
            done = verify_entry(folder, catalog, &entry, damage, context, result);
        catalog_entry_clear(&entry);
    }
    catalog_close(catalog);
    return ok;
}
