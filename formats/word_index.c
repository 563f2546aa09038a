// SPDX-License-Identifier: MIT
#include "formats/word_index.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "formats/source.h"
#include "store/writer.h"

enum {
    MAX_BYTES = 16 << 20, // IMDB's has 1.6 MB
    MAX_HOLES = 10000,    // ranks that no word has
    BLOCK = 256 << 10,
};

static bool read_member(struct source *source, struct buffer *text, struct error *error)
{
    int64_t got;
    do {
        char *to = buffer_reserve(text, BLOCK);
        if (!to)
            return error_memory(error);
        got = source_read(source, to, BLOCK, error);
        if (got < 0)
            return false;
        text->size += (size_t)got;
        if (text->size > MAX_BYTES)
            return error_set(error, ERROR_LIMIT,
                             "%s: has more than %d MiB, too many for a word "
                             "index",
                             source_where(source), MAX_BYTES >> 20);
    } while (got == BLOCK);
    return true;
}

// Checks all ranks and puts the words in their order.
static bool sort(struct word_index *index, const char *where, struct error *error)
{
    size_t count = json_object_size(index->root);
    const char *word;
    json_t *value;
    json_object_foreach((json_t *)index->root, word, value)
    {
        json_int_t rank = json_integer_value(value);
        if (!json_is_integer(value) || rank < 1 ||
            (unsigned long long)rank > count + (unsigned long long)MAX_HOLES)
            return error_set(error, ERROR_INPUT,
                             "%s: the rank of \"%.60s\" is no whole number from 1 to %zu, the "
                             "number of words",
                             where, word, count);
        if ((size_t)rank > index->count)
            index->count = (size_t)rank;
    }
    index->words = calloc(index->count ? index->count : 1, sizeof *index->words);
    if (!index->words)
        return error_memory(error);
    json_object_foreach((json_t *)index->root, word, value)
    {
        const char **place = &index->words[json_integer_value(value) - 1];
        if (*place)
            return error_set(error, ERROR_INPUT, "%s: \"%.60s\" and \"%.60s\" have the rank %lld",
                             where, *place, word, (long long)json_integer_value(value));
        *place = word;
    }
    return true;
}

bool word_index_read(struct word_index *index, struct source *source, struct error *error)
{
    const char *where = source_where(source);
    struct buffer text = BUFFER_INIT;
    *index = (struct word_index){.root = NULL};
    bool good = read_member(source, &text, error);
    if (good) {
        json_error_t problem;
        index->root =
            json_loadb(text.size ? text.data : "", text.size, JSON_REJECT_DUPLICATES, &problem);
        if (!index->root && json_error_code(&problem) == json_error_out_of_memory)
            good = error_memory(error);
        else if (!index->root)
            good =
                error_set(error, ERROR_INPUT, "%s: line %d: %s", where, problem.line, problem.text);
        else if (!json_is_object((json_t *)index->root))
            good = error_set(error, ERROR_INPUT,
                             "%s: is no word index, which is an object of words and ranks", where);
    }
    buffer_free(&text);
    good = good && sort(index, where, error);
    if (!good)
        word_index_clear(index);
    return good;
}

bool word_index_write(const struct word_index *index, struct writer *writer, int feature,
                      struct error *error)
{
    for (size_t i = 0; i < index->count; i++) {
        const char *word = index->words[i] ? index->words[i] : "";
        if (!writer_word(writer, feature, word, strlen(word), error))
            return false;
    }
    return true;
}

void word_index_clear(struct word_index *index)
{
    json_decref(index->root);
    free(index->words);
    *index = (struct word_index){.root = NULL};
}
