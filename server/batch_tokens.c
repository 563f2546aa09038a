// SPDX-License-Identifier: MIT
#include "server/batch_tokens.h"

#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "server/token_args.h"

enum { MOST_IDS = BATCH_MAX_BYTES / sizeof(int32_t) };

static bool is_choice(const struct request *request, const char *name, const char *choice)
{
    const struct value *value = request_value(request, name);
    return value->text && strcmp(value->text, choice) == 0;
}

// Padding is about token ids: without any it would be silently without effect.
static bool check_has_tokens(const struct request *request, struct problem *problem)
{
    static const char *const NAMES[] = {"padding", "truncating", "max_tokens"};
    const struct schema *schema = request->schema;
    for (size_t i = 0; i < schema->num_features; i++)
        if (schema->features[i].kind == FEATURE_TOKENS)
            return true;
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++)
        if (request_value(request, NAMES[i])->given)
            return problem_parameter(problem, PROBLEM_INVALID_PARAMETER, NAMES[i],
                                     "%s is about token ids, and %s has no token feature", NAMES[i],
                                     schema->name);
    return true;
}

bool batch_tokens_args(struct batch_tokens *tokens, const struct request *request,
                       struct problem *problem)
{
    const struct value *padding = request_value(request, "padding");
    const struct value *truncating = request_value(request, "truncating");
    const struct value *most = request_value(request, "max_tokens");
    *tokens = (struct batch_tokens){
        .matrix = padding->given || truncating->given || most->given,
        .pad_behind = is_choice(request, "padding", "post"),
        .cut_behind = is_choice(request, "truncating", "post"),
        .columns = most->given ? most->number : 0,
    };
    return check_has_tokens(request, problem) &&
           token_args_reading(request, &tokens->reading, problem);
}

bool batch_tokens_as_stored(const struct batch_tokens *tokens)
{
    const struct token_reading *reading = &tokens->reading;
    return !tokens->matrix && !reading->has_start && reading->index_from == 0 &&
           reading->least <= 0 && reading->end > INT32_MAX && reading->most == UINT64_MAX;
}

static bool append_ids(struct buffer *out, const int64_t *ids, size_t count)
{
    int32_t *to = (int32_t *)(void *)buffer_reserve(out, count * sizeof *to);
    if (!to)
        return true; // the buffer says so
    for (size_t i = 0; i < count; i++) {
        if (ids[i] > INT32_MAX)
            return false;
        to[i] = (int32_t)ids[i];
    }
    out->size += count * sizeof *to;
    return true;
}

bool batch_tokens_read(const struct batch_tokens *tokens, const struct batch *batch, int feature,
                       struct batch_ids *ids, struct problem *problem)
{
    struct dataset *dataset = batch->request->dataset;
    struct buffer values = BUFFER_INIT;
    int64_t *scratch = NULL;
    size_t room = 0;
    bool fit = true;
    *ids = (struct batch_ids){.offsets = malloc((batch->num_samples + 1) * sizeof *ids->offsets)};
    values.failed = !ids->offsets;
    for (uint64_t i = 0; i < batch->num_samples && fit && !values.failed; i++) {
        uint64_t count;
        ids->offsets[i] = (int64_t)(values.size / sizeof *ids->values);
        const int32_t *run = dataset_run(dataset, batch->split, feature, batch->indices[i], &count);
        if (!run || values.size / sizeof *ids->values > MOST_IDS)
            continue; // the dataset is damaged, or the batch is refused anyway
        if (count + 1 > room) {
            room = 2 * (count + 1);
            free(scratch);
            scratch = malloc(room * sizeof *scratch);
            values.failed = !scratch;
        }
        if (scratch)
            fit = append_ids(&values, scratch,
                             token_reading_apply(&tokens->reading, run, count, scratch));
    }
    free(scratch);
    if (fit && !values.failed) {
        ids->count = values.size / sizeof *ids->values;
        ids->offsets[batch->num_samples] = (int64_t)ids->count;
        ids->values = (int32_t *)(void *)values.data;
        return true;
    }
    buffer_free(&values);
    batch_ids_clear(ids);
    if (!fit)
        return problem_parameter(problem, PROBLEM_INVALID_PARAMETER, "index_from",
                                 "ids above %d do not fit into the batch's int32; choose a smaller "
                                 "index_from",
                                 INT32_MAX);
    return problem_set(problem, PROBLEM_BUSY, "not enough memory for this batch now; try again");
}

void batch_ids_clear(struct batch_ids *ids)
{
    free(ids->values);
    free(ids->offsets);
}

static uint64_t longest(const struct batch_ids *ids, uint64_t num_samples)
{
    int64_t most = 0;
    for (uint64_t i = 0; i < num_samples; i++)
        if (ids->offsets[i + 1] - ids->offsets[i] > most)
            most = ids->offsets[i + 1] - ids->offsets[i];
    return (uint64_t)most;
}

bool batch_tokens_matrix(const struct batch_tokens *tokens, const struct batch_ids *ids,
                         uint64_t num_samples, uint64_t *columns, int32_t **matrix)
{
    uint64_t width = tokens->columns ? tokens->columns : longest(ids, num_samples);
    *columns = width;
    *matrix = NULL;
    if (num_samples > 0 && width > MOST_IDS / num_samples)
        return true;
    *matrix = calloc(num_samples * width + 1, sizeof **matrix);
    if (!*matrix)
        return false;
    for (uint64_t i = 0; i < num_samples; i++) {
        const int32_t *from = ids->values + ids->offsets[i];
        uint64_t count = (uint64_t)(ids->offsets[i + 1] - ids->offsets[i]);
        int32_t *to = *matrix + i * width;
        if (count == 0)
            continue;
        if (count > width) {
            from += tokens->cut_behind ? 0 : count - width;
            count = width;
        }
        memcpy(to + (tokens->pad_behind ? 0 : width - count), from, count * sizeof *to);
    }
    return true;
}
