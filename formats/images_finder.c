// SPDX-License-Identifier: MIT
#include "formats/images_finder.h"

#include "formats/images_kind.h"
#include "formats/naming.h"
#include "formats/source.h"

void images_finder_restart(struct images_finder *finder)
{
    finder->unlabelled.size = 0;
    images_tree_restart(&finder->tree);
}

// Whether the folder of a member is called as a synset is.
static bool lies_in_synset(const char *member)
{
    enum { WNID = 9 };
    const char *base = naming_base(member);
    uint32_t number;
    return base - member > WNID && base[-1] == '/' && // "n01440764/"
           (base - member == WNID + 1 || base[-WNID - 2] == '/') &&
           images_wordnet_number(base - WNID - 1, WNID, &number);
}

// The folder of a synset below that of the member.
static size_t folder_of_synset(struct images_finder *finder, const char *member, uint32_t synset,
                               bool *moved, struct error *error)
{
    const char *base = naming_base(member);
    struct buffer name = BUFFER_INIT;
    buffer_append(&name, member, (size_t)(base - member));
    buffer_printf(&name, "n%08u/%s", synset, base);
    const char *text = buffer_text(&name);
    size_t folder = SIZE_MAX;
    if (text)
        folder = images_tree_folder(&finder->tree, text, moved, error);
    else
        error_memory(error);
    buffer_free(&name);
    return folder;
}

size_t images_finder_folder(struct images_finder *finder, const char *member, bool *moved,
                            struct error *error)
{
    uint32_t synset;
    if (lies_in_synset(member) || !images_truth_find(&finder->lists.truth, member, &synset))
        return images_tree_folder(&finder->tree, member, moved, error);
    if (synset > 0)
        return folder_of_synset(finder, member, synset, moved, error);
    if (finder->unlabelled.size == 0)
        buffer_string(&finder->unlabelled, member);
    if (buffer_text(&finder->unlabelled))
        return images_tree_folder(&finder->tree, member, moved, error);
    error_memory(error);
    return SIZE_MAX;
}

bool images_finder_list(struct images_finder *finder, struct source *source, const char *member,
                        bool *moved, struct error *error)
{
    uint32_t synset;
    if (!images_lists_read(&finder->lists, source, member, error))
        return false;
    if (finder->unlabelled.size > 0 &&
        images_truth_find(&finder->lists.truth, finder->unlabelled.data, &synset) && synset > 0)
        *moved = true;
    return true;
}

bool images_finder_complete(struct images_finder *finder, const struct source *source, bool *moved,
                            struct error *error)
{
    for (size_t i = 0; i < source_num_empty_folders(source); i++)
        if (!images_tree_empty_folder(&finder->tree, source_empty_folder(source, i), error))
            return false;
    return images_tree_review(&finder->tree, moved, error);
}

bool images_finder_look(struct images_finder *finder, struct source *source, struct error *error)
{
    struct source_member member;
    enum source_step step;
    bool ignored = false;
    while ((step = source_next(source, &member, error)) == SOURCE_MEMBER)
        if (images_kind_is_in_tree(images_kind_of(member.name, member.head, member.head_size)) &&
            images_finder_folder(finder, member.name, &ignored, error) == SIZE_MAX)
            return false;
    return step != SOURCE_FAILED && images_finder_complete(finder, source, &ignored, error);
}

void images_finder_clear(struct images_finder *finder)
{
    images_tree_clear(&finder->tree);
    images_lists_clear(&finder->lists);
    buffer_free(&finder->unlabelled);
}
