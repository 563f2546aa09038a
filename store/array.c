// SPDX-License-Identifier: MIT
#include "store/array.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "encode/npy.h"
#include "store/role.h"

void array_path(const struct schema *schema, const struct catalog_array *entry,
                char out[ARRAY_PATH])
{
    const struct feature *feature = &schema->features[entry->feature];
    bool shared = entry->split < 0;
    snprintf(out, ARRAY_PATH, "arrays/%s/%s/%s%s%s%s", schema->name, schema->revision,
             shared ? "" : schema->splits[entry->split].name, shared ? "" : "/", feature->name,
             role_suffix(feature, entry->role));
}

// Fills in what the schema says about the array; where it does not say how many rows, the size in
// the catalog does.
static bool describe(const struct schema *schema, const struct catalog_array *entry,
                     struct array *array, char header[NPY_HEADER])
{
    const struct feature *feature = &schema->features[entry->feature];
    struct role_layout layout = role_layout(feature, entry->role);
    uint64_t samples = entry->split < 0 ? 0 : schema->splits[entry->split].num_samples;
    *array = (struct array){.dtype = layout.dtype, .row_bytes = layout.row_bytes};
    memcpy(array->sha256, entry->sha256, sizeof array->sha256);
    if (!role_rows(feature, entry->role, samples, &array->num_rows))
        array->num_rows = (entry->bytes - NPY_HEADER) / layout.row_bytes;
    return role_file_bytes(feature, entry->role, array->num_rows, &array->file_bytes) &&
           npy_header(header, array->dtype, array->num_rows, layout.rank, layout.shape);
}

static bool check(int fd, const struct array *array, const char header[NPY_HEADER],
                  const char *path, struct error *error)
{
    struct stat info;
    char head[NPY_HEADER];
    if (fstat(fd, &info) != 0)
        return error_system(error, "cannot look at %s", path);
    if (!S_ISREG(info.st_mode))
        return error_set(error, ERROR_DAMAGED, "%s is no regular file", path);
    if ((uint64_t)info.st_size != array->file_bytes)
        return error_set(error, ERROR_DAMAGED, "%s has %lld bytes, but must have %" PRIu64, path,
                         (long long)info.st_size, array->file_bytes);
    ssize_t got = pread(fd, head, sizeof head, 0);
    if (got < 0)
        return error_system(error, "cannot read %s", path);
    if (got != (ssize_t)sizeof head || memcmp(head, header, sizeof head) != 0)
        return error_set(error, ERROR_DAMAGED, "%s begins with another header than it must", path);
    return true;
}

int array_open(struct folder *folder, const struct schema *schema,
               const struct catalog_array *entry, struct array *array, struct error *error)
{
    char path[ARRAY_PATH], header[NPY_HEADER];
    array_path(schema, entry, path);
    if (!describe(schema, entry, array, header)) {
        error_set(error, ERROR_DAMAGED, "%s: no array has that size", path);
        return -1;
    }
    // O_NONBLOCK: somebody may have put a fifo there.
    int fd = openat(folder_fd(folder), path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0) {
        if (errno == ENOENT)
            error_set(error, ERROR_MISSING, "%s is missing", path);
        else
            error_system(error, "cannot open %s", path);
        return -1;
    }
    if (!check(fd, array, header, path, error)) {
        close(fd);
        return -1;
    }
    return fd;
}

bool array_map(struct folder *folder, const struct schema *schema,
               const struct catalog_array *entry, struct array *array, struct error *error)
{
    int fd = array_open(folder, schema, entry, array, error);
    if (fd < 0)
        return false;
    void *file = mmap(NULL, array->file_bytes, PROT_READ, MAP_SHARED, fd, 0);
    int number = errno;
    close(fd);
    if (file == MAP_FAILED) {
        errno = number;
        char path[ARRAY_PATH];
        array_path(schema, entry, path);
        error_system(error, "cannot map %s", path);
        return false;
    }
    array->file = file;
    array->rows = array->file + NPY_HEADER;
    return true;
}

void array_unmap(struct array *array)
{
    if (array->file)
        munmap((void *)(uintptr_t)array->file, array->file_bytes);
    *array = (struct array){.file = NULL};
}
