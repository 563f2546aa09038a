// SPDX-License-Identifier: MIT
#include "formats/source_files.h"

#include <stdlib.h>
#include <string.h>

#include "formats/place.h"

static bool is_one(const struct walk_root *root, size_t count)
{
    return root->folder >= 0 && count > SOURCE_FILES_LISTED;
}

static size_t count_of(const struct walk *walk, size_t root)
{
    return walk->roots[root].end - (root > 0 ? walk->roots[root - 1].end : 0);
}

static bool add_folder(struct source_files *files, const struct walk_root *root,
                       struct error *error)
{
    struct source_files_entry *entry = &files->entries[files->count++];
    struct buffer name = BUFFER_INIT;
    buffer_string(&name, place_root_name(root));
    buffer_append(&name, "/", 2);
    size_t size;
    entry->file = entry->folder = buffer_take(&name, &size);
    return entry->folder || error_memory(error);
}

bool source_files_make(struct source_files *files, const struct unpack_input *input,
                       struct error *error)
{
    const struct walk *walk = &input->walk;
    size_t most = 0, i = 0;
    *files = (struct source_files){.input = input};
    for (size_t r = 0; r < walk->num_roots; r++)
        most += is_one(&walk->roots[r], count_of(walk, r)) ? 1 : count_of(walk, r);
    files->entries = calloc(input->name ? 1 : most, sizeof *files->entries);
    if (!files->entries)
        return error_memory(error);
    for (size_t r = 0; r < walk->num_roots; r++) {
        if (!is_one(&walk->roots[r], count_of(walk, r))) {
            for (; i < walk->roots[r].end; i++)
                files->entries[files->count++] = (struct source_files_entry){
                    .file = walk->files[i].name, .bytes = walk->files[i].size};
            continue;
        }
        if (!add_folder(files, &walk->roots[r], error))
            return false;
        for (; i < walk->roots[r].end; i++)
            files->entries[files->count - 1].bytes += walk->files[i].size;
    }
    if (input->name)
        files->entries[files->count++] =
            (struct source_files_entry){.file = input->name, .bytes = input->size};
    return true;
}

// The hash over a folder is that of the lines that sha256sum would print for its files, in the
// order in which they are read.
static void note_in_folder(struct source_files *files, struct source_files_entry *entry,
                           size_t first, size_t end, size_t file, const char *sha256)
{
    const char *name = files->input->walk.files[file].name;
    if (file == first)
        digest_init(&files->digest);
    digest_update(&files->digest, sha256, DIGEST_HEX - 1);
    digest_update(&files->digest, "  ", 2);
    digest_update(&files->digest, name, strlen(name));
    digest_update(&files->digest, "\n", 1);
    if (file + 1 == end)
        digest_hex(&files->digest, entry->sha256);
}

void source_files_note(struct source_files *files, size_t file, const char *sha256)
{
    const struct walk *walk = &files->input->walk;
    struct source_files_entry *entry = files->entries;
    size_t first = 0;
    for (size_t r = 0; r < walk->num_roots && file >= walk->roots[r].end; r++) {
        entry += is_one(&walk->roots[r], count_of(walk, r)) ? 1 : count_of(walk, r);
        first = walk->roots[r].end;
    }
    const struct walk_root *root =
        files->input->name ? NULL : &walk->roots[walk_root_of(walk, file)];
    if (root && is_one(root, root->end - first))
        note_in_folder(files, entry, first, root->end, file, sha256);
    else
        memcpy(entry[file - first].sha256, sha256, DIGEST_HEX);
}

void source_files_reset(struct source_files *files)
{
    for (size_t i = 0; i < files->count; i++)
        files->entries[i].sha256[0] = '\0';
}

void source_files_clear(struct source_files *files)
{
    for (size_t i = 0; i < files->count; i++)
        free(files->entries[i].folder);
    free(files->entries);
    *files = (struct source_files){.entries = NULL};
}
