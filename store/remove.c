// SPDX-License-Identifier: MIT
#include "store/remove.h"

#include "store/catalog_database.h"
#include "store/orphan.h"

bool remove_dataset(struct folder *folder, const char *name, uint64_t *freed, struct error *error)
{
    *freed = 0;
    struct catalog *catalog = catalog_open(folder, FOLDER_WRITE, error);
    if (!catalog)
        return false;
    char revision[DIGEST_HEX];
    bool ok =
        catalog_revision(catalog, name, revision, error) && catalog_remove(catalog, name, error);
    // It is removed from here on; files that cannot be deleted now are orphans for the next writer.
    if (ok)
        orphan_remove(folder, name, revision, freed, NULL);
    catalog_close(catalog);
    return ok;
}
