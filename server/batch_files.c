// SPDX-License-Identifier: MIT
#include "server/batch_files.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "encode/npy.h"
#include "encode/npz.h"
#include "encode/safetensors.h"
#include "server/selection_args.h"
#include "store/dataset.h"

enum {
    // Bytes. What is copied goes out together with its head in one call, out of the processor's
    // cache; the kernel's own copy out of a mapping is slower. Beyond, the memory costs more.
    LENT_FROM = 1 << 20,
    MOST_LENT = PARCEL_PIECES / 2 - 1, // a piece of the block stands between any two
};

static struct parcel *busy(struct problem *problem)
{
    problem_set(problem, PROBLEM_BUSY, "not enough memory for this batch now; try again");
    return NULL;
}

// Which tensors are lent: the first that are worth it.
struct loans {
    bool *lent;      // by tensor, owned
    uint64_t copied; // bytes of the others
};

static bool loans_choose(struct loans *loans, const struct batch *batch)
{
    size_t left = MOST_LENT;
    *loans = (struct loans){.lent = calloc(batch->num_tensors + 1, sizeof *loans->lent)};
    for (size_t i = 0; loans->lent && i < batch->num_tensors; i++) {
        const struct batch_tensor *tensor = &batch->tensors[i];
        loans->lent[i] = left > 0 && tensor->lent && tensor->bytes >= LENT_FROM;
        left -= loans->lent[i];
        loans->copied += loans->lent[i] ? 0 : tensor->bytes;
    }
    return loans->lent;
}

// Appends a tensor's bytes and returns them; NULL with the problem.
static const void *put_tensor(struct parcel *parcel, const struct batch *batch, size_t i,
                              const struct loans *loans, struct problem *problem)
{
    const struct batch_tensor *tensor = &batch->tensors[i];
    if (loans->lent[i]) {
        parcel_lend(parcel, tensor->lent, tensor->bytes);
        return tensor->lent;
    }
    void *to = parcel_add(parcel, tensor->bytes);
    if (tensor->lent) {
        memcpy(to, tensor->lent, tensor->bytes);
        return to;
    }
    return batch_gather(batch, tensor, to, problem) ? to : NULL;
}

static void put_text(struct parcel *parcel, const struct buffer *text)
{
    memcpy(parcel_add(parcel, text->size), text->data, text->size);
}

// What safetensors says of the batch; the numbers are texts, as the format wants it.
struct notes {
    char numbers[4][24];
    struct safetensors_note notes[8];
    size_t count;
};

static void note(struct notes *notes, const char *key, const char *value)
{
    notes->notes[notes->count++] = (struct safetensors_note){key, value};
}

static void notes_make(struct notes *notes, const struct batch *batch)
{
    const struct request *request = batch->request;
    const struct {
        const char *key;
        uint64_t value;
    } NUMBERS[] = {{"offset", request_value(request, "offset")->number},
                   {"total", selection_total(batch->selection)},
                   {"seed", selection_args_seed(request)},
                   {"epoch", request_value(request, "epoch")->number}};
    notes->count = 0;
    note(notes, "dataset", request->schema->name);
    note(notes, "revision", request->schema->revision);
    note(notes, "split", selection_args_split_name(request, batch->split));
    for (size_t i = 0; i < sizeof NUMBERS / sizeof *NUMBERS; i++) {
        snprintf(notes->numbers[i], sizeof notes->numbers[i], "%" PRIu64, NUMBERS[i].value);
        note(notes, NUMBERS[i].key, notes->numbers[i]);
    }
}

// The tensors alone, as the encoders take them; owned by the caller.
static struct tensor *shapes(const struct batch *batch)
{
    struct tensor *tensors = calloc(batch->num_tensors + 1, sizeof *tensors);
    for (size_t i = 0; tensors && i < batch->num_tensors; i++)
        tensors[i] = batch->tensors[i].tensor;
    return tensors;
}

static bool check_names(const struct batch *batch, struct problem *problem)
{
    for (size_t i = 0; i < batch->num_tensors; i++)
        if (!safetensors_takes_name(batch->tensors[i].tensor.name))
            return problem_parameter(problem, PROBLEM_INVALID_PARAMETER, "format",
                                     "safetensors has no place for a feature of the name %s; use "
                                     "format=npz",
                                     batch->tensors[i].tensor.name);
    return true;
}

struct parcel *batch_safetensors(const struct batch *batch, struct pool *pool,
                                 struct problem *problem)
{
    struct notes notes;
    struct loans loans;
    struct buffer head = BUFFER_INIT;
    if (!check_names(batch, problem))
        return NULL;
    struct tensor *tensors = shapes(batch);
    bool done = loans_choose(&loans, batch) && tensors;
    if (done) {
        notes_make(&notes, batch);
        safetensors_head(&head, tensors, batch->num_tensors, notes.notes, notes.count);
    }
    struct parcel *parcel =
        done && !head.failed ? parcel_new(pool, head.size + loans.copied, batch->request->dataset)
                             : NULL;
    if (parcel)
        put_text(parcel, &head);
    else
        busy(problem);
    for (size_t i = 0; parcel && i < batch->num_tensors; i++) {
        if (!put_tensor(parcel, batch, i, &loans, problem)) {
            parcel_free(parcel);
            parcel = NULL;
        }
    }
    buffer_free(&head);
    free(tensors);
    free(loans.lent);
    return parcel;
}

