// SPDX-License-Identifier: MIT
#include "formats/mat_struct.h"

#include <stdlib.h>
#include <string.h>

#include "base/size.h"
#include "base/utf8_repair.h"
#include "formats/mat_convert.h"
#include "formats/mat_reader.h"
#include "formats/source.h"

enum { MAX_FIELDS = 1000, MAX_VALUES = 1 << 20, MAX_BYTES = 64 << 20, MAX_FIELD_NAME = 64 };

struct value {
    char *text;      // owned, or
    double *numbers; // owned
    size_t count;
};

struct mat_struct {
    char **fields; // owned; their names
    size_t num_fields, num_records;
    struct value *values; // owned; record by record
    size_t bytes;         // kept so far
};

static bool fail(const struct mat_reader *reader, const char *what, struct error *error)
{
    return error_set(error, ERROR_INPUT, "%s: byte %llu: %s", source_where(reader->source),
                     (unsigned long long)source_offset(reader->source), what);
}

static bool count_bytes(struct mat_struct *array, const struct mat_reader *reader, uint64_t bytes,
                        struct error *error)
{
    if (bytes > MAX_BYTES - array->bytes)
        return error_set(error, ERROR_LIMIT, "%s: a struct array of more than %d MiB",
                         source_where(reader->source), MAX_BYTES >> 20);
    array->bytes += (size_t)bytes;
    return true;
}

