// SPDX-License-Identifier: MIT
// What a sample has that is no row: a run, words, an encoded image. Offsets and places come from
// files, so each is looked at when it is used.
#include "store/dataset.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/place.h"
#include "store/role.h"

// Notes that a file does not hold what it must, in the dataset and in the error, which may be NULL.
// Returns false.
static bool mark_damaged(struct dataset *dataset, int feature, enum array_role role,
                         const char *what, struct error *error)
{
    const struct schema *schema = dataset_schema(dataset);
    const struct feature *of = &schema->features[feature];
    struct error damage = ERROR_INIT;
    error_set(&damage, ERROR_DAMAGED, "%s%s of %s %s; samplecase verify %s says more", of->name,
              role_suffix(of, role), schema->name, what, schema->name);
    dataset_mark_damaged(dataset, damage.text);
    return error_set(error, damage.kind, "%s", damage.text);
}

// The part of an array that lies between offsets i and i + 1; NULL when they make no sense.
static const uint8_t *run_at(const struct array *values, const struct array *offsets, uint64_t i,
                             uint64_t *count)
{
    int64_t ends[2];
    if (i >= offsets->num_rows - 1)
        return NULL;
    memcpy(ends, offsets->rows + i * sizeof ends[0], sizeof ends);
    if (ends[0] < 0 || ends[1] < ends[0] || (uint64_t)ends[1] > values->num_rows)
        return NULL;
    *count = (uint64_t)(ends[1] - ends[0]);
    return values->rows + (uint64_t)ends[0] * values->row_bytes;
}

// dataset_run with an error.
static const uint8_t *find_run(struct dataset *dataset, int split, int feature, uint64_t index,
                               uint64_t *count, struct error *error)
{
    const uint8_t *run = run_at(dataset_part(dataset, split, feature, ARRAY_VALUES),
                                dataset_part(dataset, split, feature, ARRAY_OFFSETS), index, count);
    if (!run)
        mark_damaged(dataset, feature, ARRAY_OFFSETS, "does not ascend", error);
    return run;
}

const void *dataset_run(struct dataset *dataset, int split, int feature, uint64_t index,
                        uint64_t *count)
{
    return find_run(dataset, split, feature, index, count, NULL);
}

const char *dataset_word(struct dataset *dataset, int feature, uint64_t rank, size_t *size)
{
    uint64_t count = 0;
    if (rank == 0 || rank > dataset_schema(dataset)->features[feature].num_words)
        return NULL;
    const uint8_t *word =
        run_at(dataset_part(dataset, 0, feature, ARRAY_WORDS),
               dataset_part(dataset, 0, feature, ARRAY_WORD_OFFSETS), rank - 1, &count);
    if (!word)
        mark_damaged(dataset, feature, ARRAY_WORD_OFFSETS, "does not ascend", NULL);
    *size = (size_t)count;
    return (const char *)word;
}

void dataset_image_size(const struct dataset *dataset, int split, int feature, uint64_t index,
                        uint32_t *height, uint32_t *width, uint32_t *channels)
{
    const struct array *sizes = dataset_part(dataset, split, feature, ARRAY_SIZES);
    if (!sizes) {
        feature_image_size(&dataset_schema(dataset)->features[feature], height, width, channels);
        return;
    }
    int32_t row[3];
    memcpy(row, sizes->rows + index * sizeof row, sizeof row);
    bool sound = row[0] > 0 && row[1] > 0 && row[2] > 0 && row[2] <= 4;
    *height = sound ? (uint32_t)row[0] : 0;
    *width = sound ? (uint32_t)row[1] : 0;
    *channels = sound ? (uint32_t)row[2] : 0;
}

static bool is_in_place(const struct dataset *dataset, int feature)
{
    return dataset_schema(dataset)->features[feature].storage == STORAGE_IN_PLACE;
}

// Bytes of a path's folders that another path has as well, with the slash behind them.
static size_t same_folders(const char *path, const char *other)
{
    size_t size = 0;
    for (size_t i = 0; path[i] && path[i] == other[i]; i++)
        if (path[i] == '/')
            size = i + 1;
    return size;
}

// A file's path from the folder on that the dataset was added from, as far as its first and its last
// file tell: where that lies on this machine is nobody's business.
static const char *path_inside(const char *path, const struct array *files,
                               const struct array *offsets)
{
    char other[PATH_MAX];
    size_t size = same_folders(path, path);
    const uint64_t ends[] = {0, offsets->num_rows - 2};
    for (size_t i = 0; i < 2; i++) {
        size_t same = place_path(files, offsets, ends[i], other) ? same_folders(path, other) : size;
        size = same < size ? same : size;
    }
    return path + size;
}

static bool find_place(struct dataset *dataset, int split, int feature, uint64_t index,
                       struct place *place, char path[PATH_MAX])
{
    const struct array *files = dataset_part(dataset, split, feature, ARRAY_FILES);
    const struct array *offsets = dataset_part(dataset, split, feature, ARRAY_FILE_OFFSETS);
    bool sound = place_at(dataset_part(dataset, split, feature, ARRAY_PLACES), index, place) &&
                 place_path(files, offsets, place->file, path);
    if (sound)
        place->shown = path_inside(path, files, offsets);
    return sound;
}

// At most so many of its bytes.
static bool read_in_place(struct dataset *dataset, int split, int feature, uint64_t index,
                          uint64_t most, struct image_bytes *out, struct error *error)
{
    struct place place;
    char path[PATH_MAX];
    if (!find_place(dataset, split, feature, index, &place, path))
        return mark_damaged(dataset, feature, ARRAY_PLACES, "names a place that cannot be", error);
    int fd = place_open(path, &place, error);
    if (fd < 0)
        return false;
    if (place.size > most)
        place.size = most;
    uint8_t *bytes = malloc(place.size);
    bool ok = bytes ? place_read(fd, path, &place, bytes, error) : error_memory(error);
    close(fd);
    if (ok)
        *out = (struct image_bytes){.bytes = bytes, .size = place.size, .owned = bytes};
    else
        free(bytes);
    return ok;
}

static bool read_image(struct dataset *dataset, int split, int feature, uint64_t index,
                       uint64_t most, struct image_bytes *out, struct error *error)
{
    *out = (struct image_bytes){.bytes = NULL};
    if (is_in_place(dataset, feature))
        return read_in_place(dataset, split, feature, index, most, out, error);
    out->bytes = find_run(dataset, split, feature, index, &out->size, error);
    if (out->size > most)
        out->size = most;
    return out->bytes;
}

bool dataset_image_bytes(struct dataset *dataset, int split, int feature, uint64_t index,
                         struct image_bytes *out, struct error *error)
{
    return read_image(dataset, split, feature, index, UINT64_MAX, out, error);
}

bool dataset_image_head(struct dataset *dataset, int split, int feature, uint64_t index,
                        struct image_bytes *out, struct error *error)
{
    return read_image(dataset, split, feature, index, DATASET_IMAGE_HEAD, out, error);
}

void image_bytes_free(struct image_bytes *image)
{
    free(image->owned);
    *image = (struct image_bytes){.bytes = NULL};
}

uint64_t dataset_image_length(struct dataset *dataset, int split, int feature, uint64_t index)
{
    struct place place;
    uint64_t size = 0;
    if (!is_in_place(dataset, feature))
        return find_run(dataset, split, feature, index, &size, NULL) ? size : 0;
    return place_at(dataset_part(dataset, split, feature, ARRAY_PLACES), index, &place) ? place.size
                                                                                        : 0;
}
