// SPDX-License-Identifier: MIT
#include "formats/images_classes.h"

#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "store/schema.h"

// A folder, or a class, by the path of the class.
struct entry {
    const char *path;
    uint32_t number;
};

static int by_path(const void *a, const void *b)
{
    return strcmp(((const struct entry *)a)->path, ((const struct entry *)b)->path);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct images_class *)a)->name, ((const struct images_class *)b)->name);
}

static void sort_by_path(struct entry *entries, size_t count)
{
    if (count > 1)
        qsort(entries, count, sizeof *entries, by_path);
}

static void sort_by_name(struct images_level *level)
{
    if (level->count > 1)
        qsort(level->classes, level->count, sizeof *level->classes, by_name);
}

// The path of a class at a level: as many parts of the folder's, the last one again where it has
// fewer.
static const char *path_at(struct images_classes *classes, const char *path, size_t level,
                           struct buffer *work)
{
    const char *part = path;
    work->size = 0;
    for (size_t i = 0; i <= level; i++) {
        size_t size = strcspn(part, "/");
        if (i > 0)
            buffer_byte(work, '/');
        buffer_append(work, part, size);
        if (part[size] == '/')
            part += size + 1;
    }
    return work->failed ? NULL : arena_copy(&classes->arena, work->data, work->size);
}

static const char *base(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

// The folders that have a class, sorted by the path of that of the level. SIZE_MAX with the error.
static size_t gather(struct images_classes *classes, const struct images_tree *tree, size_t level,
                     struct entry *folders, struct error *error)
{
    struct buffer work = BUFFER_INIT;
    size_t count = 0;
    for (size_t i = 0; i < tree->count && count != SIZE_MAX; i++) {
        const struct images_folder *folder = &tree->folders[i];
        if (folder->refusal || folder->depth == 0)
            continue;
        const char *path = path_at(classes, folder->class_path, level, &work);
        folders[count] = (struct entry){path, (uint32_t)i};
        count = path ? count + 1 : SIZE_MAX;
    }
    buffer_free(&work);
    if (count == SIZE_MAX)
        error_memory(error);
    else
        sort_by_path(folders, count);
    return count;
}

// One class for each path, named by its last part where that is the only one, else by all of it.
static bool name_classes(struct images_level *level, const struct entry *folders, size_t count,
                         struct error *error)
{
    level->classes = calloc(count + 1, sizeof *level->classes);
    if (!level->classes)
        return error_memory(error);
    for (size_t i = 0; i < count; i++)
        if (i == 0 || strcmp(folders[i - 1].path, folders[i].path) != 0)
            level->classes[level->count++] =
                (struct images_class){.path = folders[i].path, .name = base(folders[i].path)};
    if (level->count > SCHEMA_MAX_CLASSES)
        return error_set(error, ERROR_LIMIT, "%zu folders of classes; at most %d are read",
                         level->count, SCHEMA_MAX_CLASSES);
    sort_by_name(level);
    for (size_t i = 0, end; i < level->count; i = end) {
        const char *name = level->classes[i].name;
        for (end = i + 1; end < level->count && strcmp(level->classes[end].name, name) == 0;)
            end++;
        for (size_t j = i; end - i > 1 && j < end; j++)
            level->classes[j].name = level->classes[j].path;
    }
    sort_by_name(level);
    return true;
}

// Tells each folder its class, and each class its parent in the level above, which may be NULL.
static bool number_folders(struct images_level *level, const struct images_level *above,
                           const struct entry *folders, size_t count, size_t num_folders,
                           struct error *error)
{
    struct entry *keys = calloc(level->count + 1, sizeof *keys);
    level->of_folder = calloc(num_folders + 1, sizeof *level->of_folder);
    if (!keys || !level->of_folder) {
        free(keys);
        return error_memory(error);
    }
    for (size_t i = 0; i < level->count; i++)
        keys[i] = (struct entry){level->classes[i].path, (uint32_t)i};
    sort_by_path(keys, level->count);
    for (size_t i = 0, key = 0; i < count; i++) {
        key += i > 0 && strcmp(folders[i - 1].path, folders[i].path) != 0;
        uint32_t class = keys[key].number;
        level->of_folder[folders[i].number] = class;
        if (above)
            level->classes[class].parent = above->of_folder[folders[i].number];
    }
    free(keys);
    return true;
}

// "crane (n02012849)", where several classes are called crane.
static bool tell_apart(struct images_classes *classes, struct images_class *class,
                       const char *folder, struct error *error)
{
    struct buffer name = BUFFER_INIT;
    buffer_printf(&name, "%s (%s)", class->name, folder);
    class->name = name.failed ? NULL : arena_copy(&classes->arena, name.data, name.size);
    buffer_free(&name);
    return class->name || error_memory(error);
}

// Replaces the numbers of synsets by names.
static bool name_synsets(struct images_classes *classes, struct images_level *level,
                         struct images_wordnet *wordnet, struct error *error)
{
    struct entry *names = calloc(level->count + 1, sizeof *names);
    const char **folders = calloc(level->count + 1, sizeof *folders);
    bool good = (names && folders) || error_memory(error);
    for (size_t i = 0; good && i < level->count; i++) {
        folders[i] = level->classes[i].name;
        const char *name = images_wordnet_name(wordnet, base(folders[i]));
        if (name)
            level->classes[i].name = name;
        names[i] = (struct entry){level->classes[i].name, (uint32_t)i};
    }
    if (good)
        sort_by_path(names, level->count);
    for (size_t i = 0, end; good && i < level->count; i = end) {
        for (end = i + 1; end < level->count && strcmp(names[end].path, names[i].path) == 0;)
            end++;
        for (size_t j = i; good && end - i > 1 && j < end; j++)
            good = tell_apart(classes, &level->classes[names[j].number], folders[names[j].number],
                              error);
    }
    free(folders);
    free(names);
    return good;
}

bool images_classes_make(struct images_classes *classes, const struct images_tree *tree,
                         struct images_wordnet *wordnet, struct error *error)
{
    *classes = (struct images_classes){.num_levels = tree->num_levels};
    struct entry *folders = calloc(tree->count + 1, sizeof *folders);
    bool good = folders || error_memory(error);
    for (size_t i = 0; good && i < classes->num_levels; i++) {
        struct images_level *level = &classes->levels[i];
        const struct images_level *above = i > 0 ? &classes->levels[i - 1] : NULL;
        size_t count = gather(classes, tree, i, folders, error);
        good = count != SIZE_MAX && name_classes(level, folders, count, error) &&
               number_folders(level, above, folders, count, tree->count, error);
    }
    for (size_t i = 0; good && i < classes->num_levels; i++)
        good = name_synsets(classes, &classes->levels[i], wordnet, error);
    free(folders);
    return good;
}

void images_classes_clear(struct images_classes *classes)
{
    arena_clear(&classes->arena);
    for (size_t i = 0; i < IMAGES_MAX_LEVELS; i++) {
        free(classes->levels[i].classes);
        free(classes->levels[i].of_folder);
    }
    *classes = (struct images_classes){.num_levels = 0};
}
