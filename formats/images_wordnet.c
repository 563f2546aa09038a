// SPDX-License-Identifier: MIT
#include "formats/images_wordnet.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

enum { WNID = 9 }; // 'n' and 8 digits

bool images_wordnet_number(const char *text, size_t size, uint32_t *number)
{
    if (size < WNID || text[0] != 'n')
        return false;
    *number = 0;
    for (size_t i = 1; i < WNID; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        *number = *number * 10 + (uint32_t)(text[i] - '0');
    }
    return true;
}

static bool add(struct images_wordnet *wordnet, uint32_t number, const char *name, size_t size,
                struct error *error)
{
    if (size == 0 || text_utf8_prefix(name, size) != size || memchr(name, '\0', size))
        return true;
    if (wordnet->count == wordnet->capacity) {
        size_t capacity = wordnet->capacity ? wordnet->capacity * 2 : 1024;
        struct images_synset *synsets = realloc(wordnet->synsets, capacity * sizeof *synsets);
        if (!synsets)
            return error_memory(error);
        wordnet->synsets = synsets;
        wordnet->capacity = capacity;
    }
    char *copy = arena_copy(&wordnet->arena, name, size);
    if (!copy)
        return error_memory(error);
    for (size_t i = 0; i < size; i++) // Keras writes "great_white_shark"
        if (copy[i] == '_')
            copy[i] = ' ';
    wordnet->synsets[wordnet->count] =
        (struct images_synset){number, (uint32_t)wordnet->count, copy};
    wordnet->count++;
    wordnet->is_sorted = false;
    return true;
}

bool images_wordnet_add_words(struct images_wordnet *wordnet, uint32_t number, const char *words,
                              size_t size, struct error *error)
{
    const char *comma = memchr(words, ',', size);
    if (comma)
        size = (size_t)(comma - words);
    while (size > 0 && (words[size - 1] == ' ' || words[size - 1] == '\r'))
        size--;
    while (size > 0 && *words == ' ') {
        words++;
        size--;
    }
    return add(wordnet, number, words, size, error);
}

static bool add_line(struct images_wordnet *wordnet, const char *line, size_t size,
                     struct error *error)
{
    uint32_t number;
    if (!images_wordnet_number(line, size, &number) || size == WNID ||
        (line[WNID] != ' ' && line[WNID] != '\t'))
        return true;
    return images_wordnet_add_words(wordnet, number, line + WNID + 1, size - WNID - 1, error);
}

static bool add_index(struct images_wordnet *wordnet, json_t *index, struct error *error)
{
    const char *key;
    json_t *pair;
    json_object_foreach(index, key, pair)
    {
        const json_t *wnid = json_array_get(pair, 0), *name = json_array_get(pair, 1);
        uint32_t number;
        if (json_is_string(wnid) && json_is_string(name) && json_string_length(wnid) == WNID &&
            images_wordnet_number(json_string_value(wnid), WNID, &number) &&
            !add(wordnet, number, json_string_value(name), json_string_length(name), error))
            return false;
    }
    return true;
}

bool images_wordnet_add(struct images_wordnet *wordnet, const char *text, size_t size,
                        struct error *error)
{
    if (size > 0 && text[0] == '{') {
        json_t *index = json_loadb(text, size, JSON_REJECT_DUPLICATES, NULL);
        bool good = add_index(wordnet, index, error);
        json_decref(index);
        return good;
    }
    const char *end = text + size;
    while (text < end) {
        const char *newline = memchr(text, '\n', (size_t)(end - text));
        size_t length = newline ? (size_t)(newline - text) : (size_t)(end - text);
        if (!add_line(wordnet, text, length, error))
            return false;
        text += length + 1;
    }
    return true;
}

static int by_number(const void *a, const void *b)
{
    const struct images_synset *left = a, *right = b;
    return (left->number > right->number) - (left->number < right->number);
}

static int by_number_and_order(const void *a, const void *b)
{
    const struct images_synset *left = a, *right = b;
    int order = by_number(a, b);
    return order ? order : (left->order > right->order) - (left->order < right->order);
}

// Sorts; of several names for one synset the first added stays.
static void sort(struct images_wordnet *wordnet)
{
    struct images_synset *synsets = wordnet->synsets;
    size_t kept = 0;
    if (wordnet->count > 1)
        qsort(synsets, wordnet->count, sizeof *synsets, by_number_and_order);
    for (size_t i = 0; i < wordnet->count; i++)
        if (kept == 0 || synsets[kept - 1].number != synsets[i].number)
            synsets[kept++] = synsets[i];
    wordnet->count = kept;
    wordnet->is_sorted = true;
}

const char *images_wordnet_name(struct images_wordnet *wordnet, const char *folder)
{
    struct images_synset key = {.name = NULL};
    if (!images_wordnet_number(folder, strlen(folder), &key.number) || folder[WNID] != '\0' ||
        wordnet->count == 0)
        return NULL;
    if (!wordnet->is_sorted)
        sort(wordnet);
    const struct images_synset *found =
        bsearch(&key, wordnet->synsets, wordnet->count, sizeof key, by_number);
    return found ? found->name : NULL;
}

void images_wordnet_clear(struct images_wordnet *wordnet)
{
    arena_clear(&wordnet->arena);
    free(wordnet->synsets);
    *wordnet = (struct images_wordnet){.synsets = NULL};
}
