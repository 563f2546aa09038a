// SPDX-License-Identifier: MIT
#include "formats/images_lists.h"

#include <string.h>
#include <strings.h>

#include "base/buffer.h"
#include "formats/mat_struct.h"
#include "formats/naming.h"
#include "formats/source.h"

enum { MAX_BYTES = 8 << 20, BLOCK = 64 << 10 };

typedef bool read_text(struct images_lists *lists, const char *text, size_t size,
                       struct error *error);

static bool read_names(struct images_lists *lists, const char *text, size_t size,
                       struct error *error)
{
    return images_wordnet_add(&lists->wordnet, text, size, error);
}

static bool read_ids(struct images_lists *lists, const char *text, size_t size, struct error *error)
{
    return images_truth_add_ids(&lists->truth, text, size, error);
}

static bool read_solution(struct images_lists *lists, const char *text, size_t size,
                          struct error *error)
{
    return images_truth_add_solution(&lists->truth, text, size, error);
}

static const struct {
    const char *name;
    read_text *read; // NULL for the development kit's meta.mat
} LISTS[] = {
    {"LOC_synset_mapping.txt", read_names},
    {"words.txt", read_names},
    {"synsets.txt", read_names},
    {"synset_words.txt", read_names},
    {"imagenet_class_index.json", read_names},
    {"ILSVRC2012_validation_ground_truth.txt", read_ids},
    {"LOC_val_solution.csv", read_solution},
    {"meta.mat", NULL},
};

enum { NUM_LISTS = sizeof LISTS / sizeof *LISTS };

static size_t find(const char *member)
{
    size_t i = 0;
    while (i < NUM_LISTS && strcasecmp(naming_base(member), LISTS[i].name) != 0)
        i++;
    return i;
}

bool images_lists_has(const char *member)
{
    return find(member) < NUM_LISTS;
}

// The development kit's synsets: their numbers in the challenge, in WordNet, and their words.
static bool take_synsets(struct images_lists *lists, const struct mat_struct *synsets,
                         struct error *error)
{
    for (size_t i = 0; i < mat_struct_count(synsets); i++) {
        size_t count;
        const char *wnid = mat_struct_text(synsets, i, "WNID");
        const char *words = mat_struct_text(synsets, i, "words");
        const double *id = mat_struct_numbers(synsets, i, "ILSVRC2012_ID", &count);
        uint32_t number;
        if (!wnid || !images_wordnet_number(wnid, strlen(wnid), &number))
            continue;
        if (id && count == 1 && *id >= 1 && *id < IMAGES_TRUTH_IDS &&
            !images_truth_add_id(&lists->truth, (uint32_t)*id, number, error))
            return false;
        if (words &&
            !images_wordnet_add_words(&lists->wordnet, number, words, strlen(words), error))
            return false;
    }
    return true;
}

static bool read_meta(struct images_lists *lists, struct source *source, struct error *error)
{
    struct error own = ERROR_INIT;
    struct mat_struct *synsets = mat_struct_read(source, "synsets", &own);
    if (!synsets)
        return own.kind == ERROR_INPUT || own.kind == ERROR_LIMIT ||
               error_set(error, own.kind, "%s", own.text);
    bool good = take_synsets(lists, synsets, error);
    mat_struct_free(synsets);
    return good;
}

bool images_lists_read(struct images_lists *lists, struct source *source, const char *member,
                       struct error *error)
{
    size_t list = find(member);
    if (!LISTS[list].read)
        return read_meta(lists, source, error);
    struct buffer text = BUFFER_INIT;
    int64_t got = 0;
    do {
        char *to = buffer_reserve(&text, BLOCK);
        got = to ? source_read(source, to, BLOCK, error) : -1;
        if (got > 0)
            text.size += (size_t)got;
    } while (got == BLOCK && text.size <= MAX_BYTES);
    bool good = got >= 0 || (text.failed && error_memory(error));
    if (good && text.size <= MAX_BYTES)
        good = LISTS[list].read(lists, text.data, text.size, error);
    buffer_free(&text);
    return good;
}

void images_lists_clear(struct images_lists *lists)
{
    images_wordnet_clear(&lists->wordnet);
    images_truth_clear(&lists->truth);
}
