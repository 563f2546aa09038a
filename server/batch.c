// SPDX-License-Identifier: MIT
#include "server/batch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/batch_tokens.h"
#include "server/selection_args.h"

enum {
    CACHE_LINE = 64, // bytes
    FETCHED = 4096,  // bytes of a row; what follows them the processor guesses
    MOST_AHEAD = 16, // rows
};

static bool no_memory(struct problem *problem)
{
    return problem_set(problem, PROBLEM_BUSY, "not enough memory for this batch now; try again");
}

void batch_clear(struct batch *batch)
{
    for (size_t i = 0; i < batch->num_tensors; i++) {
        free((char *)(uintptr_t)batch->tensors[i].tensor.name);
        free(batch->tensors[i].made);
    }
    free(batch->tensors);
    free(batch->indices);
}

// One more tensor, of the shape [rows] so far; NULL when memory is short. There is room.
static struct batch_tensor *add_tensor(struct batch *batch, int feature, const char *part,
                                       enum dtype dtype, uint64_t rows)
{
    struct batch_tensor *tensor = &batch->tensors[batch->num_tensors];
    const char *of = feature < 0 ? "index" : batch->request->schema->features[feature].name;
    char *name;
    *tensor = (struct batch_tensor){.feature = feature};
    if (asprintf(&name, "%s%s", of, part) < 0)
        return NULL;
    tensor->tensor = (struct tensor){.name = name, .dtype = dtype, .rank = 1, .shape = {rows}};
    batch->num_tensors++;
    return tensor;
}

static bool plan_index(struct batch *batch)
{
    struct batch_tensor *tensor = add_tensor(batch, -1, "", DTYPE_INT64, batch->num_samples);
    if (tensor)
        tensor->source = BATCH_INDEX;
    return tensor;
}

static bool plan_rows(struct batch *batch, int feature)
{
    const struct feature *of = &batch->request->schema->features[feature];
    const struct array *array = dataset_array(batch->request->dataset, batch->split, feature);
    struct batch_tensor *tensor = add_tensor(batch, feature, "", of->dtype, batch->num_samples);
    if (!tensor)
        return false;
    tensor->source = BATCH_ROWS;
    tensor->tensor.rank = 1 + of->rank;
    memcpy(tensor->tensor.shape + 1, of->shape, of->rank * sizeof *of->shape);
    if (batch->is_run)
        tensor->lent = array->rows + batch->first * array->row_bytes;
    return true;
}

// Elements of one sample of a ragged feature; 0 when the dataset is damaged.
static uint64_t count_elements(const struct batch *batch, int feature, uint64_t index)
{
    struct dataset *dataset = batch->request->dataset;
    uint64_t count;
    if (batch->request->schema->features[feature].kind == FEATURE_IMAGE)
        return dataset_image_length(dataset, batch->split, feature, index);
    return dataset_run(dataset, batch->split, feature, index, &count) ? count : 0;
}

static bool plan_runs(struct batch *batch, int feature)
{
    const struct feature *of = &batch->request->schema->features[feature];
    bool lies_there = of->storage == STORAGE_RAGGED;
    uint64_t count;
    struct batch_tensor *offsets =
        add_tensor(batch, feature, ".offsets", DTYPE_INT64, batch->num_samples + 1);
    int64_t *ends = malloc((batch->num_samples + 1) * sizeof *ends);
    if (!offsets || !ends) {
        free(ends);
        return false;
    }
    offsets->source = BATCH_MADE;
    offsets->made = ends;
    ends[0] = 0;
    for (uint64_t i = 0; i < batch->num_samples; i++) {
        // What does not fit anyway is not counted any further: batch_plan refuses it.
        count = (uint64_t)ends[i] <= BATCH_MAX_BYTES
                    ? count_elements(batch, feature, batch->indices[i])
                    : 0;
        ends[i + 1] = ends[i] + (int64_t)count;
    }
    struct batch_tensor *values =
        add_tensor(batch, feature, ".values", of->dtype, (uint64_t)ends[batch->num_samples]);
    if (!values)
        return false;
    values->source = lies_there ? BATCH_RUNS : BATCH_FILES;
    if (lies_there && batch->is_run && batch->num_samples > 0)
        values->lent =
            dataset_run(batch->request->dataset, batch->split, feature, batch->first, &count);
    return true;
}

