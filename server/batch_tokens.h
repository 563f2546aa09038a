// SPDX-License-Identifier: MIT
// Token ids in a batch: read as the request asks (store/token_reading.h), ragged or as a matrix.
//
// The matrix is what keras.utils.pad_sequences() makes: max_tokens columns (default: the longest
// sample of the batch); a longer sample loses ids at its beginning (truncating=pre, the default) or
// its end (post); a shorter one is filled up with 0 before it (padding=pre, the default) or behind.
#ifndef SAMPLECASE_SERVER_BATCH_TOKENS_H
#define SAMPLECASE_SERVER_BATCH_TOKENS_H

#include "server/batch.h"
#include "store/token_reading.h"

struct batch_tokens {
    struct token_reading reading;
    bool matrix;
    bool pad_behind, cut_behind;
    uint64_t columns; // 0 for the longest sample
};

// What the request asks for. False with the problem.
bool batch_tokens_args(struct batch_tokens *tokens, const struct request *request,
                       struct problem *problem);

// Whether ids are wanted just as they are stored.
bool batch_tokens_as_stored(const struct batch_tokens *tokens);

// The ids of all samples of a batch, one sample after the other. Both arrays are owned.
struct batch_ids {
    int32_t *values;
    int64_t *offsets; // samples + 1
    uint64_t count;   // of values
};

// Reads them; of more than fit into a batch only the beginning. False with the problem.
bool batch_tokens_read(const struct batch_tokens *tokens, const struct batch *batch, int feature,
                       struct batch_ids *ids, struct problem *problem);
void batch_ids_clear(struct batch_ids *ids);

// Makes the matrix, [samples, *columns], which the caller frees; *matrix is NULL when it would be
// too large for a batch. False when memory is short.
bool batch_tokens_matrix(const struct batch_tokens *tokens, const struct batch_ids *ids,
                         uint64_t num_samples, uint64_t *columns, int32_t **matrix);

#endif
