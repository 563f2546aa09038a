// SPDX-License-Identifier: MIT
#include <string.h>

#include "server/batch_files.h"
#include "server/batch_lines.h"
#include "server/batch_tokens.h"
#include "server/routes.h"
#include "server/selection_args.h"

enum { COMPRESS_UP_TO = 16 << 20 }; // bytes of text; more would keep a thread too long

typedef struct parcel *make_parcel(const struct batch *batch, struct pool *pool,
                                   struct problem *problem);
typedef bool make_lines(const struct request *request, int split, const struct selection *selection,
                        struct buffer *out, struct problem *problem);

// The formats, as the choices of `format`.
static const struct batch_format {
    const char *name, *media_type;
    make_parcel *parcel; // of tensors, or
    make_lines *lines;   // of text
} FORMATS_OF_BATCHES[] = {
    {"safetensors", "application/octet-stream", batch_safetensors, NULL},
    {"npz", "application/octet-stream", batch_npz, NULL},
    {"npy", "application/octet-stream", batch_npy, NULL},
    {"ndjson", "application/x-ndjson", NULL, batch_ndjson},
    {"csv", "text/csv; charset=utf-8", NULL, batch_csv},
};

static const struct batch_format *find_format(const char *name)
{
    const struct batch_format *format = FORMATS_OF_BATCHES;
    while (strcmp(format->name, name) != 0)
        format++;
    return format;
}

static bool answer_tensors(const struct request *request, int split,
                           const struct selection *selection, const struct batch_format *format,
                           struct response *response, struct problem *problem)
{
    struct batch batch;
    if (batch_plan(&batch, request, split, selection, problem))
        response->parcel = format->parcel(&batch, request->site->pool, problem);
    batch_clear(&batch);
    response->body = BODY_PARCEL;
    return response->parcel;
}

static bool answer_lines(const struct request *request, int split,
                         const struct selection *selection, const struct batch_format *format,
                         struct response *response, struct problem *problem)
{
    static const char *const MATRIX[] = {"padding", "truncating", "max_tokens"};
    for (size_t i = 0; i < sizeof MATRIX / sizeof *MATRIX; i++)
        if (request_value(request, MATRIX[i])->given)
            return problem_parameter(problem, PROBLEM_INVALID_PARAMETER, MATRIX[i],
                                     "%s makes a matrix, for which format=%s has no room; use "
                                     "safetensors, npz or npy",
                                     MATRIX[i], format->name);
    response->body = BODY_BUFFER;
    if (!format->lines(request, split, selection, &response->buffer, problem))
        return false;
    response->compressible = response->buffer.size <= COMPRESS_UP_TO;
    return true;
}

bool batch_answer(const struct request *request, struct response *response, struct problem *problem)
{
    const struct batch_format *format = find_format(request_value(request, "format")->text);
    int split = selection_args_split(request, problem);
    struct selection *selection = split >= 0 ? selection_args_build(request, split, problem) : NULL;
    if (!selection)
        return false;
    bool done = format->parcel
                    ? answer_tensors(request, split, selection, format, response, problem)
                    : answer_lines(request, split, selection, format, response, problem);
    selection_free(selection);
    response->content_type = format->media_type;
    if (request->immutable)
        response->caching = CACHE_IMMUTABLE;
    return done;
}
