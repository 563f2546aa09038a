// SPDX-License-Identifier: MIT
#include "store/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

struct folder {
    char *path;
    enum folder_access access;
    int fd;   // -1: missing
    int lock; // -1 while not held
};

// Makes a folder below the folder `at`, durably; one that is there is fine. Returns a descriptor of
// it and closes `at`; -1 with errno.
static int step_into(int at, const char *name)
{
    bool made = mkdirat(at, name, 0777) == 0;
    int next = made || errno == EEXIST ? openat(at, name, O_PATH | O_DIRECTORY | O_CLOEXEC) : -1;
    if (made && next >= 0) {
        int parent = openat(at, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (parent < 0 || fsync(parent) != 0) {
            close(next);
            next = -1;
        }
        if (parent >= 0)
            close(parent);
    }
    int number = errno;
    close(at);
    errno = number;
    return next;
}

// Makes the folder and the folders above it that are missing.
static bool make(const char *path, struct error *error)
{
    char *copy = strdup(path), *rest = NULL;
    if (!copy)
        return error_memory(error);
    int at = open(*path == '/' ? "/" : ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
    for (char *name = strtok_r(copy, "/", &rest); at >= 0 && name;
         name = strtok_r(NULL, "/", &rest))
        at = step_into(at, name);
    bool ok = at >= 0 || error_system(error, "cannot make the data folder %s", path);
    if (at >= 0)
        close(at);
    free(copy);
    return ok;
}

struct folder *folder_open(const char *path, enum folder_access access, struct error *error)
{
    if (!*path) {
        error_set(error, ERROR_INPUT, "the data folder's path is empty");
        return NULL;
    }
    struct folder *folder = calloc(1, sizeof *folder);
    if (!folder || !(folder->path = strdup(path))) {
        free(folder);
        error_memory(error);
        return NULL;
    }
    folder->access = access;
    folder->lock = -1;
    folder->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder->fd < 0 && errno == ENOENT && access == FOLDER_WRITE) {
        if (!make(path, error))
            goto failed;
        folder->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    }
    if (folder->fd < 0 && (access == FOLDER_WRITE || errno != ENOENT)) {
        error_system(error, "cannot open the data folder %s", path);
        goto failed;
    }
    return folder;
failed:
    folder_close(folder);
    return NULL;
}

void folder_close(struct folder *folder)
{
    if (!folder)
        return;
    folder_unlock(folder);
    if (folder->fd >= 0)
        close(folder->fd);
    free(folder->path);
    free(folder);
}

const char *folder_path(const struct folder *folder)
{
    return folder->path;
}

bool folder_default_path(char *out, size_t size, struct error *error)
{
    const char *data = getenv("SAMPLECASE_DATA");
    const char *xdg = getenv("XDG_DATA_HOME");
    const char *home = getenv("HOME");
    int used;
    if (data && *data)
        used = snprintf(out, size, "%s", data);
    else if (xdg && *xdg == '/') // the XDG base directory specification: relative ones are ignored
        used = snprintf(out, size, "%s/samplecase", xdg);
    else if (home && *home)
        used = snprintf(out, size, "%s/.local/share/samplecase", home);
    else
        return error_set(error, ERROR_INPUT,
                         "no data folder is named: use --data, or set SAMPLECASE_DATA or HOME");
    if (used < 0 || (size_t)used >= size)
        return error_set(error, ERROR_INPUT, "the data folder's path is longer than %zu bytes",
                         size - 1);
    return true;
}

int folder_fd(const struct folder *folder)
{
    return folder->fd;
}

static bool take(int fd, int how)
{
    while (flock(fd, how) != 0)
        if (errno != EINTR)
            return false;
    return true;
}

bool folder_lock(struct folder *folder, struct error *error)
{
    if (folder->access != FOLDER_WRITE || folder->lock >= 0)
        return error_set(error, ERROR_INTERNAL, "the data folder %s cannot be locked%s",
                         folder->path, folder->lock >= 0 ? " twice" : ": it was opened to be read");
    int fd = openat(folder->fd, "lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
    if (fd < 0)
        return error_system(error, "cannot write to the data folder %s: lock", folder->path);
    if (!take(fd, LOCK_EX)) {
        error_system(error, "cannot lock %s/lock", folder->path);
        close(fd);
        return false;
    }
    folder->lock = fd;
    return true;
}

void folder_unlock(struct folder *folder)
{
    if (folder->lock >= 0)
        close(folder->lock);
    folder->lock = -1;
}

bool folder_hold_still(struct folder *folder, int *still, struct error *error)
{
    *still = openat(folder->fd, "lock", O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (*still < 0)
        return errno == ENOENT || error_system(error, "cannot open %s/lock", folder->path);
    if (take(*still, LOCK_SH))
        return true;
    error_system(error, "cannot lock %s/lock", folder->path);
    close(*still);
    *still = -1;
    return false;
}

bool folder_sync(const struct folder *folder, const char *file, struct error *error)
{
    int fd = openat(folder->fd, file, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool ok = fd >= 0 && fsync(fd) == 0;
    if (!ok)
        error_system(error, "cannot make %s/%s durable", folder->path, file);
    if (fd >= 0)
        close(fd);
    return ok;
}
