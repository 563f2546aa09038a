// SPDX-License-Identifier: MIT
#include "formats/naming.h"

#include <string.h>
#include <strings.h>

static const struct {
    const char *word;
    const char *split;
} SPLIT_WORDS[] = {
    {"train", "train"},    {"training", "train"}, {"trainset", "train"}, {"test", "test"},
    {"testing", "test"},   {"testset", "test"},   {"t10k", "test"},      {"val", "val"},
    {"validation", "val"}, {"valid", "val"},      {"dev", "val"},
};

static bool is_word_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (unsigned char)c >= 0x80;
}

size_t naming_word(const char **text, size_t size)
{
    const char *at = *text, *end = at + size;
    while (at < end && !is_word_byte(*at))
        at++;
    *text = at;
    while (at < end && is_word_byte(*at))
        at++;
    return (size_t)(at - *text);
}

const char *naming_split_word(const char *word, size_t size)
{
    for (size_t i = 0; i < sizeof SPLIT_WORDS / sizeof *SPLIT_WORDS; i++)
        if (strlen(SPLIT_WORDS[i].word) == size &&
            strncasecmp(SPLIT_WORDS[i].word, word, size) == 0)
            return SPLIT_WORDS[i].split;
    return NULL;
}

// The first word of a part of a path that speaks of a split.
static const char *split_of_part(const char *part, size_t size)
{
    const char *at = part, *end = part + size;
    size_t length;
    while ((length = naming_word(&at, (size_t)(end - at))) > 0) {
        const char *split = naming_split_word(at, length);
        if (split)
            return split;
        at += length;
    }
    return NULL;
}

const char *naming_split(const char *member)
{
    size_t end = strlen(member);
    for (;;) {
        size_t begin = end;
        while (begin > 0 && member[begin - 1] != '/')
            begin--;
        const char *split = split_of_part(member + begin, end - begin);
        if (split || begin == 0)
            return split;
        end = begin - 1;
    }
}

bool naming_is_label(const char *name)
{
    static const char *const WORDS[] = {"y",       "label",  "labels", "class",
                                        "classes", "target", "targets"};
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        if (strcasecmp(name, WORDS[i]) == 0)
            return true;
    return false;
}

const char *naming_base(const char *member)
{
    const char *slash = strrchr(member, '/');
    return slash ? slash + 1 : member;
}

bool naming_ends_in(const char *member, const char *ending)
{
    size_t size = strlen(member), length = strlen(ending);
    return size >= length && strcasecmp(member + size - length, ending) == 0;
}

bool naming_is_note(const char *member)
{
    static const char *const BEGINNINGS[] = {"readme",  "license",  "licence",
                                             "copying", "citation", "changelog"};
    static const char *const ENDINGS[] = {".md", ".html", ".htm", ".pdf", ".rst"};
    const char *base = naming_base(member);
    for (size_t i = 0; i < sizeof BEGINNINGS / sizeof *BEGINNINGS; i++)
        if (strncasecmp(base, BEGINNINGS[i], strlen(BEGINNINGS[i])) == 0)
            return true;
    for (size_t i = 0; i < sizeof ENDINGS / sizeof *ENDINGS; i++)
        if (naming_ends_in(base, ENDINGS[i]))
            return true;
    return false;
}
