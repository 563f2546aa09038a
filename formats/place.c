// SPDX-License-Identifier: MIT
#include "formats/place.h"

#include <string.h>
#include <strings.h>

const char *place_root_name(const struct walk_root *root)
{
    const char *path = root->place ? root->place : root->path;
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

struct place place_of(const struct unpack_input *input, size_t i)
{
    struct place place = {.file = unpack_file_name(input, i), .is_alone = true};
    if (input->name)
        return place;
    const struct walk *walk = &input->walk;
    const struct walk_root *root = &walk->roots[walk_root_of(walk, i)];
    place.is_alone = walk->num_roots == 1 && root->folder < 0;
    if (walk->num_roots > 1 && root->folder >= 0)
        place.root = place_root_name(root);
    return place;
}

// The length of an archive's name without what says that it is one.
static size_t stem_size(const char *name)
{
    static const char *const ENDINGS[] = {".tar.gz", ".tgz", ".tar", ".zip"};
    size_t size = strlen(name);
    for (size_t i = 0; i < sizeof ENDINGS / sizeof *ENDINGS; i++) {
        size_t ending = strlen(ENDINGS[i]);
        if (size > ending && strcasecmp(name + size - ending, ENDINGS[i]) == 0)
            return size - ending;
    }
    return size;
}

static void add_stem(struct buffer *name, const char *archive)
{
    buffer_append(name, archive, stem_size(archive));
    buffer_byte(name, '/');
}

const char *place_name(const struct place *place, struct buffer *name, struct error *error)
{
    name->size = 0;
    if (place->root)
        buffer_printf(name, "%s/", place->root);
    if (place->entry && !place->is_alone)
        add_stem(name, place->file);
    if (place->archive)
        add_stem(name, place->archive);
    buffer_string(name, place->entry ? place->entry : place->file);
    const char *text = buffer_text(name);
    if (!text)
        error_memory(error);
    return text;
}

const char *place_where(const struct place *place, struct buffer *where, struct error *error)
{
    where->size = 0;
    if (place->root)
        buffer_printf(where, "%s/", place->root);
    buffer_string(where, place->file);
    if (place->archive)
        buffer_printf(where, ": %s", place->archive);
    if (place->entry)
        buffer_printf(where, ": %s", place->entry);
    const char *text = buffer_text(where);
    if (!text)
        error_memory(error);
    return text;
}
