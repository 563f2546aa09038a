// SPDX-License-Identifier: MIT
#include "formats/images_tree.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buffer.h"
#include "base/digest.h"
#include "formats/naming.h"

static const char OUTSIDE[] = "lies outside of the folders of the splits";
static const char CLASSLESS[] = "lies in no folder of a class, as the others do";

// --- paths

static size_t part_size(const char *path)
{
    return strcspn(path, "/");
}

// The part after the first one; "" after the last.
static const char *part_next(const char *path)
{
    path += part_size(path);
    return *path == '/' ? path + 1 : path;
}

// The part at that level; NULL when there is none.
static const char *part_at(const char *path, size_t level)
{
    for (; *path && level > 0; level--)
        path = part_next(path);
    return *path ? path : NULL;
}

// The split that a folder's name speaks of, by its first word that does; NULL for none.
static const char *split_of_part(const char *part)
{
    const char *at = part, *end = part + part_size(part);
    size_t size;
    while ((size = naming_word(&at, (size_t)(end - at))) > 0) {
        const char *split = naming_split_word(at, size);
        if (split)
            return split;
        at += size;
    }
    return NULL;
}

// --- the set of folders

// Of SHA-256, so that nobody can make folders that are slow to tell apart.
static size_t hash(const char *path, size_t size)
{
    struct digest digest;
    uint8_t bytes[DIGEST_BYTES];
    size_t value;
    digest_init(&digest);
    digest_update(&digest, path, size);
    digest_bytes(&digest, bytes);
    memcpy(&value, bytes, sizeof value);
    return value;
}

static bool is_path(const struct images_tree *tree, size_t folder, const char *path, size_t size)
{
    const char *own = tree->folders[folder].path;
    return strncmp(own, path, size) == 0 && own[size] == '\0';
}

static uint32_t *find(const struct images_tree *tree, const char *path, size_t size)
{
    size_t at = hash(path, size) & (tree->num_slots - 1);
    while (tree->slots[at] != 0 && !is_path(tree, tree->slots[at] - 1, path, size))
        at = (at + 1) & (tree->num_slots - 1);
    return &tree->slots[at];
}

static bool grow_slots(struct images_tree *tree)
{
    size_t num_slots = tree->num_slots ? tree->num_slots * 2 : 64;
    uint32_t *slots = calloc(num_slots, sizeof *slots);
    if (!slots)
        return false;
    free(tree->slots);
    tree->slots = slots;
    tree->num_slots = num_slots;
    for (size_t i = 0; i < tree->count; i++)
        *find(tree, tree->folders[i].path, strlen(tree->folders[i].path)) = (uint32_t)i + 1;
    return true;
}

// The number of a folder, which is added if need be; SIZE_MAX with the error.
static size_t get_folder(struct images_tree *tree, const char *path, size_t size, bool is_empty,
                         struct error *error)
{
    if (tree->count * 2 >= tree->num_slots && !grow_slots(tree)) {
        error_memory(error);
        return SIZE_MAX;
    }
    uint32_t *slot = find(tree, path, size);
    if (*slot > 0) {
        if (!is_empty)
            tree->folders[*slot - 1].is_empty = false;
        return *slot - 1;
    }
    if (tree->count == IMAGES_MAX_FOLDERS) {
        error_set(error, ERROR_LIMIT, "pictures lie in more than %d folders", IMAGES_MAX_FOLDERS);
        return SIZE_MAX;
    }
    if (tree->count == tree->capacity) {
        size_t capacity = tree->capacity ? tree->capacity * 2 : 64;
        struct images_folder *folders = realloc(tree->folders, capacity * sizeof *folders);
        if (!folders) {
            error_memory(error);
            return SIZE_MAX;
        }
        tree->folders = folders;
        tree->capacity = capacity;
    }
    const char *copy = arena_copy(&tree->arena, path, size);
    if (!copy) {
        error_memory(error);
        return SIZE_MAX;
    }
    tree->folders[tree->count] = (struct images_folder){
        .path = copy, .split = "all", .class_path = "", .is_empty = is_empty};
    *slot = (uint32_t)++tree->count;
    return tree->count - 1;
}

