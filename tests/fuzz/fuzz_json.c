// SPDX-License-Identifier: MIT
// What encode/json.h writes is read by jansson. The bytes are a string, which comes back as it is
// when it is UTF-8, and numbers, which come back as the same numbers.
#include <jansson.h>
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "encode/json.h"

static void require(bool true_thing)
{
    if (!true_thing)
        abort();
}

static json_t *read_back(const struct buffer *out)
{
    require(!out->failed);
    json_error_t error;
    json_t *value = json_loadb(out->data, out->size, JSON_DECODE_ANY | JSON_ALLOW_NUL, &error);
    require(value != NULL);
    return value;
}

static void check_string(const char *text, size_t size)
{
    struct buffer out = BUFFER_INIT;
    json_write_string_size(&out, text, size);
    json_t *value = read_back(&out);
    require(json_is_string(value));
    if (text_utf8_prefix(text, size) == size) {
        require(json_string_length(value) == size);
        require(memcmp(json_string_value(value), text, size) == 0);
    }
    json_decref(value);
    buffer_free(&out);
}

// The elements of a list are those of the array.
static void check_numbers(enum dtype dtype, const uint8_t *data, size_t count)
{
    struct buffer out = BUFFER_INIT;
    json_write_array(&out, dtype, data, 1, (uint64_t[]){count});
    json_t *list = read_back(&out);
    require(json_array_size(list) == count);
    for (size_t i = 0; i < count; i++) {
        const json_t *item = json_array_get(list, i);
        double expected = dtype_double(dtype, data, i);
        if (dtype == DTYPE_INT64)
            require(json_is_integer(item) &&
                    json_integer_value(item) == dtype_integer(dtype, data, i));
        else if (!isfinite(expected))
            require(json_is_null(item));
        else if (dtype == DTYPE_FLOAT32)
            require(json_is_real(item) && (float)json_real_value(item) == (float)expected);
        else
            require(json_is_real(item) && json_real_value(item) == expected &&
                    signbit(json_real_value(item)) == signbit(expected));
    }
    json_decref(list);
    buffer_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    check_string((const char *)data, size);
    check_numbers(DTYPE_INT64, data, size / 8);
    check_numbers(DTYPE_FLOAT64, data, size / 8);
    check_numbers(DTYPE_FLOAT32, data, size / 4);
    return 0;
}
