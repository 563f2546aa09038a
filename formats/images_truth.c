// SPDX-License-Identifier: MIT
#include "formats/images_truth.h"

#include <stdlib.h>
#include <string.h>

#include "formats/images_wordnet.h"
#include "formats/naming.h"

static const char PREFIX[] = "ILSVRC2012_val_";

enum { PREFIX_SIZE = sizeof PREFIX - 1, DIGITS = 8 };

// Reads decimal digits; how many there were.
static size_t read_number(const char *text, size_t size, uint32_t *number)
{
    size_t at = 0;
    *number = 0;
    while (at < size && at < DIGITS && text[at] >= '0' && text[at] <= '9')
        *number = *number * 10 + (uint32_t)(text[at++] - '0');
    return at;
}

// The number of a picture by the beginning of a text; 0 for none.
static uint32_t read_picture(const char *text, size_t size)
{
    uint32_t number = 0;
    if (size < PREFIX_SIZE + DIGITS || memcmp(text, PREFIX, PREFIX_SIZE) != 0 ||
        read_number(text + PREFIX_SIZE, DIGITS, &number) != DIGITS || number > IMAGES_TRUTH_MAX)
        return 0;
    return number;
}

static bool make_table(uint32_t **table, size_t count, struct error *error)
{
    if (!*table)
        *table = calloc(count, sizeof **table);
    return *table || error_memory(error);
}

// The next line, without its end; false after the last.
static bool next_line(const char **text, size_t *size, const char **line, size_t *length)
{
    if (*size == 0)
        return false;
    const char *end = memchr(*text, '\n', *size);
    *line = *text;
    *length = end ? (size_t)(end - *text) : *size;
    size_t used = end ? *length + 1 : *length;
    *text += used;
    *size -= used;
    return true;
}

bool images_truth_add_ids(struct images_truth *truth, const char *text, size_t size,
                          struct error *error)
{
    const char *line;
    size_t length;
    if (!make_table(&truth->ids, IMAGES_TRUTH_MAX, error))
        return false;
    truth->num_ids = 0;
    while (truth->num_ids < IMAGES_TRUTH_MAX && next_line(&text, &size, &line, &length)) {
        uint32_t id;
        read_number(line, length, &id);
        truth->ids[truth->num_ids++] = id < IMAGES_TRUTH_IDS ? id : 0;
    }
    return true;
}

bool images_truth_add_solution(struct images_truth *truth, const char *text, size_t size,
                               struct error *error)
{
    const char *line;
    size_t length;
    if (!make_table(&truth->synsets, IMAGES_TRUTH_MAX, error))
        return false;
    truth->num_synsets = IMAGES_TRUTH_MAX;
    while (next_line(&text, &size, &line, &length)) {
        uint32_t number = read_picture(line, length), synset;
        size_t at = PREFIX_SIZE + DIGITS + 1;
        if (number > 0 && length > at && line[at - 1] == ',' &&
            images_wordnet_number(line + at, length - at, &synset))
            truth->synsets[number - 1] = synset;
    }
    return true;
}

bool images_truth_add_id(struct images_truth *truth, uint32_t id, uint32_t synset,
                         struct error *error)
{
    if (!make_table(&truth->of_id, IMAGES_TRUTH_IDS, error))
        return false;
    if (id < IMAGES_TRUTH_IDS)
        truth->of_id[id] = synset;
    return true;
}

bool images_truth_find(const struct images_truth *truth, const char *member, uint32_t *synset)
{
    const char *base = naming_base(member);
    uint32_t number = read_picture(base, strlen(base));
    *synset = 0;
    if (number == 0)
        return false;
    if (number <= truth->num_synsets)
        *synset = truth->synsets[number - 1];
    if (*synset == 0 && number <= truth->num_ids && truth->of_id)
        *synset = truth->of_id[truth->ids[number - 1]];
    return true;
}

void images_truth_clear(struct images_truth *truth)
{
    free(truth->ids);
    free(truth->synsets);
    free(truth->of_id);
    *truth = (struct images_truth){.ids = NULL};
}
