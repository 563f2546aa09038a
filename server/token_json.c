// SPDX-License-Identifier: MIT
#include "server/token_json.h"

#include <stdlib.h>

#include "encode/decimal.h"
#include "server/text_json.h"
#include "server/word_texts.h"

// Room for the ids of a sample; false when memory is short.
static bool make_room(struct token_json *tokens, uint64_t count)
{
    if (count < tokens->room)
        return true;
    if (count >= SIZE_MAX / 2 / sizeof *tokens->ids)
        return false;
    size_t room = 2 * (size_t)count + 256;
    int64_t *ids = realloc(tokens->ids, room * sizeof *ids);
    if (!ids)
        return false;
    tokens->ids = ids;
    tokens->room = room;
    return true;
}

static void write_ids(struct buffer *out, const int64_t *ids, size_t count)
{
    enum { LONGEST = 21 }; // -9223372036854775808 and a comma
    char *to = buffer_reserve(out, count * LONGEST + DECIMAL_MAX);
    if (!to)
        return;
    char *at = to;
    for (size_t i = 0; i < count; i++) {
        at += decimal_int(at, ids[i]);
        *at++ = ',';
    }
    out->size += (size_t)(at - to) - (count > 0);
}

// What surely fits is copied, already escaped.
static bool copy(struct text_json *text, const char *escaped, size_t size, uint64_t chars)
{
    if (chars > text->left)
        return false;
    buffer_append(text->out, escaped, size);
    text->left -= chars;
    return true;
}

// Adds a word, or what stands for it; false when the text was cut.
static bool add_word(struct text_json *text, const struct token_json *tokens,
                     const struct word_texts *texts, int64_t id)
{
    int64_t rank = 0;
    size_t size = 0;
    const char *word = token_reading_name(&tokens->reading, id, &rank);
    if (word) {
        size = strlen(word);
        return copy(text, word, size, size) || text_json_add(text, word, size);
    }
    if (rank > 0 && rank <= texts->num_words) {
        size_t start = texts->starts[rank - 1];
        size = texts->starts[rank] - start;
        if (size > 0 && copy(text, texts->text + start, size, texts->chars[rank - 1]))
            return true;
    }
    if (rank > 0)
        word = dataset_word(tokens->dataset, tokens->feature, (uint64_t)rank, &size);
    return word && size > 0 ? text_json_add(text, word, size)
                            : text_json_add(text, TOKEN_UNKNOWN, sizeof TOKEN_UNKNOWN - 1);
}

// Returns whether the text was cut.
static bool write_text(struct buffer *out, const struct token_json *tokens,
                       const struct word_texts *texts, size_t count)
{
    struct text_json text;
    bool more = true;
    text_json_begin(&text, out, tokens->max_chars);
    for (size_t i = 0; i < count && more; i++) {
        if (i > 0)
            more = copy(&text, " ", 1, 1) || text_json_add(&text, " ", 1);
        more = more && add_word(&text, tokens, texts, tokens->ids[i]);
    }
    return text_json_end(&text);
}

void token_json_write(struct token_json *tokens, struct buffer *out, uint64_t index)
{
    uint64_t size;
    const int32_t *run =
        dataset_run(tokens->dataset, tokens->split, tokens->feature, index, &size);
    if (!run || !make_room(tokens, size)) {
        out->failed = out->failed || run;
        return;
    }
    size_t count = token_reading_apply(&tokens->reading, run, (size_t)size, tokens->ids);
    buffer_string(out, "{\"ids\":[");
    write_ids(out, tokens->ids, count);
    buffer_string(out, "],\"text\":");
    if (dataset_schema(tokens->dataset)->features[tokens->feature].num_words == 0) {
        buffer_string(out, "null}");
        return;
    }
    const struct word_texts *texts = word_texts_of(tokens->dataset, tokens->feature);
    if (!texts)
        out->failed = true;
    else
        buffer_string(out, write_text(out, tokens, texts, count) ? ",\"truncated\":true}" : "}");
}

void token_json_free(struct token_json *tokens)
{
    free(tokens->ids);
    tokens->ids = NULL;
}
