// SPDX-License-Identifier: MIT
#include "encode/safetensors.h"

#include <stdint.h>
#include <string.h>

#include "encode/json.h"

enum { BOUNDARY = 64, LENGTH = 8 };

static const char METADATA[] = "__metadata__";

static const char *const DTYPES[DTYPE_COUNT] = {
    [DTYPE_BOOL] = "BOOL", [DTYPE_UINT8] = "U8",    [DTYPE_INT8] = "I8",     [DTYPE_UINT16] = "U16",
    [DTYPE_INT16] = "I16", [DTYPE_UINT32] = "U32",  [DTYPE_INT32] = "I32",   [DTYPE_UINT64] = "U64",
    [DTYPE_INT64] = "I64", [DTYPE_FLOAT32] = "F32", [DTYPE_FLOAT64] = "F64",
};

bool safetensors_takes_name(const char *name)
{
    return strcmp(name, METADATA) != 0;
}

static void write_notes(struct buffer *out, const struct safetensors_note *notes, size_t num_notes)
{
    buffer_printf(out, "\"%s\":{", METADATA);
    for (size_t i = 0; i < num_notes; i++) {
        if (i > 0)
            buffer_byte(out, ',');
        json_write_string(out, notes[i].key);
        buffer_byte(out, ':');
        json_write_string(out, notes[i].value);
    }
    buffer_byte(out, '}');
}

// Writes one tensor that begins at `at` and returns where it ends.
static uint64_t write_tensor(struct buffer *out, const struct tensor *tensor, uint64_t at)
{
    uint64_t end = at + tensor_bytes(tensor);
    json_write_string(out, tensor->name);
    buffer_printf(out, ":{\"dtype\":\"%s\",\"shape\":[", DTYPES[tensor->dtype]);
    for (unsigned i = 0; i < tensor->rank; i++) {
        if (i > 0)
            buffer_byte(out, ',');
        json_write_uint(out, tensor->shape[i]);
    }
    buffer_string(out, "],\"data_offsets\":[");
    json_write_uint(out, at);
    buffer_byte(out, ',');
    json_write_uint(out, end);
    buffer_string(out, "]}");
    return end;
}

void safetensors_head(struct buffer *out, const struct tensor *tensors, size_t num_tensors,
                      const struct safetensors_note *notes, size_t num_notes)
{
    size_t start = out->size;
    uint64_t at = 0;
    if (buffer_reserve(out, LENGTH))
        out->size += LENGTH;
    buffer_byte(out, '{');
    if (num_notes > 0)
        write_notes(out, notes, num_notes);
    for (size_t i = 0; i < num_tensors; i++) {
        if (i > 0 || num_notes > 0)
            buffer_byte(out, ',');
        at = write_tensor(out, &tensors[i], at);
    }
    buffer_byte(out, '}');
    while ((out->size - start) % BOUNDARY != 0 && !out->failed)
        buffer_byte(out, ' ');
    if (out->failed)
        return;
    uint64_t length = out->size - start - LENGTH;
    for (unsigned i = 0; i < LENGTH; i++)
        out->data[start + i] = (char)(length >> (8 * i));
}
