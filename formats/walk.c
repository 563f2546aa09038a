// SPDX-License-Identifier: MIT
#include "formats/walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/text.h"

enum { MAX_DEPTH = 64 }; // folders in folders; each holds a descriptor while it is walked

// What is opened may be a fifo or a device until fstat has looked: never wait for one.
enum { OPEN_FLAGS = O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY };

struct walker {
    struct walk *walk;
    size_t path;
    size_t capacity; // of walk->files
    uint64_t max_files;
    struct buffer name; // of the folder that is walked, ending in '/' unless it is the root
};

static bool add_file(struct walker *walker, const char *name, uint64_t size, struct error *error)
{
    struct walk *walk = walker->walk;
    if (walk->num_files >= walker->max_files)
        return error_set(error, ERROR_LIMIT,
                         "more than %llu files; the limit is there to stop "
                         "runaway folders",
                         (unsigned long long)walker->max_files);
    if (walk->num_files == walker->capacity) {
        size_t capacity = walker->capacity ? walker->capacity * 2 : 16;
        struct walk_file *files = realloc(walk->files, capacity * sizeof *files);
        if (!files)
            return error_memory(error);
        walk->files = files;
        walker->capacity = capacity;
    }
    char *copy = strdup(name);
    if (!copy)
        return error_memory(error);
    walk->files[walk->num_files++] =
        (struct walk_file){.name = copy, .path = walker->path, .size = size};
    return true;
}

static bool check_name(const char *name, size_t size, struct error *error)
{
    size_t valid = text_utf8_prefix(name, size);
    return valid == size || error_set(error, ERROR_INPUT,
                                      "a file has a name that is not UTF-8 after "
                                      "\"%.*s\"",
                                      (int)valid, name);
}