static bool plan_matrix(struct batch *batch, int feature, const struct batch_tokens *tokens,
                        const struct batch_ids *ids)
{
    struct batch_tensor *tensor = add_tensor(batch, feature, "", DTYPE_INT32, batch->num_samples);
    int32_t *matrix = NULL;
    if (!tensor ||
        !batch_tokens_matrix(tokens, ids, batch->num_samples, &tensor->tensor.shape[1], &matrix))
        return false;
    tensor->source = BATCH_MADE;
    tensor->tensor.rank = 2;
    tensor->made = matrix;
    return true;
}

static bool plan_ids(struct batch *batch, int feature, struct batch_ids *ids)
{
    struct batch_tensor *offsets =
        add_tensor(batch, feature, ".offsets", DTYPE_INT64, batch->num_samples + 1);
    struct batch_tensor *values =
        offsets ? add_tensor(batch, feature, ".values", DTYPE_INT32, ids->count) : NULL;
    if (!values)
        return false;
    offsets->source = values->source = BATCH_MADE;
    offsets->made = ids->offsets;
    values->made = ids->values;
    *ids = (struct batch_ids){.values = NULL};
    return true;
}

static bool plan_tokens(struct batch *batch, int feature, const struct batch_tokens *tokens,
                        struct problem *problem)
{
    struct batch_ids ids;
    if (!batch_tokens_read(tokens, batch, feature, &ids, problem))
        return false;
    bool done =
        tokens->matrix ? plan_matrix(batch, feature, tokens, &ids) : plan_ids(batch, feature, &ids);
    batch_ids_clear(&ids);
    return done;
}

static bool plan_feature(struct batch *batch, int feature, const struct batch_tokens *tokens,
                         struct problem *problem)
{
    const struct feature *of = &batch->request->schema->features[feature];
    if (of->storage == STORAGE_ROWS)
        return plan_rows(batch, feature);
    if (of->kind == FEATURE_TOKENS && !batch_tokens_as_stored(tokens))
        return plan_tokens(batch, feature, tokens, problem);
    return plan_runs(batch, feature);
}

// Large elements first; what is equal stays in order.
static void sort_tensors(struct batch *batch)
{
    for (size_t i = 1; i < batch->num_tensors; i++) {
        struct batch_tensor tensor = batch->tensors[i];
        size_t j = i;
        for (; j > 0 &&
               dtype_size(batch->tensors[j - 1].tensor.dtype) < dtype_size(tensor.tensor.dtype);
             j--)
            batch->tensors[j] = batch->tensors[j - 1];
        batch->tensors[j] = tensor;
    }
}

static bool check_size(struct batch *batch, struct problem *problem)
{
    uint64_t bytes = 0;
    for (size_t i = 0; i < batch->num_tensors; i++) {
        struct batch_tensor *tensor = &batch->tensors[i];
        const struct tensor *shape = &tensor->tensor;
        tensor->bytes = dtype_size(shape->dtype);
        for (unsigned axis = 0; axis < shape->rank; axis++)
            if (__builtin_mul_overflow(tensor->bytes, shape->shape[axis], &tensor->bytes))
                tensor->bytes = UINT64_MAX;
        if (__builtin_add_overflow(bytes, tensor->bytes, &bytes))
            bytes = UINT64_MAX;
    }
    if (bytes <= BATCH_MAX_BYTES)
        return true;
    return problem_parameter(problem, PROBLEM_TOO_LARGE, selection_args_amount(batch->request),
                             "a batch of these %llu samples has more than %llu MiB; an answer has "
                             "at most %d samples and %llu MiB: ask for fewer samples, or for "
                             "fewer features with features=",
                             (unsigned long long)batch->num_samples,
                             (unsigned long long)(BATCH_MAX_BYTES >> 20), BATCH_MAX_SAMPLES,
                             (unsigned long long)(BATCH_MAX_BYTES >> 20));
}