// The bytes of an npz file beside those of the tensors: `ends`[i] of them stand before tensor i,
// those before earlier ones counted. 0 when it cannot be made. They do not depend on the checksums.
static size_t measure_npz(const struct batch *batch, size_t *ends)
{
    struct buffer text = BUFFER_INIT;
    struct npz npz;
    npz_begin(&npz);
    for (size_t i = 0; i < batch->num_tensors; i++) {
        text.failed |= !npz_member(&npz, &text, &batch->tensors[i].tensor, 0);
        ends[i] = text.size;
    }
    npz_end(&npz, &text);
    npz_clear(&npz);
    size_t size = text.failed ? 0 : text.size;
    buffer_free(&text);
    return size;
}

// A member announces its checksum before its bytes, so these are gathered first, behind the room
// for what announces them.
static bool fill_npz(struct parcel *parcel, const struct batch *batch, const struct loans *loans,
                     const size_t *ends, struct problem *problem)
{
    struct buffer text = BUFFER_INIT;
    struct npz npz;
    bool done = true;
    npz_begin(&npz);
    for (size_t i = 0; done && i < batch->num_tensors; i++) {
        const struct tensor *tensor = &batch->tensors[i].tensor;
        size_t size = ends[i] - (i > 0 ? ends[i - 1] : 0);
        void *before = parcel_add(parcel, size);
        const void *bytes = put_tensor(parcel, batch, i, loans, problem);
        text.size = 0;
        done = bytes &&
               npz_member(&npz, &text, tensor, npz_crc(0, bytes, batch->tensors[i].bytes)) &&
               text.size == size;
        if (done)
            memcpy(before, text.data, size);
    }
    text.size = 0;
    npz_end(&npz, &text);
    done = done && !text.failed;
    if (done)
        put_text(parcel, &text);
    npz_clear(&npz);
    buffer_free(&text);
    return done;
}

struct parcel *batch_npz(const struct batch *batch, struct pool *pool, struct problem *problem)
{
    struct loans loans;
    size_t *ends = calloc(batch->num_tensors + 1, sizeof *ends);
    bool done = loans_choose(&loans, batch) && ends;
    size_t size = done ? measure_npz(batch, ends) : 0;
    struct parcel *parcel =
        size > 0 ? parcel_new(pool, size + loans.copied, batch->request->dataset) : NULL;
    if (parcel && !fill_npz(parcel, batch, &loans, ends, problem)) {
        parcel_free(parcel);
        parcel = NULL;
    }
    free(ends);
    free(loans.lent);
    return parcel ? parcel : busy(problem);
}

// The one tensor of an npy file beside the index; its number, or -1 with the problem.
static int only_tensor(const struct batch *batch, struct problem *problem)
{
    const struct schema *schema = batch->request->schema;
    int found = -1;
    for (size_t i = 0; i < batch->num_tensors; i++) {
        const struct batch_tensor *tensor = &batch->tensors[i];
        if (tensor->feature < 0)
            continue;
        const struct feature *feature = &schema->features[tensor->feature];
        bool ragged = feature->storage != STORAGE_ROWS && tensor->tensor.rank == 1;
        if (found >= 0 && !ragged) {
            problem_parameter(problem, PROBLEM_INVALID_PARAMETER, "features",
                              "format=npy has room for one feature; name it with features=");
            for (size_t j = 0; j < schema->num_features; j++)
                problem_allow(problem, schema->features[j].name);
            return -1;
        }
        if (ragged) {
            problem_parameter(problem, PROBLEM_INVALID_PARAMETER, "format",
                              "the samples of %s have different lengths, for which format=npy has "
                              "no room; use format=npz%s",
                              feature->name,
                              feature->kind == FEATURE_TOKENS
                                  ? ", or pad them to a matrix with padding=pre"
                                  : "");
            return -1;
        }
        found = (int)i;
    }
    return found;
}

struct parcel *batch_npy(const struct batch *batch, struct pool *pool, struct problem *problem)
{
    char head[NPY_HEADER];
    int number = only_tensor(batch, problem);
    if (number < 0)
        return NULL;
    const struct tensor *tensor = &batch->tensors[number].tensor;
    struct loans loans;
    struct parcel *parcel = NULL;
    if (loans_choose(&loans, batch) &&
        npy_header(head, tensor->dtype, tensor->shape[0], tensor->rank - 1, tensor->shape + 1))
        parcel = parcel_new(pool, sizeof head + loans.copied, batch->request->dataset);
    if (parcel) {
        memcpy(parcel_add(parcel, sizeof head), head, sizeof head);
        if (!put_tensor(parcel, batch, (size_t)number, &loans, problem)) {
            parcel_free(parcel);
            parcel = NULL;
        }
    }
    free(loans.lent);
    return parcel ? parcel : busy(problem);
}
