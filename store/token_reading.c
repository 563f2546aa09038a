// SPDX-License-Identifier: MIT
#include "store/token_reading.h"

enum { RESERVED = 4 };

struct token_reading token_reading_plain(const struct token_arguments *arguments)
{
    int64_t shift = arguments->index_from;
    return (struct token_reading){
        .has_start = arguments->has_start,
        .has_oov = arguments->has_oov,
        .start_char = arguments->start_char,
        .oov_char = arguments->oov_char,
        .index_from = shift,
        .least = arguments->skip_top ? shift + arguments->skip_top + 1 : INT64_MIN,
        .end = arguments->num_words ? shift + arguments->num_words + 1 : INT64_MAX,
        .most = arguments->maxlen ? arguments->maxlen : UINT64_MAX,
    };
}

struct token_reading token_reading_keras(const struct token_arguments *arguments,
                                         int64_t num_words)
{
    return (struct token_reading){
        .has_start = arguments->has_start,
        .has_oov = arguments->has_oov,
        .start_may_fall = true,
        .start_char = arguments->start_char,
        .oov_char = arguments->oov_char,
        .index_from = arguments->index_from,
        .least = arguments->skip_top,
        .end = num_words,
        .most = UINT64_MAX,
    };
}

static bool passes(const struct token_reading *reading, int64_t id)
{
    return reading->least <= id && id < reading->end;
}

size_t token_reading_apply(const struct token_reading *reading, const int32_t *stored, size_t count,
                           int64_t *out)
{
    size_t written = 0;
    if (reading->has_start && (!reading->start_may_fall || passes(reading, reading->start_char)))
        out[written++] = reading->start_char;
    else if (reading->has_start && reading->has_oov)
        out[written++] = reading->oov_char;
    for (size_t i = 0; i < count && written < reading->most; i++) {
        int64_t id = stored[i] + reading->index_from;
        if (passes(reading, id))
            out[written++] = id;
        else if (reading->has_oov)
            out[written++] = reading->oov_char;
    }
    return written;
}

const char *token_reading_name(const struct token_reading *reading, int64_t id, int64_t *rank)
{
    static const char *const NAMES[RESERVED] = {"<PAD>", "<START>", TOKEN_UNKNOWN, "<UNUSED>"};
    if (reading->has_start && id == reading->start_char)
        return NAMES[1];
    if (reading->has_oov && id == reading->oov_char)
        return TOKEN_UNKNOWN;
    if (id >= 0 && id < RESERVED && id <= reading->index_from)
        return NAMES[id];
    *rank = id - reading->index_from;
    return NULL;
}
