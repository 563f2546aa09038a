// SPDX-License-Identifier: MIT
#include "store/workspace.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/digest.h"
#include "store/tree.h"

struct workspace {
    struct folder *folder;
    char path[32]; // below the data folder
    int lock;
    int arrays;
};

// mkdir that is content with a folder that is there.
static bool make(struct folder *folder, const char *path, struct error *error)
{
    return mkdirat(folder_fd(folder), path, 0777) == 0 || errno == EEXIST ||
           error_system(error, "cannot make %s/%s", folder_path(folder), path);
}

// Makes the folder "arrays" and opens it.
static bool make_arrays(struct workspace *workspace, struct error *error)
{
    char path[64];
    int fd = folder_fd(workspace->folder);
    snprintf(path, sizeof path, "%s/arrays", workspace->path);
    if (mkdirat(fd, path, 0777) == 0)
        workspace->arrays = openat(fd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return workspace->arrays >= 0 ||
           error_system(error, "cannot make %s/%s", folder_path(workspace->folder), path);
}

struct workspace *workspace_new(struct folder *folder, struct error *error)
{
    struct workspace *workspace = calloc(1, sizeof *workspace);
    if (!workspace) {
        error_memory(error);
        return NULL;
    }
    workspace->folder = folder;
    workspace->lock = workspace->arrays = -1;
    uint64_t random;
    if (!make(folder, "tmp", error))
        goto failed;
    if (getrandom(&random, sizeof random, 0) != (ssize_t)sizeof random) {
        error_system(error, "no random bytes");
        goto failed;
    }
    snprintf(workspace->path, sizeof workspace->path, "tmp/%016" PRIx64, random);
    if (mkdirat(folder_fd(folder), workspace->path, 0777) != 0) {
        error_system(error, "cannot make %s/%s", folder_path(folder), workspace->path);
        workspace->path[0] = '\0'; // whatever is there is not ours to delete
        goto failed;
    }
    char path[64];
    snprintf(path, sizeof path, "%s/lock", workspace->path);
    workspace->lock = openat(folder_fd(folder), path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (workspace->lock < 0 || flock(workspace->lock, LOCK_EX | LOCK_NB) != 0) {
        error_system(error, "cannot lock %s/%s", folder_path(folder), path);
        goto failed;
    }
    if (make_arrays(workspace, error))
        return workspace;
failed:
    workspace_free(workspace);
    return NULL;
}

bool workspace_empty(struct workspace *workspace, struct error *error)
{
    char path[64];
    snprintf(path, sizeof path, "%s/arrays", workspace->path);
    close(workspace->arrays);
    workspace->arrays = -1;
    return tree_remove(folder_fd(workspace->folder), path, NULL, error) &&
           make_arrays(workspace, error);
}

void workspace_free(struct workspace *workspace)
{
    if (!workspace)
        return;
    if (workspace->arrays >= 0)
        close(workspace->arrays);
    if (workspace->path[0])
        tree_remove(folder_fd(workspace->folder), workspace->path, NULL, NULL);
    if (workspace->lock >= 0)
        close(workspace->lock);
    free(workspace);
}

int workspace_fd(const struct workspace *workspace)
{
    return workspace->arrays;
}

const char *workspace_path(const struct workspace *workspace)
{
    return workspace->path;
}

bool workspace_publish(struct workspace *workspace, const char *dataset, const char *revision,
                       struct error *error)
{
    struct folder *folder = workspace->folder;
    int fd = folder_fd(folder);
    char from[64], old[64], parent[128], to[128 + DIGEST_HEX];
    snprintf(from, sizeof from, "%s/arrays", workspace->path);
    snprintf(old, sizeof old, "%s/old", workspace->path);
    snprintf(parent, sizeof parent, "arrays/%s", dataset);
    snprintf(to, sizeof to, "%s/%s", parent, revision);

    if (!make(folder, "arrays", error) || !make(folder, parent, error))
        return false;
    // Exchanged, if the file system can, so that a death in between leaves one of the two in place.
    bool there = renameat2(fd, from, fd, to, RENAME_EXCHANGE) == 0;
    if (!there && errno != ENOENT && renameat(fd, to, fd, old) != 0 && errno != ENOENT)
        return error_system(error, "cannot move %s/%s away", folder_path(folder), to);
    if (!there && renameat(fd, from, fd, to) != 0)
        return error_system(error, "cannot rename %s/%s to %s", folder_path(folder), from, to);
    // All the way up: a folder that was there may have been made by somebody who died before this.
    return folder_sync(folder, parent, error) && folder_sync(folder, "arrays", error) &&
           folder_sync(folder, ".", error);
}

// Whether an import holds the workspace's lock. One without the file died before it could take it.
static bool is_alive(int tmp, const char *name)
{
    char path[300];
    snprintf(path, sizeof path, "%s/lock", name);
    int lock = openat(tmp, path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    if (lock < 0)
        return errno != ENOENT && errno != ENOTDIR;
    bool alive = flock(lock, LOCK_EX | LOCK_NB) != 0;
    close(lock);
    return alive;
}

void workspace_clear(struct folder *folder)
{
    int tmp = openat(folder_fd(folder), "tmp", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = tmp < 0 ? NULL : fdopendir(tmp);
    if (!dir) {
        if (tmp >= 0)
            close(tmp);
        return;
    }
    for (struct dirent *entry; (entry = readdir(dir));)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 &&
            !is_alive(tmp, entry->d_name))
            tree_remove(tmp, entry->d_name, NULL, NULL);
    closedir(dir);
}
