// SPDX-License-Identifier: MIT
#include "store/tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAX_DEPTH = 32 }; // of folders; the store itself makes three

static bool remove_below(int fd, const char *name, unsigned depth, uint64_t *freed,
                         struct error *error);

static bool empty(int fd, const char *name, unsigned depth, uint64_t *freed, struct error *error)
{
    if (depth >= MAX_DEPTH)
        return error_set(error, ERROR_LIMIT, "cannot delete %s: folders nested more than %d deep",
                         name, MAX_DEPTH);
    int inner = openat(fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (inner < 0 && errno == ENOENT)
        return true; // somebody else deletes it too
    DIR *dir = inner < 0 ? NULL : fdopendir(inner);
    if (!dir) {
        error_system(error, "cannot delete %s", name);
        if (inner >= 0)
            close(inner);
        return false;
    }
    bool ok = true;
    for (struct dirent *entry; (entry = readdir(dir));)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            ok = remove_below(inner, entry->d_name, depth + 1, freed, error) && ok;
    closedir(dir);
    return ok;
}

static bool remove_below(int fd, const char *name, unsigned depth, uint64_t *freed,
                         struct error *error)
{
    struct stat info;
    if (fstatat(fd, name, &info, AT_SYMLINK_NOFOLLOW) != 0)
        return errno == ENOENT ? true : error_system(error, "cannot delete %s", name);
    bool is_folder = S_ISDIR(info.st_mode);
    if (is_folder && !empty(fd, name, depth, freed, error))
        return false;
    if (unlinkat(fd, name, is_folder ? AT_REMOVEDIR : 0) != 0 && errno != ENOENT)
        return error_system(error, "cannot delete %s", name);
    if (S_ISREG(info.st_mode) && freed)
        *freed += (uint64_t)info.st_size;
    return true;
}

bool tree_remove(int fd, const char *name, uint64_t *freed, struct error *error)
{
    return remove_below(fd, name, 0, freed, error);
}
