// SPDX-License-Identifier: MIT
#include "server/word_texts.h"

#include <stdlib.h>

#include "base/buffer.h"
#include "encode/json.h"

enum { MAX_WORDS = 1 << 22 };

// What is kept: as many as the dataset has features.
struct companion {
    size_t count;
    struct word_texts texts[];
};

static void drop(void *kept)
{
    struct companion *companion = kept;
    for (size_t i = 0; i < companion->count; i++) {
        free(companion->texts[i].text);
        free(companion->texts[i].starts);
        free(companion->texts[i].chars);
    }
    free(companion);
}

static uint32_t count_chars(const char *word, size_t size)
{
    uint32_t count = 0;
    for (size_t i = 0; i < size; i++)
        count += ((unsigned char)word[i] & 0xc0) != 0x80; // all bytes of a character but the first
    return count;
}

static bool render(struct dataset *dataset, int feature, struct word_texts *texts)
{
    struct buffer out = BUFFER_INIT;
    uint32_t count = (uint32_t)dataset_schema(dataset)->features[feature].num_words;
    texts->starts = calloc(count + (size_t)1, sizeof *texts->starts);
    texts->chars = calloc(count, sizeof *texts->chars);
    bool ok = texts->starts && texts->chars;
    for (uint32_t i = 0; ok && i < count; i++) {
        size_t size = 0;
        const char *word = dataset_word(dataset, feature, i + (uint64_t)1, &size);
        if (word)
            json_write_escaped(&out, word, size);
        texts->chars[i] = count_chars(word, size);
        texts->starts[i + 1] = out.size;
    }
    ok = ok && !out.failed;
    texts->text = buffer_take(&out, &(size_t){0});
    texts->num_words = count;
    return ok;
}

static void *make(struct dataset *dataset)
{
    const struct schema *schema = dataset_schema(dataset);
    struct companion *companion =
        calloc(1, sizeof *companion + schema->num_features * sizeof companion->texts[0]);
    if (!companion)
        return NULL;
    companion->count = schema->num_features;
    for (size_t i = 0; i < schema->num_features; i++) {
        uint64_t num_words = schema->features[i].num_words;
        if (num_words > 0 && num_words <= MAX_WORDS &&
            !render(dataset, (int)i, &companion->texts[i])) {
            drop(companion);
            return NULL;
        }
    }
    return companion;
}

const struct word_texts *word_texts_of(struct dataset *dataset, int feature)
{
    struct companion *companion = dataset_companion(dataset, make, drop);
    return companion ? &companion->texts[feature] : NULL;
}
