// SPDX-License-Identifier: MIT
#include "formats/text_layout.h"

#include <stdlib.h>
#include <string.h>

#include "formats/marks.h"
#include "formats/naming.h"
#include "formats/source.h"
#include "store/schema.h"

enum { MAX_TEXTS = 4000000 };

bool text_layout_is_text(const char *member)
{
    return naming_ends_in(member, ".txt");
}

// Bytes of the folders of a path, without the last '/'; 0 for none.
static size_t folder_size(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? (size_t)(slash - path) : 0;
}

static bool add(struct text_layout *layout, const char *name, struct error *error)
{
    if (layout->num_entries == MAX_TEXTS)
        return error_set(error, ERROR_LIMIT, "more than %d texts", MAX_TEXTS);
    if (layout->num_entries == layout->capacity) {
        size_t capacity = layout->capacity ? layout->capacity * 2 : 64;
        struct text_entry *entries = realloc(layout->entries, capacity * sizeof *entries);
        if (!entries)
            return error_memory(error);
        layout->entries = entries;
        layout->capacity = capacity;
    }
    const char *copy = arena_copy(&layout->arena, name, strlen(name));
    if (!copy)
        return error_memory(error);
    layout->entries[layout->num_entries++] = (struct text_entry){.name = copy, .class_name = ""};
    return true;
}

// Shortens *size, the length of leading folders of `shared`, to what `path` begins with too.
static void share(const char *shared, size_t *size, const char *path, size_t path_size)
{
    size_t same = 0;
    while (same < *size && same < path_size && shared[same] == path[same])
        same++;
    bool is_whole =
        (same == *size || shared[same] == '/') && (same == path_size || path[same] == '/');
    if (!is_whole && same > 0)
        do
            same--;
        while (same > 0 && shared[same] != '/');
    *size = same;
}

// The folders that all have in common.
static size_t find_shared(const struct text_layout *layout, const char *const *empty,
                          size_t num_empty)
{
    const char *first = layout->entries[0].name;
    size_t size = folder_size(first);
    for (size_t i = 1; i < layout->num_entries; i++)
        share(first, &size, layout->entries[i].name, folder_size(layout->entries[i].name));
    for (size_t i = 0; i < num_empty; i++)
        share(first, &size, empty[i], strlen(empty[i]));
    return size;
}

// The folders below the shared ones: where they begin in the path, and their length.
static const char *inner(const char *path, size_t path_size, size_t shared, size_t *size)
{
    size_t begin = shared > 0 && shared < path_size ? shared + 1 : shared;
    *size = path_size - begin;
    return path + begin;
}

// The split that one folder's name speaks of, or NULL.
static const char *split_of_part(const char *part, size_t size)
{
    char name[256]; // a folder's name has at most 255 bytes
    if (size == 0 || size >= sizeof name)
        return NULL;
    memcpy(name, part, size);
    name[size] = '\0';
    return naming_split(name);
}

static size_t first_part(const char *folders, size_t size)
{
    const char *slash = memchr(folders, '/', size);
    return slash ? (size_t)(slash - folders) : size;
}

// Whether all first folders below the shared ones are called like splits.
static bool has_splits(const struct text_layout *layout, size_t shared)
{
    size_t found = 0;
    for (size_t i = 0; i < layout->num_entries; i++) {
        const char *name = layout->entries[i].name;
        size_t size;
        const char *folders = inner(name, folder_size(name), shared, &size);
        if (size == 0)
            continue;
        if (!split_of_part(folders, first_part(folders, size)))
            return false;
        found++;
    }
    return found > 0;
}

static unsigned split_index(struct text_layout *layout, const char *name)
{
    for (unsigned i = 0; i < layout->num_splits; i++)
        if (strcmp(layout->splits[i], name) == 0)
            return i;
    layout->splits[layout->num_splits] = name; // static; there are as many as splits have words
    return layout->num_splits++;
}

// Code points, but the parts of a path one after the other, as folders are walked.
static int compare_paths(const char *a, const char *b)
{
    while (*a && *a == *b) {
        a++;
        b++;
    }
    if (*a == *b)
        return 0;
    if (!*a || !*b)
        return *a ? 1 : -1;
    if (*a == '/' || *b == '/')
        return *a == '/' ? -1 : 1;
    return (unsigned char)*a < (unsigned char)*b ? -1 : 1;
}

static int by_path(const void *a, const void *b)
{
    return compare_paths(*(const char *const *)a, *(const char *const *)b);
}

// Takes the split (NULL for none) and the class (of *class_size bytes) out of a path's folders.
static const char *take_apart(const char *path, size_t path_size, size_t shared, bool splits,
                              const char **split, size_t *class_size)
{
    size_t size;
    *split = NULL;
    const char *folders = inner(path, path_size, shared, &size);
    if (splits && size > 0) {
        size_t part = first_part(folders, size);
        *split = split_of_part(folders, part);
        folders += part < size ? part + 1 : part;
        size -= part < size ? part + 1 : part;
    }
    *class_size = size;
    return folders;
}

