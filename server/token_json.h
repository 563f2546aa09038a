// SPDX-License-Identifier: MIT
// Token features as JSON: {"ids":[1,14,22],"text":"<START> this film"}, with "truncated":true after
// a text that was cut, and null for a text where no words are known.
#ifndef SAMPLECASE_SERVER_TOKEN_JSON_H
#define SAMPLECASE_SERVER_TOKEN_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "store/dataset.h"
#include "store/token_reading.h"

// How one token feature of a split is written.
struct token_json {
    struct dataset *dataset; // borrowed
    int split, feature;
    struct token_reading reading;
    uint64_t max_chars; // of the text; UINT64_MAX for no limit
    int64_t *ids;       // of one sample, owned
    size_t room;        // ids that fit
};

// Begin with the first five members and zeros. Appends one sample's object; the buffer fails when
// memory is short. A sample that cannot be read marks the dataset as damaged (dataset_run).
void token_json_write(struct token_json *tokens, struct buffer *out, uint64_t index);
void token_json_free(struct token_json *tokens);

#endif