// --- what the folders mean

static int by_path(const void *a, const void *b)
{
    const struct images_folder *left = *(const struct images_folder *const *)a;
    const struct images_folder *right = *(const struct images_folder *const *)b;
    return strcmp(left->path, right->path);
}

static bool is_above(const char *path, const char *below)
{
    size_t size = strlen(path);
    return size == 0 || (strncmp(path, below, size) == 0 && below[size] == '/');
}

// Whether all folders with pictures have a split's name at that level, but for those above others.
// Sorted by path, what lies below a folder comes after it, though not at once ("a", "a-b", "a/b").
static bool is_split_level(const struct images_folder *const *sorted, size_t count, size_t level)
{
    bool is_any = false;
    for (size_t i = 0; i < count; i++) {
        const char *part = part_at(sorted[i]->path, level);
        if (part && !split_of_part(part))
            return false;
        is_any = is_any || part;
        size_t j = i + 1;
        while (!part && j < count && !is_above(sorted[i]->path, sorted[j]->path) &&
               strncmp(sorted[i]->path, sorted[j]->path, strlen(sorted[i]->path)) == 0)
            j++;
        if (!part && (j == count || !is_above(sorted[i]->path, sorted[j]->path)))
            return false;
    }
    return is_any;
}

// The level of the splits, or SIZE_MAX.
static size_t find_split_level(const struct images_folder *const *sorted, size_t count)
{
    for (size_t level = 0; level < IMAGES_MAX_LEVELS; level++)
        if (is_split_level(sorted, count, level))
            return level;
    return SIZE_MAX;
}

// Notes the split of a folder; leaves in `out` the parts of its path that may name a class.
static void read_path(struct images_folder *folder, size_t split_level, struct buffer *out)
{
    size_t level = 0;
    folder->split = "all";
    folder->refusal = NULL;
    folder->depth = 0;
    out->size = 0;
    if (split_level != SIZE_MAX) {
        const char *part = part_at(folder->path, split_level);
        const char *split = part ? split_of_part(part) : NULL;
        folder->refusal = split ? NULL : OUTSIDE;
        folder->split = split ? split : "all";
    }
    for (const char *part = folder->path; *part; part = part_next(part), level++) {
        size_t size = part_size(part);
        if (level == split_level || (size == 6 && strncasecmp(part, "images", 6) == 0))
            continue;
        if (folder->depth++ > 0)
            buffer_byte(out, '/');
        buffer_append(out, part, size);
    }
}

// Cuts off the levels at the top that all class paths share, and returns how many.
static size_t cut_shared(struct images_tree *tree)
{
    for (size_t cut = 0;; cut++) {
        const char *shared = NULL;
        for (size_t i = 0; i < tree->count; i++) {
            const struct images_folder *folder = &tree->folders[i];
            if (folder->refusal || folder->depth == 0)
                continue;
            size_t size = part_size(folder->class_path);
            if (!shared)
                shared = folder->class_path;
            else if (part_size(shared) != size || memcmp(shared, folder->class_path, size) != 0)
                return cut;
        }
        if (!shared)
            return cut;
        for (size_t i = 0; i < tree->count; i++) {
            struct images_folder *folder = &tree->folders[i];
            if (folder->refusal || folder->depth == 0)
                continue;
            folder->class_path = part_next(folder->class_path);
            folder->depth--;
        }
    }
}

static size_t deepest(const struct images_tree *tree)
{
    size_t depth = 0;
    for (size_t i = 0; i < tree->count; i++) {
        const struct images_folder *folder = &tree->folders[i];
        if (!folder->refusal && !folder->is_empty && folder->depth > depth)
            depth = folder->depth;
    }
    return depth;
}

static void refuse_without_class(struct images_tree *tree)
{
    // An empty folder is a class only where others are.
    size_t depth = deepest(tree);
    for (size_t i = 0; i < tree->count; i++)
        if (tree->folders[i].is_empty && tree->folders[i].depth != depth)
            tree->folders[i].refusal = CLASSLESS;
    tree->num_cut = cut_shared(tree);
    tree->num_levels = depth > tree->num_cut ? depth - tree->num_cut : 0;
    for (size_t i = 0; i < tree->count; i++)
        if (!tree->folders[i].refusal && tree->folders[i].depth == 0 && tree->num_levels > 0)
            tree->folders[i].refusal = CLASSLESS;
}