// Gives each entry its split and the name of its class.
static bool settle_entries(struct text_layout *layout, size_t shared, bool splits,
                           struct error *error)
{
    const char *whole = split_of_part(layout->entries[0].name, shared);
    for (size_t i = 0; i < layout->num_entries; i++) {
        struct text_entry *entry = &layout->entries[i];
        const char *split, *before = i > 0 ? entry[-1].class_name : "";
        size_t size;
        const char *name =
            take_apart(entry->name, folder_size(entry->name), shared, splits, &split, &size);
        entry->is_left_out = splits && !split;
        entry->split = split_index(layout, split ? split : whole ? whole : "all");
        entry->class_name = strlen(before) == size && memcmp(before, name, size) == 0
                                ? before
                                : arena_copy(&layout->arena, name, size);
        if (!entry->class_name)
            return error_memory(error);
    }
    return true;
}

// Leaves out what lies beside the data.
static void leave_out(struct text_layout *layout)
{
    bool has_classes = false;
    for (size_t i = 0; i < layout->num_entries; i++)
        has_classes |= layout->entries[i].class_name[0] != '\0';
    for (size_t i = 0; i < layout->num_entries; i++) {
        struct text_entry *entry = &layout->entries[i];
        entry->is_left_out |=
            has_classes ? entry->class_name[0] == '\0' : naming_is_note(entry->name);
    }
}

static size_t unique(const char **names, size_t count)
{
    size_t kept = 0;
    if (count > 1)
        qsort(names, count, sizeof *names, by_path);
    for (size_t i = 0; i < count; i++)
        if (kept == 0 || strcmp(names[kept - 1], names[i]) != 0)
            names[kept++] = names[i];
    return kept;
}

// Lists the classes: folders with texts and empty ones.
static bool settle_classes(struct text_layout *layout, const char *const *empty, size_t num_empty,
                           size_t shared, bool splits, struct error *error)
{
    layout->classes = calloc(layout->num_entries + num_empty + 1, sizeof *layout->classes);
    if (!layout->classes)
        return error_memory(error);
    size_t count = 0;
    for (size_t i = 0; i < layout->num_entries; i++) {
        const struct text_entry *entry = &layout->entries[i];
        // Texts of one class mostly follow each other and share its name.
        if (!entry->is_left_out && entry->class_name[0] != '\0' &&
            (count == 0 || layout->classes[count - 1] != entry->class_name))
            layout->classes[count++] = entry->class_name;
    }
    for (size_t i = 0; count > 0 && i < num_empty; i++) {
        const char *split;
        size_t size;
        const char *name = take_apart(empty[i], strlen(empty[i]), shared, splits, &split, &size);
        const char *copy = arena_copy(&layout->arena, name, size);
        if (!copy)
            return error_memory(error);
        if (size > 0)
            layout->classes[count++] = copy;
    }
    layout->num_classes = unique(layout->classes, count);
    return layout->num_classes <= SCHEMA_MAX_CLASSES ||
           error_set(error, ERROR_LIMIT, "more than %d folders of texts", SCHEMA_MAX_CLASSES);
}

// "123_7.txt": the number of a review and the stars it gives.
static bool is_review_name(const char *member)
{
    const char *base = naming_base(member);
    size_t digits = strspn(base, "0123456789");
    size_t stars = base[digits] == '_' ? strspn(base + digits + 1, "0123456789") : 0;
    return digits > 0 && stars > 0 && strcmp(base + digits + 1 + stars, ".txt") == 0;
}

static bool is_class(const struct text_layout *layout, size_t i, const char *name)
{
    return i < layout->num_classes && strcmp(layout->classes[i], name) == 0;
}

// The reviews of aclImdb: their names, and the folder of those without a label, which are left out.
static void settle_imdb(struct text_layout *layout)
{
    size_t count = layout->num_classes;
    layout->is_imdb = is_class(layout, 0, "neg") && is_class(layout, 1, "pos") &&
                      (count == 2 || (count == 3 && is_class(layout, 2, "unsup")));
    for (size_t i = 0; layout->is_imdb && i < layout->num_entries; i++)
        layout->is_imdb = layout->entries[i].is_left_out || is_review_name(layout->entries[i].name);
    if (!layout->is_imdb || count == 2)
        return;
    layout->num_classes = 2;
    for (size_t i = 0; i < layout->num_entries; i++) {
        struct text_entry *entry = &layout->entries[i];
        if (!entry->is_left_out && strcmp(entry->class_name, "unsup") == 0) {
            entry->is_left_out = true;
            layout->num_unlabelled++;
        }
    }
}

