// SPDX-License-Identifier: MIT
#include "formats/npy_values.h"

#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "formats/source.h"

enum { BLOCK = 1 << 20 };

static bool ends_early(struct source *source, const struct npy_header *header, struct error *error)
{
    struct buffer text = BUFFER_INIT;
    buffer_printf(&text, "%s: ends at byte %llu, but its header (", source_where(source),
                  (unsigned long long)source_offset(source));
    npy_header_print(header, &text);
    buffer_printf(&text, ") promises %llu bytes", (unsigned long long)header->file_bytes);
    return error_take(error, ERROR_INPUT, &text);
}

// Reads `size` bytes into `in`, which grows only as far as there are bytes to fill it: a header can
// claim what it likes.
static bool read_exactly(struct source *source, const struct npy_header *header, struct buffer *in,
                         uint64_t size, struct error *error)
{
    in->size = 0;
    while (in->size < size) {
        uint64_t left = size - in->size;
        size_t want = left < BLOCK ? (size_t)left : BLOCK;
        char *to = buffer_reserve(in, want);
        if (!to)
            return error_memory(error);
        int64_t got = source_read(source, to, want, error);
        if (got < 0)
            return false;
        in->size += (size_t)got;
        if ((size_t)got < want)
            return ends_early(source, header, error);
    }
    return true;
}

static bool check_end(struct source *source, const struct npy_header *header, struct error *error)
{
    uint8_t more;
    int64_t got = source_read(source, &more, 1, error);
    if (got > 0)
        error_set(error, ERROR_INPUT,
                  "%s: goes on after byte %llu, where its header says that it ends",
                  source_where(source), (unsigned long long)header->file_bytes);
    return got == 0;
}

bool npy_values_each(struct source *source, const struct npy_header *header, uint64_t unit,
                     npy_sink *sink, void *context, struct error *error)
{
    const struct npy_type *type = &header->type;
    uint64_t units = unit ? (header->file_bytes - header->size) / type->item / unit : 0;
    uint64_t most = unit * type->item >= BLOCK || unit == 0 ? 1 : BLOCK / (unit * type->item);
    struct buffer in = BUFFER_INIT, out = BUFFER_INIT;
    bool good = true;
    for (uint64_t done = 0; good && done < units;) {
        uint64_t count = units - done < most ? units - done : most;
        good = read_exactly(source, header, &in, count * unit * type->item, error);
        void *values = in.data;
        if (good && type->is_half)
            values = buffer_reserve(&out, count * unit * dtype_size(type->dtype));
        if (good && !values)
            good = error_memory(error);
        if (!good)
            break;
        npy_type_convert(type, values, in.data, count * unit);
        good = sink(context, values, done, count, error);
        done += count;
    }
    buffer_free(&in);
    buffer_free(&out);
    return good && check_end(source, header, error);
}

// Samples that a block of a Fortran-order array has.
static uint64_t block_rows(const struct npy_header *header)
{
    uint64_t row = header->row_items * dtype_size(header->type.dtype);
    uint64_t rows = row == 0 ? header->shape[0] : NPY_BLOCK_BYTES / row;
    return rows < header->shape[0] ? rows : header->shape[0];
}

unsigned npy_values_passes(const struct npy_header *header, struct error *error)
{
    if (!header->is_fortran || header->shape[0] == 0)
        return 1;
    uint64_t rows = block_rows(header);
    uint64_t passes = rows ? (header->shape[0] - 1) / rows + 1 : UINT64_MAX;
    if (passes <= NPY_MAX_PASSES)
        return (unsigned)passes;
    error_set(error, ERROR_LIMIT,
              "the array lies in Fortran order and is too large to be turned (more than %d times "
              "%d MiB); save numpy.ascontiguousarray of it",
              NPY_MAX_PASSES, NPY_BLOCK_BYTES >> 20);
    return 0;
}

// Some samples of a Fortran-order array, put together from the whole.
struct turn {
    const struct npy_header *header;
    uint64_t begin, end;          // samples
    size_t item;                  // bytes, stored
    uint8_t *rows;                // owned
    uint64_t place;               // within a sample, in the file's order
    uint64_t sample;              // of the next value
    uint64_t target;              // where the place is in C order
    uint64_t index[NPY_MAX_RANK]; // of the place along each axis
};

// Moves to the next place within a sample: the second axis varies fastest.
static void next_place(struct turn *turn)
{
    const struct npy_header *header = turn->header;
    turn->sample = 0;
    for (unsigned axis = 1; axis < header->rank; axis++) {
        if (++turn->index[axis] < header->shape[axis])
            break;
        turn->index[axis] = 0;
    }
    turn->target = 0;
    for (unsigned axis = 1; axis < header->rank; axis++)
        turn->target = turn->target * header->shape[axis] + turn->index[axis];
}

// Copies count values of the present place, the first of sample turn->sample, to their rows.
static void scatter(struct turn *turn, const uint8_t *values, uint64_t count)
{
    uint64_t first = turn->sample < turn->begin ? turn->begin : turn->sample;
    uint64_t end = turn->sample + count < turn->end ? turn->sample + count : turn->end;
    uint64_t stride = turn->header->row_items * turn->item;
    const uint8_t *from = values + (first - turn->sample) * turn->item;
    uint8_t *to = turn->rows + (first - turn->begin) * stride + turn->target * turn->item;
    for (uint64_t i = first; i < end; i++, from += turn->item, to += stride)
        memcpy(to, from, turn->item);
}

static bool take_run(void *context, void *values, uint64_t first, uint64_t count,
                     struct error *error)
{
    struct turn *turn = context;
    const uint8_t *at = values;
    (void)first;
    (void)error;
    while (count > 0) {
        uint64_t left = turn->header->shape[0] - turn->sample;
        uint64_t run = count < left ? count : left;
        if (turn->sample < turn->end && turn->sample + run > turn->begin)
            scatter(turn, at, run);
        at += run * turn->item;
        count -= run;
        turn->sample += run;
        if (turn->sample == turn->header->shape[0])
            next_place(turn);
    }
    return true;
}

bool npy_values_rows(struct source *source, const struct npy_header *header, unsigned pass,
                     npy_sink *sink, void *context, struct error *error)
{
    if (!header->is_fortran)
        return npy_values_each(source, header, header->row_items, sink, context, error);
    uint64_t rows = block_rows(header), left = header->shape[0] - rows * pass;
    struct turn turn = {
        .header = header, .begin = rows * pass, .item = dtype_size(header->type.dtype)};
    turn.end = turn.begin + (left < rows ? left : rows);
    uint64_t count = turn.end - turn.begin;
    turn.rows = calloc(count ? count * header->row_items : 1, turn.item);
    if (!turn.rows)
        return error_memory(error);
    bool good = npy_values_each(source, header, 1, take_run, &turn, error) &&
                (count == 0 || sink(context, turn.rows, turn.begin, count, error));
    free(turn.rows);
    return good;
}