static bool review(struct images_tree *tree, const struct images_folder **sorted,
                   struct buffer *path, struct error *error)
{
    size_t count = 0;
    for (size_t i = 0; i < tree->count; i++)
        if (!tree->folders[i].is_empty)
            sorted[count++] = &tree->folders[i];
    if (count > 1)
        qsort(sorted, count, sizeof *sorted, by_path);
    size_t level = find_split_level(sorted, count);
    for (size_t i = 0; i < tree->count; i++) {
        struct images_folder *folder = &tree->folders[i];
        read_path(folder, level, path);
        folder->class_path =
            path->failed ? NULL
                         : arena_copy(&tree->arena, path->data ? path->data : "", path->size);
        if (!folder->class_path)
            return error_memory(error);
    }
    tree->split_level = level;
    refuse_without_class(tree);
    if (tree->num_levels > IMAGES_MAX_LEVELS)
        return error_set(error, ERROR_INPUT, "classes lie %zu folders deep; at most %d are read",
                         tree->num_levels, IMAGES_MAX_LEVELS);
    return true;
}

bool images_tree_review(struct images_tree *tree, bool *moved, struct error *error)
{
    struct was {
        const char *split;
        bool is_refused;
    } *was = malloc((tree->count + 1) * sizeof *was);
    const struct images_folder **sorted = malloc((tree->count + 1) * sizeof *sorted);
    struct buffer path = BUFFER_INIT;
    bool good = was && sorted;
    for (size_t i = 0; good && i < tree->count; i++)
        was[i] = (struct was){tree->folders[i].split, tree->folders[i].refusal != NULL};
    if (!good)
        error_memory(error);
    good = good && review(tree, sorted, &path, error);
    for (size_t i = 0; good && i < tree->count; i++) {
        const struct images_folder *folder = &tree->folders[i];
        if (folder->is_met && (strcmp(was[i].split, folder->split) != 0 ||
                               was[i].is_refused != (folder->refusal != NULL)))
            *moved = true;
    }
    buffer_free(&path);
    free(sorted);
    free(was);
    return good;
}

size_t images_tree_folder(struct images_tree *tree, const char *member, bool *moved,
                          struct error *error)
{
    const char *slash = strrchr(member, '/');
    size_t size = slash ? (size_t)(slash - member) : 0;
    if (tree->count > 0 && is_path(tree, tree->last, member, size))
        return tree->last;
    size_t count = tree->count;
    size_t folder = get_folder(tree, member, size, false, error);
    if (folder == SIZE_MAX)
        return SIZE_MAX;
    tree->last = folder;
    if (tree->count == count)
        return folder;
    // The first folders show what the tree is like; later a whole review is too dear for each.
    enum { EACH = 64 };
    if (tree->count > EACH && tree->count < tree->next_review) {
        struct images_folder *added = &tree->folders[folder];
        struct buffer path = BUFFER_INIT;
        read_path(added, tree->split_level, &path);
        bool is_like_others = !added->refusal && added->depth > tree->num_cut;
        buffer_free(&path);
        if (is_like_others)
            return folder;
    }
    tree->next_review = tree->count * 2;
    return images_tree_review(tree, moved, error) ? folder : SIZE_MAX;
}

bool images_tree_empty_folder(struct images_tree *tree, const char *path, struct error *error)
{
    return get_folder(tree, path, strlen(path), true, error) != SIZE_MAX;
}

void images_tree_restart(struct images_tree *tree)
{
    for (size_t i = 0; i < tree->count; i++)
        tree->folders[i].is_met = false;
}

void images_tree_clear(struct images_tree *tree)
{
    arena_clear(&tree->arena);
    free(tree->folders);
    free(tree->slots);
    *tree = (struct images_tree){.folders = NULL};
}