// Appends a code point as UTF-8; what is none becomes U+FFFD.
static void put_code_point(struct buffer *out, uint32_t c)
{
    if (c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
        c = 0xfffd;
    if (c < 0x80) {
        buffer_byte(out, (char)c);
    } else if (c < 0x800) {
        buffer_byte(out, (char)(0xc0 | c >> 6));
        buffer_byte(out, (char)(0x80 | (c & 0x3f)));
    } else if (c < 0x10000) {
        buffer_byte(out, (char)(0xe0 | c >> 12));
        buffer_byte(out, (char)(0x80 | (c >> 6 & 0x3f)));
        buffer_byte(out, (char)(0x80 | (c & 0x3f)));
    } else {
        buffer_byte(out, (char)(0xf0 | c >> 18));
        buffer_byte(out, (char)(0x80 | (c >> 12 & 0x3f)));
        buffer_byte(out, (char)(0x80 | (c >> 6 & 0x3f)));
        buffer_byte(out, (char)(0x80 | (c & 0x3f)));
    }
}

// Units of 16 bits, surrogate pairs among them.
static void put_utf16(struct buffer *out, const struct buffer *bytes)
{
    for (size_t i = 0; i + 2 <= bytes->size; i += 2) {
        uint16_t unit, next = 0;
        memcpy(&unit, bytes->data + i, 2);
        if (i + 4 <= bytes->size)
            memcpy(&next, bytes->data + i + 2, 2);
        if (unit >= 0xd800 && unit < 0xdc00 && next >= 0xdc00 && next < 0xe000) {
            put_code_point(out, 0x10000 + ((uint32_t)(unit - 0xd800) << 10) + (next - 0xdc00u));
            i += 2;
        } else {
            put_code_point(out, unit);
        }
    }
}

// The text of a row of characters, however they are stored.
static bool read_text(struct mat_struct *array, struct mat_reader *reader,
                      struct mat_matrix *matrix, struct value *value, struct error *error)
{
    struct buffer bytes = BUFFER_INIT, text = BUFFER_INIT;
    unsigned type;
    bool good = mat_element_read(reader, &matrix->left, &type, MAX_BYTES, &bytes, error);
    if (good) {
        size_t item = type == MAT_TYPE_UTF16 || type == MAT_TYPE_UINT16 ? 2
                      : type == MAT_TYPE_UTF32                          ? 4
                                                                        : 1;
        if (reader->is_swapped)
            mat_swap(bytes.data, bytes.size / item, item);
        if (item == 1) {
            utf8_repair(bytes.data, bytes.size, &text);
        } else if (item == 2) {
            put_utf16(&text, &bytes);
        } else {
            for (size_t i = 0; i + 4 <= bytes.size; i += 4) {
                uint32_t c;
                memcpy(&c, bytes.data + i, 4);
                put_code_point(&text, c);
            }
        }
        good = count_bytes(array, reader, text.size, error) &&
               (buffer_text(&text) || error_memory(error));
    }
    if (good)
        value->text = buffer_take(&text, &value->count);
    if (good && !value->text)
        good = (value->text = strdup("")) || error_memory(error);
    buffer_free(&bytes);
    buffer_free(&text);
    return good;
}

static bool read_numbers(struct mat_struct *array, struct mat_reader *reader,
                         struct mat_matrix *matrix, struct value *value, struct error *error)
{
    struct mat_data data;
    if (!mat_data_begin(reader, matrix, &data, error))
        return false;
    // As many as are announced are there: a value has at least a byte, and the element is bounded
    // by the one around it, which can be longer than the file.
    if (matrix->count > MAX_BYTES / sizeof(double) ||
        !count_bytes(array, reader, matrix->count * sizeof(double), error))
        return error_set(error, ERROR_LIMIT, "%s: a field of too many numbers",
                         source_where(reader->source));
    value->count = (size_t)matrix->count;
    value->numbers = malloc(value->count ? value->count * sizeof(double) : 1);
    return value->numbers ? mat_data_read(reader, matrix, &data, DTYPE_FLOAT64, value->numbers,
                                          matrix->count, error)
                          : error_memory(error);
}

static bool read_value(struct mat_struct *array, struct mat_reader *reader, uint64_t *left,
                       struct value *value, struct error *error)
{
    struct mat_matrix matrix;
    enum dtype dtype;
    if (!mat_matrix_read(reader, left, &matrix, error))
        return false;
    if (matrix.class == MAT_CHAR && !read_text(array, reader, &matrix, value, error))
        return false;
    if (mat_dtype(&matrix, &dtype) && !matrix.is_complex &&
        !read_numbers(array, reader, &matrix, value, error))
        return false;
    return mat_skip(reader, &matrix.left, matrix.left, error);
}

// The names of the fields: one length for all, then the names one after the other, NULs between.
static bool read_fields(struct mat_struct *array, struct mat_reader *reader,
                        struct mat_matrix *matrix, struct buffer *bytes, struct error *error)
{
    unsigned type;
    int32_t length = 0;
    if (!mat_element_read(reader, &matrix->left, &type, 4, bytes, error))
        return false;
    if (type == MAT_TYPE_INT32 && bytes->size == 4) {
        if (reader->is_swapped)
            mat_swap(bytes->data, 1, 4);
        memcpy(&length, bytes->data, 4);
    }
    if (length < 1 || length > MAX_FIELD_NAME)
        return fail(reader, "a struct whose fields have names of no believable length", error);
    size_t size = (size_t)length;
    if (!mat_element_read(reader, &matrix->left, &type, MAX_FIELDS * size, bytes, error))
        return false;
    if (bytes->size % size != 0)
        return fail(reader, "a struct whose fields have no whole names", error);
    array->fields = calloc(bytes->size / size + 1, sizeof *array->fields);
    if (!array->fields)
        return error_memory(error);
    for (size_t at = 0; at < bytes->size; at += size) {
        char *name = strndup(bytes->data + at, size);
        if (!name)
            return error_memory(error);
        array->fields[array->num_fields++] = name;
    }
    return true;
}

static bool read_records(struct mat_struct *array, struct mat_reader *reader,
                         struct mat_matrix *matrix, struct error *error)
{
    struct buffer bytes = BUFFER_INIT;
    bool good = read_fields(array, reader, matrix, &bytes, error);
    buffer_free(&bytes);
    uint64_t count;
    if (!good)
        return false;
    if (!size_mul(matrix->count, array->num_fields, &count) || count > MAX_VALUES ||
        matrix->count > MAX_VALUES)
        return error_set(error, ERROR_LIMIT, "%s: a struct array of more than %d values",
                         source_where(reader->source), MAX_VALUES);
    array->values = calloc((size_t)count + 1, sizeof *array->values);
    if (!array->values)
        return error_memory(error);
    array->num_records = (size_t)matrix->count;
    for (size_t i = 0; i < count; i++)
        if (!read_value(array, reader, &matrix->left, &array->values[i], error))
            return false;
    return mat_finish(reader, error);
}

static bool read_variable(struct mat_struct *array, struct mat_reader *reader, const char *variable,
                          struct error *error)
{
    struct mat_matrix matrix;
    int more;
    while ((more = mat_next(reader, &matrix, error)) > 0)
        if (matrix.class == MAT_STRUCT && strcmp(matrix.name, variable) == 0)
            return read_records(array, reader, &matrix, error);
    return more == 0 && error_set(error, ERROR_INPUT, "%s: has no struct array \"%s\"",
                                  source_where(reader->source), variable);
}

struct mat_struct *mat_struct_read(struct source *source, const char *variable, struct error *error)
{
    struct mat_struct *array = calloc(1, sizeof *array);
    if (!array) {
        error_memory(error);
        return NULL;
    }
    struct mat_reader reader;
    bool good = mat_open(&reader, source, error) && read_variable(array, &reader, variable, error);
    mat_close(&reader);
    if (good)
        return array;
    mat_struct_free(array);
    return NULL;
}

void mat_struct_free(struct mat_struct *array)
{
    if (!array)
        return;
    for (size_t i = 0; i < array->num_records * array->num_fields; i++) {
        free(array->values[i].text);
        free(array->values[i].numbers);
    }
    for (size_t i = 0; i < array->num_fields; i++)
        free(array->fields[i]);
    free(array->values);
    free(array->fields);
    free(array);
}

size_t mat_struct_count(const struct mat_struct *array)
{
    return array->num_records;
}

static const struct value *find(const struct mat_struct *array, size_t record, const char *field)
{
    for (size_t i = 0; i < array->num_fields; i++)
        if (strcmp(array->fields[i], field) == 0)
            return &array->values[record * array->num_fields + i];
    return NULL;
}

const char *mat_struct_text(const struct mat_struct *array, size_t record, const char *field)
{
    const struct value *value = find(array, record, field);
    return value ? value->text : NULL;
}

const double *mat_struct_numbers(const struct mat_struct *array, size_t record, const char *field,
                                 size_t *count)
{
    const struct value *value = find(array, record, field);
    *count = value && value->numbers ? value->count : 0;
    return value ? value->numbers : NULL;
}
