// SPDX-License-Identifier: MIT
#include "store/catalog.h"

#include <stdlib.h>

#include "store/role.h"

void catalog_entry_clear(struct catalog_entry *entry)
{
    for (size_t i = 0; i < entry->num_columns; i++)
        free(entry->class_counts[i]);
    free(entry->class_counts);
    free(entry->arrays);
    schema_clear(&entry->schema);
    *entry = (struct catalog_entry){.num_arrays = 0};
}

// Adds the arrays of a split, or with -1 those that are one for all.
static void list_split(struct catalog_entry *entry, const struct role_map *map, int split)
{
    for (size_t feature = 0; feature < entry->schema.num_features; feature++)
        for (enum array_role role = 0; role < ARRAY_ROLES; role++)
            if (role_map_has(map, feature, role) && role_is_shared(role) == (split < 0))
                entry->arrays[entry->num_arrays++] =
                    (struct catalog_array){.split = split, .feature = (int)feature, .role = role};
}

bool catalog_entry_list(struct catalog_entry *entry, struct error *error)
{
    struct role_map map;
    bool ok = role_map_init(&map, &entry->schema, error);
    size_t count = entry->schema.num_splits * map.num_in_split + map.num_shared;
    entry->num_arrays = 0;
    if (ok && !(entry->arrays = calloc(count + 1, sizeof *entry->arrays)))
        ok = error_memory(error);
    for (size_t i = 0; ok && i < entry->schema.num_splits; i++)
        list_split(entry, &map, (int)i);
    if (ok)
        list_split(entry, &map, -1);
    role_map_free(&map);
    return ok;
}
