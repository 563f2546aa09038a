// SPDX-License-Identifier: MIT
#include "tests/unit/scratch_in_place.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/digest.h"

const char *user_path(struct scratch *scratch, const char *name)
{
    const char *end = strrchr(scratch->path, '/');
    snprintf(scratch->text, sizeof scratch->text, "%.*s/%s", (int)(end - scratch->path),
             scratch->path, name);
    return scratch->text;
}

bool user_file(struct scratch *scratch, const char *name, const char *bytes, int64_t modified)
{
    const char *path = user_path(scratch, name);
    struct timespec times[2] = {{.tv_nsec = UTIME_OMIT},
                                {modified / 1000000000, modified % 1000000000}};
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0)
        return false;
    bool ok = write(fd, bytes, strlen(bytes)) == (ssize_t)strlen(bytes) && futimens(fd, times) == 0;
    close(fd);
    return ok;
}

struct writer *in_place_begin(struct scratch *scratch, const char *name, bool replace,
                              struct error *error)
{
    struct writer_options options = {.name = name, .replace = replace, .in_place = true};
    struct class_label classes[] = {{(char[]){"one"}, -1}, {(char[]){"two"}, -1}};
    struct feature image = {.name = (char[]){"image"},
                            .kind = FEATURE_IMAGE,
                            .storage = STORAGE_IN_PLACE,
                            .dtype = DTYPE_UINT8,
                            .white = 255};
    struct feature label = {.name = (char[]){"label"},
                            .kind = FEATURE_CLASS,
                            .dtype = DTYPE_UINT8,
                            .parent = -1,
                            .num_classes = 2,
                            .classes = classes};
    struct writer *writer = writer_new(scratch->folder, &options, error);
    if (writer && writer_feature(writer, &image, error) == 0 &&
        writer_feature(writer, &label, error) == 1)
        return writer;
    writer_free(writer);
    return NULL;
}

bool in_place_append(struct scratch *scratch, struct writer *writer, const char *split,
                     const char *name, uint64_t offset, uint64_t size, struct error *error)
{
    static const struct image_size SHOWN = {7, 5, 3};
    char bytes[64], hex[DIGEST_HEX];
    struct stat info;
    const char *path = user_path(scratch, name);
    int fd = open(path, O_RDONLY | O_CLOEXEC), number = writer_split(writer, split, error);
    bool ok = fd >= 0 && number >= 0 && size <= sizeof bytes && fstat(fd, &info) == 0 &&
              pread(fd, bytes, size, (off_t)offset) == (ssize_t)size;
    if (fd >= 0)
        close(fd);
    if (!ok)
        return error_set(error, ERROR_INTERNAL, "%s cannot be read", path);
    struct image_place place = {.path = path,
                                .offset = offset,
                                .size = size,
                                .file_size = (uint64_t)info.st_size,
                                .modified = (int64_t)info.st_mtim.tv_sec * 1000000000 +
                                            info.st_mtim.tv_nsec};
    digest_of(bytes, size, hex);
    for (int i = 0; i < 32; i++)
        place.sha256[i] = (uint8_t)strtoul((char[]){hex[2 * i], hex[2 * i + 1], '\0'}, NULL, 16);
    return writer_append_place(writer, number, 0, &place, &SHOWN, error) &&
           writer_append(writer, number, 1, &(uint8_t){size & 1}, 1, error);
}

bool in_place_import(struct scratch *scratch, const char *name, bool replace,
                     struct writer_result *result, struct error *error)
{
    if (!scratch_exists(user_path(scratch, "a")) && !user_file(scratch, "a", "abc", 1000000000))
        return false;
    if (!scratch_exists(user_path(scratch, "b")) &&
        !user_file(scratch, "b", "01234567", 2000000001))
        return false;
    struct writer *writer = in_place_begin(scratch, name, replace, error);
    bool ok = writer && in_place_append(scratch, writer, "train", "a", 0, 3, error) &&
              in_place_append(scratch, writer, "test", "b", 6, 2, error) &&
              in_place_append(scratch, writer, "train", "b", 4, 2, error) &&
              writer_commit(writer, result, error);
    writer_free(writer);
    return ok;
}