static int by_sample(const void *a, const void *b, void *context)
{
    const struct text_entry *entries = context;
    const struct text_entry *one = &entries[*(const uint32_t *)a];
    const struct text_entry *other = &entries[*(const uint32_t *)b];
    if (one->is_left_out != other->is_left_out)
        return one->is_left_out ? 1 : -1;
    if (one->split != other->split)
        return one->split < other->split ? -1 : 1;
    if (one->class_id != other->class_id)
        return one->class_id < other->class_id ? -1 : 1;
    int names = strcmp(naming_base(one->name), naming_base(other->name));
    return names != 0 ? names : strcmp(one->name, other->name);
}

static bool settle_order(struct text_layout *layout, struct error *error)
{
    layout->order = calloc(layout->num_entries, sizeof *layout->order);
    if (!layout->order)
        return error_memory(error);
    size_t count = 0;
    for (size_t i = 0; i < layout->num_entries; i++) {
        struct text_entry *entry = &layout->entries[i];
        layout->order[i] = (uint32_t)i;
        if (entry->is_left_out)
            continue;
        count++;
        layout->num_samples[entry->split]++;
        if (layout->num_classes == 0)
            continue;
        const char **found = bsearch(&entry->class_name, layout->classes, layout->num_classes,
                                     sizeof *layout->classes, by_path);
        entry->class_id = (uint32_t)(found - layout->classes);
    }
    qsort_r(layout->order, layout->num_entries, sizeof *layout->order, by_sample, layout->entries);
    return count > 0 || error_set(error, ERROR_INPUT, "there is no text, only notes beside");
}

static bool settle(struct text_layout *layout, const char *const *empty, size_t num_empty,
                   struct error *error)
{
    size_t shared = find_shared(layout, empty, num_empty);
    bool splits = has_splits(layout, shared);
    if (!settle_entries(layout, shared, splits, error))
        return false;
    leave_out(layout);
    if (!settle_classes(layout, empty, num_empty, shared, splits, error))
        return false;
    settle_imdb(layout);
    return settle_order(layout, error);
}

// Notes the folders that hold folders of texts.
static bool mark_parents(const struct text_layout *layout, struct marks *parents,
                         struct error *error)
{
    const char *before = "";
    size_t before_size = 0;
    for (size_t i = 0; i < layout->num_entries; i++) {
        const char *name = layout->entries[i].name;
        size_t size = folder_size(name);
        if (size == 0)
            continue;
        do
            size--;
        while (size > 0 && name[size] != '/');
        if (*before && size == before_size && memcmp(name, before, size) == 0)
            continue;
        if (marks_add(parents, name, size) == MARKS_NO_MEMORY)
            return error_memory(error);
        before = name;
        before_size = size;
    }
    return true;
}

// The empty folders that can be classes, those beside folders with texts; copied, since the
// source's own go with its rewinding.
static bool list_empty(struct text_layout *layout, const struct source *source, const char ***list,
                       size_t *count, struct error *error)
{
    size_t all = source_num_empty_folders(source);
    struct marks parents = {.slots = NULL};
    *list = calloc(all + 1, sizeof **list);
    *count = 0;
    bool good = *list ? mark_parents(layout, &parents, error) : error_memory(error);
    for (size_t i = 0; good && i < all; i++) {
        const char *folder = source_empty_folder(source, i);
        if (!marks_has(&parents, folder, folder_size(folder)))
            continue;
        const char *copy = arena_copy(&layout->arena, folder, strlen(folder));
        good = copy || error_memory(error);
        (*list)[(*count)++] = copy;
    }
    marks_clear(&parents);
    return good;
}

static bool take(struct text_layout *layout, struct source *source, struct error *error)
{
    struct source_member member;
    enum source_step step;
    while ((step = source_next(source, &member, error)) == SOURCE_MEMBER)
        if (text_layout_is_text(member.name) && !add(layout, member.name, error))
            return false;
    if (step == SOURCE_FAILED)
        return false;
    if (layout->num_entries == 0)
        return error_set(error, ERROR_INPUT, "there is no text: no file's name ends in .txt");
    const char **empty = NULL;
    size_t num_empty;
    bool good = list_empty(layout, source, &empty, &num_empty, error) &&
                settle(layout, empty, num_empty, error) && source_rewind(source, error);
    free(empty);
    return good;
}

bool text_layout_take(struct text_layout *layout, struct source *source, struct error *error)
{
    *layout = (struct text_layout){.entries = NULL};
    bool good = take(layout, source, error);
    if (!good)
        text_layout_clear(layout);
    return good;
}

void text_layout_clear(struct text_layout *layout)
{
    arena_clear(&layout->arena);
    free(layout->entries);
    free(layout->order);
    free(layout->classes);
    *layout = (struct text_layout){.entries = NULL};
}