bool batch_plan(struct batch *batch, const struct request *request, int split,
                const struct selection *selection, struct problem *problem)
{
    const struct schema *schema = request->schema;
    *batch = (struct batch){.request = request,
                            .split = split,
                            .selection = selection,
                            .num_samples = selection_count(selection)};
    batch->is_run = selection_is_run(selection, &batch->first);
    struct batch_tokens tokens;
    if (!batch_tokens_args(&tokens, request, problem))
        return false;
    bool *wanted = selection_args_features(request, problem);
    if (!wanted)
        return false;
    batch->indices = malloc((batch->num_samples + 1) * sizeof *batch->indices);
    batch->tensors = calloc(2 * schema->num_features + 1, sizeof *batch->tensors);
    bool done = batch->indices && batch->tensors;
    if (done)
        selection_indices(selection, 0, batch->num_samples, batch->indices);
    for (size_t i = 0; done && i < schema->num_features; i++)
        if (wanted[i])
            done = plan_feature(batch, (int)i, &tokens, problem);
    done = done && plan_index(batch);
    free(wanted);
    if (!done)
        return no_memory(problem);
    sort_tensors(batch);
    return check_size(batch, problem);
}

// Asks for a row's memory ahead of its copy: rows lie too far apart for the processor to guess.
static void fetch_row(const uint8_t *row, size_t size)
{
    size = size < FETCHED ? size : FETCHED;
    for (size_t at = 0; at < size; at += CACHE_LINE)
        __builtin_prefetch(row + at);
}

static void gather_rows(const struct batch *batch, const struct batch_tensor *tensor, uint8_t *out)
{
    const struct array *array =
        dataset_array(batch->request->dataset, batch->split, tensor->feature);
    size_t size = array->row_bytes;
    const uint64_t *indices = batch->indices, count = batch->num_samples;
    uint64_t ahead = size < FETCHED ? FETCHED / size : 1;
    ahead = ahead < MOST_AHEAD ? ahead : MOST_AHEAD;
    for (uint64_t i = 0; i < count; i++) {
        if (i + ahead < count)
            fetch_row(array->rows + indices[i + ahead] * size, size);
        memcpy(out + i * size, array->rows + indices[i] * size, size);
    }
}

static void gather_runs(const struct batch *batch, const struct batch_tensor *tensor, uint8_t *out)
{
    size_t item = dtype_size(tensor->tensor.dtype);
    uint64_t count, left = tensor->bytes;
    for (uint64_t i = 0; i < batch->num_samples; i++) {
        const void *run = dataset_run(batch->request->dataset, batch->split, tensor->feature,
                                      batch->indices[i], &count);
        if (!run || count * item > left)
            continue; // the dataset is marked as damaged, and the answer dropped
        memcpy(out, run, count * item);
        out += count * item;
        left -= count * item;
    }
}

static bool gather_files(const struct batch *batch, const struct batch_tensor *tensor, uint8_t *out,
                         struct problem *problem)
{
    for (uint64_t i = 0; i < batch->num_samples; i++) {
        struct image_bytes image;
        struct error error = ERROR_INIT;
        if (!dataset_image_bytes(batch->request->dataset, batch->split, tensor->feature,
                                 batch->indices[i], &image, &error))
            return problem_error(problem, &error);
        memcpy(out, image.bytes, image.size);
        out += image.size;
        image_bytes_free(&image);
    }
    return true;
}

bool batch_gather(const struct batch *batch, const struct batch_tensor *tensor, void *out,
                  struct problem *problem)
{
    switch (tensor->source) {
    case BATCH_INDEX:
        memcpy(out, batch->indices, tensor->bytes);
        return true;
    case BATCH_ROWS:
        gather_rows(batch, tensor, out);
        return true;
    case BATCH_RUNS:
        gather_runs(batch, tensor, out);
        return true;
    case BATCH_FILES:
        return gather_files(batch, tensor, out, problem);
    case BATCH_MADE:
        if (tensor->bytes > 0) // else there may be none made: no sample has any ids
            memcpy(out, tensor->made, tensor->bytes);
        return true;
    }
    return true;
}
