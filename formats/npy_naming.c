// SPDX-License-Identifier: MIT
#include "formats/npy_naming.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "formats/naming.h"

// The last word of a text of that many bytes; its length, or 0.
static size_t last_word(const char *text, size_t size, const char **word)
{
    const char *at = text, *end = text + size;
    size_t length, found = 0;
    for (; (length = naming_word(&at, (size_t)(end - at))) > 0; at += length) {
        *word = at;
        found = length;
    }
    return found;
}

// The split that the first or the last word of a part of a path names; *begin and *size are what is
// left of the part without it.
static const char *split_of(const char **begin, size_t *size)
{
    const char *first = *begin, *last = *begin, *end = *begin + *size;
    size_t length = naming_word(&first, *size);
    if (length == 0)
        return NULL;
    const char *split = naming_split_word(first, length);
    if (split) {
        *begin = first + length;
        naming_word(begin, (size_t)(end - *begin));
        *size = (size_t)(end - *begin);
        return split;
    }
    length = last_word(*begin, *size, &last);
    split = naming_split_word(last, length);
    if (!split)
        return NULL;
    *size = (size_t)(last - *begin);
    while (*size > 0 && strchr("_-. ", (*begin)[*size - 1]))
        --*size;
    return split;
}

// The length of a part of a path without its ending.
static size_t stem(const char *part, size_t size, const char *ending)
{
    size_t length = strlen(ending);
    return size > length && strncasecmp(part + size - length, ending, length) == 0 ? size - length
                                                                                   : size;
}

bool npy_naming_split(const char *member, struct npy_name *name)
{
    const char *base = naming_base(member);
    size_t size = stem(base, strlen(base), ".npy");
    name->split = split_of(&base, &size);
    name->feature = strndup(base, size);
    const char *end = naming_base(member);
    while (!name->split && end > member) {
        const char *part = --end; // at the '/'
        while (part > member && part[-1] != '/')
            part--;
        const char *begin = part;
        size = stem(part, (size_t)(end - part), ".npz");
        name->split = split_of(&begin, &size);
        end = part;
    }
    if (!name->split)
        name->split = "all";
    return name->feature;
}

static bool is_one_of(const char *text, size_t size, const char *const *words)
{
    for (; *words; words++)
        if (strlen(*words) == size && strncasecmp(text, *words, size) == 0)
            return true;
    return false;
}

bool npy_naming_is_general(const char *feature)
{
    static const char *const WORDS[] = {"",         "x",     "data",   "input", "inputs", "feature",
                                        "features", "value", "values", "arr_0", NULL};
    return is_one_of(feature, strlen(feature), WORDS);
}

bool npy_naming_is_target(const char *feature)
{
    static const char *const WORDS[] = {"y",       "label", "labels",  "target",
                                        "targets", "class", "classes", NULL};
    const char *word = feature;
    size_t size = last_word(feature, strlen(feature), &word);
    return is_one_of(word, size, WORDS);
}

char *npy_naming_usual(const char *feature)
{
    static const char *const IMAGES[] = {"images", "image", "imgs", "img", NULL};
    static const char *const LABELS[] = {"labels", "label", NULL};
    const char *word = feature;
    size_t size = last_word(feature, strlen(feature), &word);
    const char *usual = is_one_of(word, size, IMAGES)   ? "image"
                        : is_one_of(word, size, LABELS) ? "label"
                                                        : NULL;
    if (!usual || word[size] != '\0')
        return strdup(feature);
    size_t before = (size_t)(word - feature);
    char *name = malloc(before + strlen(usual) + 1);
    if (!name)
        return NULL;
    memcpy(name, feature, before);
    strcpy(name + before, usual);
    return name;
}
