// SPDX-License-Identifier: MIT
// After the format's description in numpy/lib/format.py: magic, version, the length of what follows
// (little-endian), a Python dict literal padded with spaces, a newline.
#include "encode/npy.h"

#include <string.h>

#include "base/size.h"
#include "encode/decimal.h"

enum { PREFIX = 10, MAX_RANK = 8 };

// Text that must end before a limit.
struct field {
    char *at, *end;
    bool full;
};

static void add(struct field *field, const char *text, size_t size)
{
    if (field->full || (size_t)(field->end - field->at) < size) {
        field->full = true;
        return;
    }
    memcpy(field->at, text, size);
    field->at += size;
}

static void add_text(struct field *field, const char *text)
{
    add(field, text, strlen(text));
}

static void add_number(struct field *field, uint64_t value)
{
    char digits[DECIMAL_MAX];
    add(field, digits, decimal_uint(digits, value));
}

bool npy_header(char out[NPY_HEADER], enum dtype dtype, uint64_t rows, unsigned rank,
                const uint64_t *shape)
{
    uint64_t bytes;
    if (rank > MAX_RANK || !size_of_shape(dtype_size(dtype), shape, rank, &bytes) ||
        !size_mul(bytes, rows, &bytes))
        return false;

    memset(out, ' ', NPY_HEADER);
    out[NPY_HEADER - 1] = '\n';
    memcpy(out, "\x93NUMPY\1\0", 8);
    out[8] = (char)(NPY_HEADER - PREFIX);
    out[9] = 0;
    struct field field = {.at = out + PREFIX, .end = out + NPY_HEADER - 1, .full = false};
    add_text(&field, "{'descr': '");
    add_text(&field, dtype_npy(dtype));
    add_text(&field, "', 'fortran_order': False, 'shape': (");
    add_number(&field, rows);
    if (rank == 0)
        add_text(&field, ",");
    for (unsigned i = 0; i < rank; i++) {
        add_text(&field, ", ");
        add_number(&field, shape[i]);
    }
    add_text(&field, "), }");
    return !field.full;
}
