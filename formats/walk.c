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
    size_t capacity, empty_capacity; // of walk->files and walk->empty
    uint64_t max_files;
    struct buffer name; // of the folder that is walked, ending in '/' unless it is the root
};

static bool add_file(struct walker *walker, const char *name, size_t length, uint64_t size,
                     struct error *error)
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
    const char *copy = arena_copy(&walk->names, name, length);
    if (!copy)
        return error_memory(error);
    walk->files[walk->num_files++] = (struct walk_file){.name = copy, .size = size};
    return true;
}

// Notes the folder that is walked as one without files.
static bool add_empty(struct walker *walker, struct error *error)
{
    struct walk *walk = walker->walk;
    if (walk->num_empty >= walker->max_files)
        return error_set(error, ERROR_LIMIT, "more than %llu empty folders",
                         (unsigned long long)walker->max_files);
    if (walk->num_empty == walker->empty_capacity) {
        size_t capacity = walker->empty_capacity ? walker->empty_capacity * 2 : 16;
        const char **empty = realloc(walk->empty, capacity * sizeof *empty);
        if (!empty)
            return error_memory(error);
        walk->empty = empty;
        walker->empty_capacity = capacity;
    }
    walk->empty[walk->num_empty] =
        arena_copy(&walk->names, walker->name.data, walker->name.size - 1);
    return walk->empty[walk->num_empty++] || error_memory(error);
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

// The names in a folder.
struct listing {
    struct arena arena;
    char **names;
    size_t count;
};

static void listing_clear(struct listing *listing)
{
    arena_clear(&listing->arena);
    free(listing->names);
}

// Lists a folder, sorted. The stream is borrowed. Clear the listing in any case.
static bool list_names(struct listing *listing, DIR *stream, uint64_t max_names,
                       struct error *error)
{
    size_t capacity = 0;
    for (;;) {
        errno = 0;
        struct dirent *entry = readdir(stream);
        if (!entry)
            break;
        if (is_passed_over(entry->d_name))
            continue;
        if (listing->count >= max_names)
            return error_set(error, ERROR_LIMIT, "more than %llu files in one folder",
                             (unsigned long long)max_names);
        if (listing->count == capacity) {
            capacity = capacity ? capacity * 2 : 64;
            char **more = realloc(listing->names, capacity * sizeof *more);
            if (!more)
                return error_memory(error);
            listing->names = more;
        }
        char *copy = arena_copy(&listing->arena, entry->d_name, strlen(entry->d_name));
        if (!copy)
            return error_memory(error);
        listing->names[listing->count++] = copy;
    }
    if (errno != 0)
        return error_system(error, "the folder cannot be read");
    if (listing->count > 1)
        qsort(listing->names, listing->count, sizeof *listing->names, by_name);
    return true;
}

static bool walk_folder(struct walker *walker, int folder, unsigned depth, struct error *error);

static bool walk_folder_in(struct walker *walker, int folder, const char *name, unsigned depth,
                           struct error *error)
{
    int inner = openat(folder, name, OPEN_FLAGS | O_DIRECTORY | O_NOFOLLOW);
    if (inner < 0)
        return error_system(error, "%s", buffer_text(&walker->name));
    buffer_byte(&walker->name, '/');
    bool good = walk_folder(walker, inner, depth + 1, error);
    close(inner);
    return good;
}

// One name in a folder: a file to add or a folder to walk. Files are looked at, not opened.
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

    struct stat info;
    bool good = false;
    if (fstatat(folder, name, &info, AT_SYMLINK_NOFOLLOW) != 0)
        error_system(error, "%s", path);
    else if (S_ISLNK(info.st_mode))
        error_set(error, ERROR_INPUT, "%s: is a symbolic link; only regular files are read", path);
    else if (S_ISREG(info.st_mode))
        good = add_file(walker, path, size, (uint64_t)info.st_size, error);
    else if (!S_ISDIR(info.st_mode))
        error_set(error, ERROR_INPUT, "%s: is neither a regular file nor a folder", path);
    else
        good = walk_folder_in(walker, folder, name, depth, error);
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
    struct listing listing = {.count = 0};
    bool good = list_names(&listing, stream, walker->max_files, error);
    closedir(stream);
    if (good && listing.count == 0 && depth > 1)
        good = add_empty(walker, error);
    for (size_t i = 0; good && i < listing.count; i++)
        good = walk_name(walker, folder, listing.names[i], depth, error);
    listing_clear(&listing);
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

// A folder that the user named.
static bool walk_folder_root(struct walker *walker, struct walk_root *root, struct error *error)
{
    walker->name.size = 0;
    size_t before = walker->walk->num_files;
    if (!walk_folder(walker, root->folder, 1, error)) {
        error_prefix(error, "%s", root->path);
        return false;
    }
    if (walker->walk->num_files == before)
        return error_set(error, ERROR_INPUT, "%s: the folder holds no files", root->path);
    return true;
}

// A file that the user named.
static bool walk_file_root(struct walker *walker, const char *path, uint64_t bytes,
                           struct error *error)
{
    walker->name.size = 0;
    if (!base_name(path, &walker->name))
        return error_memory(error);
    size_t size = walker->name.size;
    return check_name(walker->name.data, size, error) &&
           add_file(walker, walker->name.data, size, bytes, error);
}

// One path as the user gave it, which may be a link: that was the user's choice.
static bool walk_path(struct walker *walker, struct walk_root *root, struct error *error)
{
    int file = open(root->path, OPEN_FLAGS);
    struct stat info;
    if (file < 0 && errno == ENOENT)
        return error_set(error, ERROR_MISSING, "%s: there is no such file or folder", root->path);
    if (file < 0)
        return error_system(error, "%s", root->path);
    if (fstat(file, &info) != 0) {
        error_system(error, "%s", root->path);
        close(file);
        return false;
    }
    root->place = realpath(root->path, NULL);
    if (!root->place && errno == ENOMEM) {
        close(file);
        return error_memory(error);
    }
    if (S_ISDIR(info.st_mode)) {
        root->folder = file;
        return walk_folder_root(walker, root, error);
    }
    close(file);
    if (!S_ISREG(info.st_mode))
        return error_set(error, ERROR_INPUT, "%s: is neither a regular file nor a folder",
                         root->path);
    return walk_file_root(walker, root->path, (uint64_t)info.st_size, error);
}

bool walk_open(struct walk *walk, char *const *paths, size_t num_paths, uint64_t max_files,
               struct error *error)
{
    *walk = (struct walk){.roots = calloc(num_paths, sizeof *walk->roots)};
    if (!walk->roots)
        return error_memory(error);
    for (size_t i = 0; i < num_paths; i++)
        walk->roots[i] = (struct walk_root){.path = paths[i], .folder = -1};
    walk->num_roots = num_paths;

    struct walker walker = {.walk = walk, .max_files = max_files, .name = BUFFER_INIT};
    bool good = true;
    for (size_t i = 0; good && i < num_paths; i++) {
        good = walk_path(&walker, &walk->roots[i], error);
        walk->roots[i].end = walk->num_files;
        walk->roots[i].empty_end = walk->num_empty;
    }
    buffer_free(&walker.name);
    if (!good)
        walk_close(walk);
    return good;
}

void walk_close(struct walk *walk)
{
    for (size_t i = 0; i < walk->num_roots; i++) {
        if (walk->roots[i].folder >= 0)
            close(walk->roots[i].folder);
        free(walk->roots[i].place);
    }
    free(walk->roots);
    free(walk->files);
    free(walk->empty);
    arena_clear(&walk->names);
    *walk = (struct walk){.roots = NULL};
}

size_t walk_root_of(const struct walk *walk, size_t file)
{
    size_t low = 0, high = walk->num_roots - 1;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (file < walk->roots[middle].end)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

void walk_cursor_close(struct walk_cursor *cursor)
{
    if (cursor->folder >= 0)
        close(cursor->folder);
    *cursor = (struct walk_cursor)WALK_CURSOR_INIT;
}

// Opens the folder of that name (of `size` bytes, with a '/' at its end unless it is the root) part
// by part, so that no part of it can be a link. The root itself is opened anew.
static int open_folder(int root, const char *name, size_t size)
{
    int at = openat(root, ".", OPEN_FLAGS | O_DIRECTORY);
    const char *end = name + size;
    while (at >= 0 && name < end) {
        size_t length = strcspn(name, "/");
        char part[NAME_MAX + 1];
        int next = -1;
        if (length < sizeof part) {
            memcpy(part, name, length);
            part[length] = '\0';
            next = openat(at, part, OPEN_FLAGS | O_NOFOLLOW | O_DIRECTORY);
        } else {
            errno = ENAMETOOLONG;
        }
        int number = errno;
        close(at);
        errno = number;
        at = next;
        name += length + 1;
    }
    return at;
}

// Opens a path below a root through the folder that the cursor remembers.
static int open_beneath(struct walk_cursor *cursor, size_t root, int folder, const char *name)
{
    const char *slash = strrchr(name, '/');
    size_t size = slash ? (size_t)(slash + 1 - name) : 0;
    if (cursor->folder < 0 || cursor->root != root || cursor->size != size ||
        memcmp(cursor->name, name, size) != 0) {
        walk_cursor_close(cursor);
        int found = open_folder(folder, name, size);
        if (found < 0)
            return -1;
        *cursor = (struct walk_cursor){.folder = found, .root = root, .name = name, .size = size};
    }
    return openat(cursor->folder, name + size, OPEN_FLAGS | O_NOFOLLOW);
}

// In nanoseconds since 1970; the most there can be (in 2262) for what comes later.
static int64_t modified(const struct stat *info)
{
    int64_t when;
    if (__builtin_mul_overflow((int64_t)info->st_mtim.tv_sec, INT64_C(1000000000), &when) ||
        __builtin_add_overflow(when, (int64_t)info->st_mtim.tv_nsec, &when))
        return INT64_MAX;
    return when;
}

bool walk_open_file(const struct walk *walk, struct walk_cursor *cursor, size_t file,
                    struct walk_opened *opened, struct error *error)
{
    const struct walk_root *root = &walk->roots[walk_root_of(walk, file)];
    int found = root->folder >= 0 ? open_beneath(cursor, (size_t)(root - walk->roots), root->folder,
                                                 walk->files[file].name)
                                  : open(root->path, OPEN_FLAGS);
    struct stat info;
    if (found < 0 || fstat(found, &info) != 0) {
        error_system(error, "cannot be opened");
    } else if (!S_ISREG(info.st_mode)) {
        error_set(error, ERROR_INPUT, "is not a regular file any more");
    } else {
        *opened = (struct walk_opened){
            .file = found, .size = (uint64_t)info.st_size, .modified = modified(&info)};
        return true;
    }
    if (found >= 0)
        close(found);
    return false;
}