static bool is_passed_over(const char *name)
{
    return name[0] == '.' || strcmp(name, "__MACOSX") == 0;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void free_names(char **names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free(names[i]);
    free(names);
}

// The names in a folder, sorted. The stream is borrowed.
static bool list_names(DIR *stream, uint64_t max_names, char ***out, size_t *out_count,
                       struct error *error)
{
    char **names = NULL;
    size_t count = 0, capacity = 0;
    for (;;) {
        errno = 0;
        struct dirent *entry = readdir(stream);
        if (!entry)
            break;
        if (is_passed_over(entry->d_name))
            continue;
        if (count >= max_names) {
            error_set(error, ERROR_LIMIT, "more than %llu files in one folder",
                      (unsigned long long)max_names);
            goto failed;
        }
        if (count == capacity) {
            capacity = capacity ? capacity * 2 : 64;
            char **more = realloc(names, capacity * sizeof *more);
            if (!more) {
                error_memory(error);
                goto failed;
            }
            names = more;
        }
        names[count] = strdup(entry->d_name);
        if (!names[count]) {
            error_memory(error);
            goto failed;
        }
        count++;
    }
    if (errno != 0) {
        error_system(error, "the folder cannot be read");
        goto failed;
    }
    if (count > 1)
        qsort(names, count, sizeof *names, by_name);
    *out = names;
    *out_count = count;
    return true;

failed:
    free_names(names, count);
    return false;
}

static bool walk_folder(struct walker *walker, int folder, unsigned depth, struct error *error);

// One name in a folder: a file to add or a folder to walk.
static bool walk_name(struct walker *walker, int folder, const char *name, unsigned depth,
                      struct error *error)
{
    size_t before = walker->name.size;
    buffer_string(&walker->name, name);
    const char *path = buffer_text(&walker->name);
    if (!path)
        return error_memory(error);
    size_t size = walker->name.size;
    if (!check_name(path, size, error))
        return false;

    int file = openat(folder, name, OPEN_FLAGS | O_NOFOLLOW);
    struct stat info;
    bool good = false;
    if (file < 0 && errno == ELOOP)
        error_set(error, ERROR_INPUT, "%s: is a symbolic link; only regular files are read", path);
    else if (file < 0 && errno == ENXIO)
        error_set(error, ERROR_INPUT, "%s: is not a regular file", path);
    else if (file < 0 || fstat(file, &info) != 0)
        error_system(error, "%s", path);
    else if (S_ISREG(info.st_mode))
        good = add_file(walker, path, (uint64_t)info.st_size, error);
    else if (!S_ISDIR(info.st_mode))
        error_set(error, ERROR_INPUT, "%s: is neither a regular file nor a folder", path);
    else {
        buffer_byte(&walker->name, '/');
        good = walk_folder(walker, file, depth + 1, error);
    }
    if (file >= 0)
        close(file);
    walker->name.size = before;
    return good;
}

// Walks a folder, whose descriptor stays the caller's.
static bool walk_folder(struct walker *walker, int folder, unsigned depth, struct error *error)
{
    if (depth > MAX_DEPTH)
        return error_set(error, ERROR_LIMIT, "folders lie more than %d deep", MAX_DEPTH);
    int own = openat(folder, ".", OPEN_FLAGS | O_DIRECTORY);
    DIR *stream = own < 0 ? NULL : fdopendir(own);
    if (!stream) {
        error_system(error, "the folder cannot be read");
        if (own >= 0)
            close(own);
        return false;
    }
    char **names = NULL;
    size_t count = 0;
    bool good = list_names(stream, walker->max_files, &names, &count, error);
    closedir(stream);
    for (size_t i = 0; good && i < count; i++)
        good = walk_name(walker, folder, names[i], depth, error);
    free_names(names, count);
    return good;
}

// The last part of a path, without slashes at its end; ".." and "." stay as they are.
static bool base_name(const char *path, struct buffer *out)
{
    size_t end = strlen(path);
    while (end > 1 && path[end - 1] == '/')
        end--;
    size_t begin = end;
    while (begin > 0 && path[begin - 1] != '/')
        begin--;
    buffer_append(out, path + begin, end - begin);
    return buffer_text(out) != NULL;
}

// One path as the user gave it, which may be a link: that was the user's choice.
static bool walk_path(struct walker *walker, const char *path, struct error *error)
{
    int file = open(path, OPEN_FLAGS);
    struct stat info;
    if (file < 0 && errno == ENOENT)
        return error_set(error, ERROR_MISSING, "%s: there is no such file or folder", path);
    if (file < 0)
        return error_system(error, "%s", path);
    if (fstat(file, &info) != 0) {
        error_system(error, "%s", path);
        close(file);
        return false;
    }
    if (S_ISDIR(info.st_mode)) {
        walker->walk->folders[walker->path] = file;
        walker->name.size = 0;
        size_t before = walker->walk->num_files;
        if (!walk_folder(walker, file, 1, error)) {
            error_prefix(error, "%s", path);
            return false;
        }
        if (walker->walk->num_files == before)
            return error_set(error, ERROR_INPUT, "%s: the folder holds no files", path);
        return true;
    }
    close(file);
    if (!S_ISREG(info.st_mode))
        return error_set(error, ERROR_INPUT, "%s: is neither a regular file nor a folder", path);
    walker->name.size = 0;
    if (!base_name(path, &walker->name))
        return error_memory(error);
    size_t size = walker->name.size;
    if (!check_name(walker->name.data, size, error))
        return false;
    return add_file(walker, walker->name.data, (uint64_t)info.st_size, error);
}

bool walk_open(struct walk *walk, char *const *paths, size_t num_paths, uint64_t max_files,
               struct error *error)
{
    *walk = (struct walk){.paths = paths, .folders = calloc(num_paths, sizeof(int))};
    if (!walk->folders)
        return error_memory(error);
    for (size_t i = 0; i < num_paths; i++)
        walk->folders[i] = -1;
    walk->num_paths = num_paths;

    struct walker walker = {.walk = walk, .max_files = max_files, .name = BUFFER_INIT};
    bool good = true;
    for (size_t i = 0; good && i < num_paths; i++) {
        walker.path = i;
        good = walk_path(&walker, paths[i], error);
    }
    buffer_free(&walker.name);
    if (!good)
        walk_close(walk);
    return good;
}

void walk_close(struct walk *walk)
{
    for (size_t i = 0; i < walk->num_paths; i++)
        if (walk->folders[i] >= 0)
            close(walk->folders[i]);
    for (size_t i = 0; i < walk->num_files; i++)
        free(walk->files[i].name);
    free(walk->folders);
    free(walk->files);
    *walk = (struct walk){.paths = NULL};
}

// Opens a path below a folder part by part, so that no part of it can be a link.
static int open_beneath(int folder, const char *path)
{
    int at = folder;
    for (;;) {
        size_t size = strcspn(path, "/");
        char part[NAME_MAX + 1];
        if (size >= sizeof part) {
            errno = ENAMETOOLONG;
            break;
        }
        memcpy(part, path, size);
        part[size] = '\0';
        bool last = path[size] == '\0';
        int next = openat(at, part, OPEN_FLAGS | O_NOFOLLOW | (last ? 0 : O_DIRECTORY));
        if (at != folder) {
            int number = errno;
            close(at);
            errno = number;
        }
        if (last || next < 0)
            return next;
        at = next;
        path += size + 1;
    }
    if (at != folder)
        close(at);
    return -1;
}

int walk_open_file(const struct walk *walk, size_t i, uint64_t *size, struct error *error)
{
    const struct walk_file *file = &walk->files[i];
    int folder = walk->folders[file->path];
    int found =
        folder >= 0 ? open_beneath(folder, file->name) : open(walk->paths[file->path], OPEN_FLAGS);
    struct stat info;
    if (found < 0 || fstat(found, &info) != 0) {
        error_system(error, "cannot be opened");
    } else if (!S_ISREG(info.st_mode)) {
        error_set(error, ERROR_INPUT, "is not a regular file any more");
    } else {
        *size = (uint64_t)info.st_size;
        return found;
    }
    if (found >= 0)
        close(found);
    return -1;
}
