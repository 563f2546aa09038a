// SPDX-License-Identifier: MIT
#include "store/orphan.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "store/catalog_database.h"
#include "store/tree.h"

// Called for each revision's folder; false ends the walk.
typedef bool visitor(void *context, const char *dataset, const char *revision);

static DIR *list(int fd, const char *name)
{
    int inner = openat(fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = inner < 0 ? NULL : fdopendir(inner);
    if (!dir && inner >= 0)
        close(inner);
    return dir;
}

static bool is_revision(const char *name)
{
    return strlen(name) == DIGEST_HEX - 1 && strspn(name, "0123456789abcdef") == DIGEST_HEX - 1;
}

// Lists what is in arrays/ and visits it; what a visit deletes does not disturb the walk.
static void walk(struct folder *folder, visitor *visit, void *context)
{
    DIR *arrays = list(folder_fd(folder), "arrays");
    if (!arrays)
        return;
    bool more = true;
    for (struct dirent *dataset; more && (dataset = readdir(arrays));) {
        DIR *revisions =
            text_is_dataset_name(dataset->d_name) ? list(dirfd(arrays), dataset->d_name) : NULL;
        if (!revisions)
            continue;
        for (struct dirent *revision; more && (revision = readdir(revisions));)
            if (is_revision(revision->d_name))
                more = visit(context, dataset->d_name, revision->d_name);
        closedir(revisions);
    }
    closedir(arrays);
}

struct clearing {
    struct folder *folder;
    struct catalog *catalog;
};

static bool clear_one(void *context, const char *dataset, const char *revision)
{
    const struct clearing *clearing = context;
    char current[DIGEST_HEX];
    if (!catalog_revision(clearing->catalog, dataset, current, NULL))
        return false;
    if (strcmp(current, revision) != 0)
        orphan_remove(clearing->folder, dataset, revision, NULL, NULL);
    return true;
}

void orphan_clear(struct folder *folder, struct catalog *catalog)
{
    walk(folder, clear_one, &(struct clearing){folder, catalog});
}

static bool note(void *context, const char *dataset, const char *revision)
{
    (void)dataset;
    (void)revision;
    *(bool *)context = true;
    return false;
}

bool orphan_exists(struct folder *folder)
{
    bool found = false;
    walk(folder, note, &found);
    return found;
}

bool orphan_remove(struct folder *folder, const char *dataset, const char *revision,
                   uint64_t *freed, struct error *error)
{
    char parent[128], path[128 + DIGEST_HEX];
    snprintf(parent, sizeof parent, "arrays/%s", dataset);
    snprintf(path, sizeof path, "%s/%s", parent, revision);
    if (!tree_remove(folder_fd(folder), path, freed, error))
        return false;
    if (unlinkat(folder_fd(folder), parent, AT_REMOVEDIR) != 0 && errno != ENOTEMPTY &&
        errno != EEXIST && errno != ENOENT)
        return error_system(error, "cannot delete %s/%s", folder_path(folder), parent);
    return true;
}
