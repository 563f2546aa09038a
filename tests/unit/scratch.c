// SPDX-License-Identifier: MIT
#include "tests/unit/scratch.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/tree.h"

enum { BATCH = 512 }; // samples that are appended at once

int scratch_setup(void **state)
{
    struct scratch *scratch = calloc(1, sizeof *scratch);
    const char *temporary = getenv("TMPDIR");
    struct error error = ERROR_INIT;
    if (!scratch)
        return -1;
    snprintf(scratch->path, sizeof scratch->path, "%.80s/samplecase-XXXXXX",
             temporary && *temporary ? temporary : "/tmp");
    if (!mkdtemp(scratch->path) || chmod(scratch->path, 0755) != 0)
        return -1;
    strcat(scratch->path, "/data");
    scratch->folder = folder_open(scratch->path, FOLDER_WRITE, &error);
    *state = scratch;
    return scratch->folder ? 0 : -1;
}

int scratch_teardown(void **state)
{
    struct scratch *scratch = *state;
    struct error error = ERROR_INIT;
    folder_close(scratch->folder);
    *strrchr(scratch->path, '/') = '\0';
    chmod(scratch->path, 0700);
    tree_remove(AT_FDCWD, scratch->path, NULL, &error);
    if (error.kind != ERROR_NONE)
        fprintf(stderr, "%s\n", error.text);
    free(scratch);
    return error.kind == ERROR_NONE ? 0 : -1;
}

const char *scratch_path(struct scratch *scratch, const char *format, ...)
{
    int used = snprintf(scratch->text, sizeof scratch->text, "%s/", scratch->path);
    va_list args;
    va_start(args, format);
    vsnprintf(scratch->text + used, sizeof scratch->text - (size_t)used, format, args);
    va_end(args);
    return scratch->text;
}

bool scratch_exists(const char *path)
{
    struct stat info;
    return lstat(path, &info) == 0;
}

unsigned scratch_entries(const char *path)
{
    DIR *dir = opendir(path);
    unsigned count = 0;
    if (!dir)
        return 0;
    for (struct dirent *entry; (entry = readdir(dir));)
        count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    closedir(dir);
    return count;
}

struct writer *scratch_begin(struct folder *folder, const char *name, bool replace,
                             struct error *error)
{
    struct writer_options options = {.name = name, .replace = replace};
    char names[][6] = {"image", "label"};
    struct class_label classes[] = {
        {(char[]){"one"}, -1}, {(char[]){"two"}, -1}, {(char[]){"three"}, -1}};
    struct feature image = {.name = names[0],
                            .kind = FEATURE_IMAGE,
                            .dtype = DTYPE_UINT8,
                            .rank = 2,
                            .shape = {2, 2},
                            .white = 255,
                            .parent = -1};
    struct feature label = {.name = names[1],
                            .kind = FEATURE_CLASS,
                            .dtype = DTYPE_UINT8,
                            .target = true,
                            .parent = -1,
                            .num_classes = 3,
                            .classes = classes};
    struct writer *writer = writer_new(folder, &options, error);
    if (writer && writer_feature(writer, &image, error) == 0 &&
        writer_feature(writer, &label, error) == 1)
        return writer;
    writer_free(writer);
    return NULL;
}

bool scratch_append(struct writer *writer, const char *split, uint64_t from, uint64_t count,
                    unsigned seed, struct error *error)
{
    int index = writer_split(writer, split, error);
    for (uint64_t done = 0; index >= 0 && done < count;) {
        uint8_t images[4 * BATCH], labels[BATCH];
        uint64_t size = count - done < BATCH ? count - done : BATCH;
        for (uint64_t i = 0; i < size; i++) {
            uint64_t sample = from + done + i;
            for (uint64_t k = 0; k < 4; k++)
                images[4 * i + k] = (uint8_t)(4 * sample + k + seed);
            labels[i] = (uint8_t)((7 * sample + seed) % 3);
        }
        if (!writer_append(writer, index, 0, images, size, error) ||
            !writer_append(writer, index, 1, labels, size, error))
            return false;
        done += size;
    }
    return index >= 0;
}

bool scratch_import(struct folder *folder, const char *name, uint64_t count, unsigned seed,
                    bool replace, char *revision, struct error *error)
{
    struct writer_result result;
    struct writer *writer = scratch_begin(folder, name, replace, error);
    bool ok = writer && scratch_append(writer, "train", 0, count, seed, error) &&
              writer_commit(writer, &result, error);
    writer_free(writer);
    if (ok && revision)
        memcpy(revision, result.revision, DIGEST_HEX);
    return ok;
}

bool scratch_is_whole(struct dataset *dataset)
{
    const struct array *images = dataset_array(dataset, 0, 0),
                       *labels = dataset_array(dataset, 0, 1);
    const struct class_index *index = dataset_class_index(dataset, 0, 1);
    unsigned seed = images->rows[0];
    for (uint64_t i = 0; i < images->num_rows; i++) {
        for (uint64_t k = 0; k < 4; k++)
            if (images->rows[4 * i + k] != (uint8_t)(4 * i + k + seed))
                return false;
        if (labels->rows[i] != (7 * i + seed) % 3)
            return false;
    }
    for (long class = 0; class < 3; class ++) {
        for (uint64_t at = index->starts[class]; at < index->starts[class + 1]; at++) {
            int64_t sample;
            memcpy(&sample, index->by_class.rows + at * sizeof sample, sizeof sample);
            if (sample < 0 || (uint64_t)sample >= labels->num_rows || labels->rows[sample] != class)
                return false;
        }
    }
    return !dataset_damage(dataset);
}
