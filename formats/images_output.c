// SPDX-License-Identifier: MIT
#include "formats/images_output.h"

#include <endian.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "formats/labels.h"
#include "store/writer.h"

enum { BLOCK = 4096 };

bool images_output_begin(struct images_output *output, struct writer *writer,
                         const struct images_form *form, bool is_sorting, struct error *error)
{
    char name[] = "image";
    struct feature image = {.name = name};
    *output = (struct images_output){.writer = writer, .is_sorting = is_sorting};
    images_form_describe(form, &image);
    output->image = writer_feature(writer, &image, error);
    return output->image >= 0;
}

// Room for one more sample.
static bool grow(struct images_output *output, int split, struct error *error)
{
    size_t capacity = output->splits[split].capacity ? output->splits[split].capacity * 2 : 1024;
    uint32_t *folders = reallocarray(output->splits[split].folders, capacity, sizeof *folders);
    if (!folders)
        return error_memory(error);
    output->splits[split].folders = folders;
    if (output->is_sorting) {
        const char **names = reallocarray(output->splits[split].names, capacity, sizeof *names);
        if (!names)
            return error_memory(error);
        output->splits[split].names = names;
    }
    output->splits[split].capacity = capacity;
    return true;
}

static bool add_folder(struct images_output *output, int split, uint32_t folder, const char *name,
                       struct error *error)
{
    uint64_t count = output->tally.samples[split];
    if (count == output->splits[split].capacity && !grow(output, split, error))
        return false;
    if (output->is_sorting) {
        const char *copy = arena_copy(&output->names, name, strlen(name));
        if (!copy)
            return error_memory(error);
        output->splits[split].names[count] = copy;
    }
    output->splits[split].folders[count] = folder;
    output->tally.samples[split]++;
    return true;
}

static bool append_place(struct images_output *output, int split, const struct images_job *job,
                         const struct images_picture *picture, const struct image_size *shown,
                         struct error *error)
{
    struct image_place place = {.path = job->texts.data + picture->path,
                                .offset = picture->offset,
                                .size = picture->size,
                                .file_size = picture->file_size,
                                .modified = picture->modified};
    memcpy(place.sha256, picture->sha256, sizeof place.sha256);
    return writer_append_place(output->writer, split, output->image, &place, shown, error);
}

bool images_output_add(struct images_output *output, const struct images_job *job, size_t i,
                       const struct images_form *form, const char *split, struct error *error)
{
    const struct images_picture *picture = &job->pictures[i];
    const struct image_size shown = {picture->info.height, picture->info.width,
                                     picture->info.channels};
    int number = writer_split(output->writer, split, error);
    if (number < 0)
        return false;
    bool good = false;
    switch (form->storage) {
    case STORAGE_ROWS:
        good = writer_append(output->writer, number, output->image,
                             job->rows.data + i * images_form_row(form), 1, error);
        break;
    case STORAGE_RAGGED:
        good = writer_append_image(output->writer, number, output->image,
                                   job->bytes.data + picture->at, picture->size, &shown, error);
        break;
    case STORAGE_IN_PLACE:
        good = append_place(output, number, job, picture, &shown, error);
        break;
    }
    return good &&
           add_folder(output, number, picture->folder, job->texts.data + picture->name, error);
}

int images_output_compare(const char *member, const char *other)
{
    while (*member && *member == *other) {
        member++;
        other++;
    }
    int left = *member == '/' ? 1 : (unsigned char)*member; // no name has control characters
    int right = *other == '/' ? 1 : (unsigned char)*other;
    return left - right;
}

static int by_name(const void *a, const void *b, void *context)
{
    uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;
    const char *const *names = context;
    int order = images_output_compare(names[left], names[right]);
    return order ? order : (left > right) - (left < right);
}

// Puts the samples of a split in order, the folders too.
static bool sort_split(struct images_output *output, int split, uint64_t *order,
                       struct error *error)
{
    size_t count = (size_t)output->tally.samples[split];
    bool is_sorted = true;
    for (size_t i = 0; i < count; i++)
        order[i] = i;
    qsort_r(order, count, sizeof *order, by_name, output->splits[split].names);
    for (size_t i = 0; i < count; i++)
        is_sorted = is_sorted && order[i] == i;
    if (is_sorted)
        return true;
    uint32_t *folders = malloc(output->splits[split].capacity * sizeof *folders);
    if (!folders)
        return error_memory(error);
    for (size_t i = 0; i < count; i++)
        folders[i] = output->splits[split].folders[order[i]];
    free(output->splits[split].folders);
    output->splits[split].folders = folders;
    return writer_reorder(output->writer, split, output->image, order, count, error);
}

