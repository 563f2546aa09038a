// SPDX-License-Identifier: MIT
#include "server/vocabulary.h"

#include <stdlib.h>
#include <string.h>

// What is kept: as many as the dataset has features; zeros for what has no words.
struct companion {
    size_t count;
    struct vocabulary vocabularies[];
};

// A word for the time of sorting.
struct entry {
    const char *word;
    uint32_t size, rank;
};

static void drop(void *kept)
{
    struct companion *companion = kept;
    for (size_t i = 0; i < companion->count; i++) {
        free(companion->vocabularies[i].counts);
        free(companion->vocabularies[i].by_word);
    }
    free(companion);
}

static int compare(const char *a, size_t a_size, const char *b, size_t b_size)
{
    int order = memcmp(a, b, a_size < b_size ? a_size : b_size);
    return order != 0 ? order : (a_size > b_size) - (a_size < b_size);
}

static int compare_entries(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    return compare(x->word, x->size, y->word, y->size);
}

static struct entry entry_of(struct dataset *dataset, int feature, uint32_t rank)
{
    size_t size = 0;
    const char *word = dataset_word(dataset, feature, rank, &size);
    return (struct entry){.word = word ? word : "", .size = (uint32_t)size, .rank = rank};
}

static bool sort_words(struct dataset *dataset, int feature, struct vocabulary *vocabulary)
{
    struct entry *entries = malloc(vocabulary->num_words * sizeof *entries);
    vocabulary->by_word = malloc(vocabulary->num_words * sizeof *vocabulary->by_word);
    bool ok = entries && vocabulary->by_word;
    for (uint32_t i = 0; ok && i < vocabulary->num_words; i++)
        entries[i] = entry_of(dataset, feature, i + 1);
    if (ok)
        qsort(entries, vocabulary->num_words, sizeof *entries, compare_entries);
    for (uint32_t i = 0; ok && i < vocabulary->num_words; i++)
        vocabulary->by_word[i] = entries[i].rank;
    free(entries);
    return ok;
}

static bool count_words(const struct dataset *dataset, int feature, struct vocabulary *vocabulary)
{
    vocabulary->counts = calloc(vocabulary->num_words, sizeof *vocabulary->counts);
    for (size_t split = 0; vocabulary->counts && split < dataset_schema(dataset)->num_splits;
         split++) {
        const struct array *values = dataset_array(dataset, (int)split, feature);
        const int32_t *ids = (const int32_t *)(const void *)values->rows;
        for (uint64_t i = 0; i < values->num_rows; i++)
            if (ids[i] > 0 && (uint32_t)ids[i] <= vocabulary->num_words)
                vocabulary->counts[ids[i] - 1]++;
    }
    return vocabulary->counts;
}

static void *make(struct dataset *dataset)
{
    const struct schema *schema = dataset_schema(dataset);
    struct companion *companion =
        calloc(1, sizeof *companion + schema->num_features * sizeof companion->vocabularies[0]);
    if (!companion)
        return NULL;
    companion->count = schema->num_features;
    for (size_t i = 0; i < schema->num_features; i++) {
        struct vocabulary *vocabulary = &companion->vocabularies[i];
        vocabulary->num_words = (uint32_t)schema->features[i].num_words; // SCHEMA_MAX_WORDS
        if (vocabulary->num_words > 0 && (!count_words(dataset, (int)i, vocabulary) ||
                                          !sort_words(dataset, (int)i, vocabulary))) {
            drop(companion);
            return NULL;
        }
    }
    return companion;
}

const struct vocabulary *vocabulary_of(struct dataset *dataset, int feature)
{
    struct companion *companion = dataset_companion(dataset, make, drop);
    return companion ? &companion->vocabularies[feature] : NULL;
}

// The first place whose word is not less than the prefix, or with `past`, is greater than all that
// begin with it.
static uint32_t bisect(struct dataset *dataset, int feature, const struct vocabulary *vocabulary,
                       const char *prefix, bool past)
{
    size_t size = strlen(prefix);
    uint32_t low = 0, high = vocabulary->num_words;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        struct entry entry = entry_of(dataset, feature, vocabulary->by_word[middle]);
        size_t head = past && entry.size > size ? size : entry.size;
        int order = compare(entry.word, head, prefix, size);
        if (order < 0 || (past && order == 0))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void vocabulary_find(struct dataset *dataset, int feature, const struct vocabulary *vocabulary,
                     const char *prefix, uint32_t *from, uint32_t *to)
{
    *from = bisect(dataset, feature, vocabulary, prefix, false);
    *to = bisect(dataset, feature, vocabulary, prefix, true);
}