bool images_output_sort(struct images_output *output, struct error *error)
{
    bool good = true;
    for (int i = 0; good && i < (int)writer_schema(output->writer)->num_splits; i++) {
        size_t count = (size_t)output->tally.samples[i];
        uint64_t *order = count > 1 ? malloc(count * sizeof *order) : NULL;
        good = count < 2 || (order ? sort_split(output, i, order, error) : error_memory(error));
        free(order);
    }
    return good;
}

static enum dtype smallest(size_t num_classes)
{
    return num_classes <= 256 ? DTYPE_UINT8 : num_classes <= 65536 ? DTYPE_UINT16 : DTYPE_INT32;
}

// Appends the classes of all samples of a split at one level, whose dtype is the smallest.
static bool append_labels(struct images_output *output, int split, int feature,
                          const struct images_level *level, struct error *error)
{
    size_t unit = dtype_size(smallest(level->count));
    const uint32_t *folders = output->splits[split].folders;
    uint64_t count = output->tally.samples[split];
    uint8_t rows[BLOCK * 4];
    for (uint64_t at = 0; at < count; at += BLOCK) {
        size_t take = count - at < BLOCK ? (size_t)(count - at) : BLOCK;
        for (size_t i = 0; i < take; i++) {
            uint32_t value = htole32(level->of_folder[folders[at + i]]);
            memcpy(rows + i * unit, &value, unit);
        }
        if (!writer_append(output->writer, split, feature, rows, take, error))
            return false;
    }
    return true;
}

// The names that a known dataset gives its classes, where they are the folders' but for the case of
// letters.
static const char *const *known_names(const struct known *known, const struct images_level *level)
{
    const struct known_feature *feature = known ? known_feature(known, "label") : NULL;
    if (!feature || !feature->classes || feature->num_classes != level->count)
        return NULL;
    for (size_t i = 0; i < level->count; i++)
        if (strcasecmp(feature->classes[i], level->classes[i].name) != 0)
            return NULL;
    return feature->classes;
}

static bool declare_names(struct writer *writer, int feature, const struct images_level *level,
                          bool has_parent, struct card_file *card, const char *const *known,
                          struct error *error)
{
    // A card that has too few names is told which class has none.
    struct labels labels = {.unit = "class"};
    const char **names = calloc(level->count + 1, sizeof *names);
    bool good = (names || error_memory(error)) && labels_member(&labels, "the folders", error);
    for (size_t i = 0; good && i < level->count; i++) {
        names[i] = known ? known[i] : level->classes[i].name;
        good = labels_add(&labels, i, i, error);
    }
    good = good &&
           labels_declare(&labels, card, writer, feature, names, level->count, "the tree", error);
    for (size_t i = 0; good && has_parent && i < level->count; i++)
        good = writer_class_parent(writer, feature, (long)i, (long)level->classes[i].parent, error);
    free(names);
    labels_clear(&labels);
    return good;
}

// The name of the feature for the level that many above the finest.
static void feature_name(size_t above, char name[32])
{
    if (above == 0)
        snprintf(name, 32, "label");
    else if (above == 1)
        snprintf(name, 32, "superclass");
    else
        snprintf(name, 32, "superclass_%zu", above);
}

// The finest level comes first, then those above it.
bool images_output_label(struct images_output *output, const struct images_classes *classes,
                         struct card_file *card, const struct known *known, struct error *error)
{
    for (size_t above = 0; above < classes->num_levels; above++) {
        const struct images_level *level = &classes->levels[classes->num_levels - 1 - above];
        bool has_parent = above + 1 < classes->num_levels;
        char name[32];
        feature_name(above, name);
        struct feature label = {.name = name,
                                .kind = FEATURE_CLASS,
                                .dtype = smallest(level->count),
                                .target = above == 0,
                                .parent = has_parent ? output->image + (int)above + 2 : -1};
        int feature = writer_feature(output->writer, &label, error);
        if (feature < 0 || !declare_names(output->writer, feature, level, has_parent, card,
                                          above == 0 ? known_names(known, level) : NULL, error))
            return false;
        for (size_t i = 0; i < writer_schema(output->writer)->num_splits; i++)
            if (!append_labels(output, (int)i, feature, level, error))
                return false;
    }
    return true;
}

void images_output_clear(struct images_output *output)
{
    for (size_t i = 0; i < SCHEMA_MAX_SPLITS; i++) {
        free(output->splits[i].folders);
        free(output->splits[i].names);
    }
    arena_clear(&output->names);
    *output = (struct images_output){.writer = NULL};
}
