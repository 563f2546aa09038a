// SPDX-License-Identifier: MIT
#include "formats/mat_reader.h"

#include <string.h>

#include "base/size.h"
#include "base/text.h"
#include "formats/mat_convert.h"
#include "formats/mat_inflate.h"
#include "formats/source.h"

enum { TAG = 8, BLOCK = 16 << 10 };

// The tag of an element; a small one holds its bytes itself.
struct tag {
    unsigned type;
    uint64_t size, padding;
    bool is_small;
    uint8_t small[4];
};

static bool fail(const struct mat_reader *reader, const char *what, struct error *error)
{
    return error_set(error, ERROR_INPUT, "%s: byte %llu: %s", source_where(reader->source),
                     (unsigned long long)source_offset(reader->source), what);
}

unsigned mat_version(const uint8_t *head, size_t size)
{
    static const uint8_t HDF5[] = {0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'};
    if (size >= sizeof HDF5 && memcmp(head, HDF5, sizeof HDF5) == 0)
        return 7;
    if (size >= MAT_HEADER && head[0] && head[1] && head[2] && head[3]) {
        bool is_swapped = head[126] == 'M' && head[127] == 'I';
        if (!is_swapped && !(head[126] == 'I' && head[127] == 'M'))
            return 0;
        uint8_t major = is_swapped ? head[124] : head[125];
        return major == 1 ? 5 : major == 2 ? 7 : 0;
    }
    // Version 4 begins with a number MOPT below 5000 in either order, then rows, columns, whether
    // there is an imaginary part, and the length of a name.
    if (size < 20)
        return 0;
    uint8_t word[5][4];
    memcpy(word, head, sizeof word);
    if (word[0][0] == 0 && word[0][1] == 0 && (word[0][2] | word[0][3]) != 0)
        mat_swap(word, 5, 4);
    uint32_t words[5];
    memcpy(words, word, sizeof words);
    return words[0] < 5000 && words[0] / 10 % 10 <= 5 && words[0] % 10 <= 2 && words[3] <= 1 &&
                   words[4] >= 1 && words[4] <= 64
               ? 4
               : 0;
}

// Reads exactly that many bytes of the present variable, or of the file between two.
static bool take(struct mat_reader *reader, void *bytes, size_t size, struct error *error)
{
    int64_t got = reader->inflate ? mat_inflate_read(reader->inflate, bytes, size, error)
                                  : source_read(reader->source, bytes, size, error);
    if (got < 0)
        return false;
    if ((size_t)got < size)
        return fail(reader,
                    reader->inflate ? "a compressed variable ends early"
                                    : "the file ends within a variable",
                    error);
    reader->left -= size < reader->left ? size : reader->left;
    return true;
}

// The same within an element of which *left bytes are left.
static bool take_of(struct mat_reader *reader, uint64_t *left, void *bytes, uint64_t size,
                    struct error *error)
{
    if (size > *left)
        return fail(reader, "an element claims to be longer than the one around it", error);
    *left -= size;
    return take(reader, bytes, (size_t)size, error);
}

static uint32_t word_of(const struct mat_reader *reader, const uint8_t *bytes)
{
    uint32_t word;
    memcpy(&word, bytes, sizeof word);
    return reader->is_swapped ? __builtin_bswap32(word) : word;
}

static bool parse_tag(const struct mat_reader *reader, const uint8_t *bytes, struct tag *tag,
                      struct error *error)
{
    uint32_t first = word_of(reader, bytes);
    *tag = (struct tag){.type = first & 0xffff, .size = first >> 16, .is_small = first >> 16 != 0};
    memcpy(tag->small, bytes + 4, sizeof tag->small);
    if (tag->is_small)
        return tag->size <= sizeof tag->small ||
               fail(reader, "a small element claims more than 4 bytes", error);
    tag->size = word_of(reader, bytes + 4);
    tag->padding = -tag->size % 8;
    return true;
}

static bool read_tag(struct mat_reader *reader, uint64_t *left, struct tag *tag,
                     struct error *error)
{
    uint8_t bytes[TAG];
    return take_of(reader, left, bytes, TAG, error) && parse_tag(reader, bytes, tag, error);
}

bool mat_skip(struct mat_reader *reader, uint64_t *left, uint64_t size, struct error *error)
{
    uint8_t block[BLOCK];
    while (size > 0) {
        uint64_t some = size < BLOCK ? size : BLOCK;
        if (!take_of(reader, left, block, some, error))
            return false;
        size -= some;
    }
    return true;
}

bool mat_element_read(struct mat_reader *reader, uint64_t *left, unsigned *type, uint64_t most,
                      struct buffer *out, struct error *error)
{
    struct tag tag;
    out->size = 0;
    if (!read_tag(reader, left, &tag, error))
        return false;
    *type = tag.type;
    if (tag.is_small) {
        buffer_append(out, tag.small, (size_t)tag.size);
        return !out->failed || error_memory(error);
    }
    if (tag.size > *left)
        return fail(reader, "an element claims to be longer than the one around it", error);
    if (tag.size > most)
        return error_set(error, ERROR_LIMIT,
                         "%s: byte %llu: an element of %llu bytes; at most %llu are read here",
                         source_where(reader->source),
                         (unsigned long long)source_offset(reader->source),
                         (unsigned long long)tag.size, (unsigned long long)most);
    while (out->size < tag.size) { // what is not there is not allocated
        uint64_t some = tag.size - out->size < BLOCK ? tag.size - out->size : BLOCK;
        char *to = buffer_reserve(out, (size_t)some);
        if (!to)
            return error_memory(error);
        if (!take_of(reader, left, to, some, error))
            return false;
        out->size += (size_t)some;
    }
    return mat_skip(reader, left, tag.padding < *left ? tag.padding : *left, error);
}

static bool read_shape(struct mat_reader *reader, struct mat_matrix *matrix,
                       const struct buffer *bytes, struct error *error)
{
    matrix->rank = (unsigned)(bytes->size / 4);
    for (unsigned i = 0; i < matrix->rank; i++) {
        uint32_t axis = word_of(reader, (const uint8_t *)bytes->data + 4 * (size_t)i);
        if (axis > INT32_MAX)
            return fail(reader, "a variable has an axis of negative length", error);
        matrix->shape[i] = axis;
    }
    return size_of_shape(1, matrix->shape, matrix->rank, &matrix->count) ||
           fail(reader, "the axes of a variable multiply to more than 2^64", error);
}

// Flags, shape and name: what every matrix begins with.
static bool read_head(struct mat_reader *reader, struct mat_matrix *matrix, struct buffer *bytes,
                      struct error *error)
{
    unsigned type;
    if (!mat_element_read(reader, &matrix->left, &type, 8, bytes, error))
        return false;
    if (type != MAT_TYPE_UINT32 || bytes->size != 8)
        return fail(reader, "a variable does not begin with its flags", error);
    uint32_t flags = word_of(reader, (const uint8_t *)bytes->data);
    matrix->class = flags & 0xff;
    matrix->is_complex = flags >> 8 & 8;
    matrix->is_logical = flags >> 8 & 2;
    if (matrix->class < MAT_CELL || matrix->class > MAT_UINT64)
        return true; // objects of newer classes go on in other ways
    if (!mat_element_read(reader, &matrix->left, &type, sizeof(uint32_t) * MAT_MAX_RANK, bytes,
                          error))
        return false;
    if (type != MAT_TYPE_INT32 || bytes->size % 4 != 0 || bytes->size < 8)
        return fail(reader, "a variable without its shape", error);
    if (!read_shape(reader, matrix, bytes, error) ||
        !mat_element_read(reader, &matrix->left, &type, MAT_MAX_NAME, bytes, error))
        return false;
    size_t size = bytes->size;
    if (size > 0 &&
        (memchr(bytes->data, '\0', size) || text_utf8_prefix(bytes->data, size) != size))
        return fail(reader, "a variable whose name is no text", error);
    if (size > 0)
        memcpy(matrix->name, bytes->data, size);
    matrix->name[size] = '\0';
    return true;
}

static bool read_matrix(struct mat_reader *reader, uint64_t size, struct mat_matrix *matrix,
                        struct error *error)
{
    *matrix = (struct mat_matrix){.left = size};
    if (size == 0)
        return true;
    struct buffer bytes = BUFFER_INIT;
    bool good = read_head(reader, matrix, &bytes, error);
    buffer_free(&bytes);
    return good;
}

bool mat_matrix_read(struct mat_reader *reader, uint64_t *left, struct mat_matrix *matrix,
                     struct error *error)
{
    struct tag tag;
    if (!read_tag(reader, left, &tag, error))
        return false;
    if (tag.type != MAT_TYPE_MATRIX || tag.is_small)
        return fail(reader, "a cell or field holds something that is no matrix", error);
    if (tag.size > *left)
        return fail(reader, "an element claims to be longer than the one around it", error);
    *left -= tag.size;
    return read_matrix(reader, tag.size, matrix, error);
}

bool mat_open(struct mat_reader *reader, struct source *source, struct error *error)
{
    *reader = (struct mat_reader){.source = source};
    uint8_t head[MAT_HEADER];
    int64_t got = source_read(source, head, sizeof head, error);
    if (got < 0)
        return false;
    const char *where = source_where(source);
    switch (mat_version(head, (size_t)got)) {
    case 5:
        reader->is_swapped = head[126] == 'M';
        return true;
    case 7:
        return error_set(error, ERROR_INPUT,
                         "%s: is a MAT file of version 7.3 (HDF5); version 5 is read: save it in "
                         "MATLAB by save(…, '-v7'), or in Python by scipy.io.savemat",
                         where);
    case 4:
        return error_set(error, ERROR_INPUT,
                         "%s: is a MAT file of version 4; version 5 is read: save it in MATLAB by "
                         "save(…, '-v7'), or in Python by scipy.io.savemat",
                         where);
    default:
        return error_set(error, ERROR_INPUT,
                         "%s: does not begin with the header of a MAT file (128 bytes, the last "
                         "two \"IM\" or \"MI\")",
                         where);
    }
}

// Passes over bytes of the file, packed or between two elements.
static bool skip_raw(struct mat_reader *reader, uint64_t size, struct error *error)
{
    uint8_t block[BLOCK];
    while (size > 0) {
        size_t some = size < BLOCK ? (size_t)size : BLOCK;
        int64_t got = source_read(reader->source, block, some, error);
        if (got < 0)
            return false;
        if ((size_t)got < some)
            return fail(reader, "the file ends within a variable", error);
        size -= some;
    }
    return true;
}

bool mat_finish(struct mat_reader *reader, struct error *error)
{
    uint8_t byte;
    if (reader->left > 0 || !reader->inflate)
        return true;
    int64_t more = mat_inflate_read(reader->inflate, &byte, 1, error);
    if (more < 0)
        return false;
    return more == 0 || fail(reader, "a compressed element holds more than its variable", error);
}

static bool leave(struct mat_reader *reader, struct error *error)
{
    uint64_t left = reader->inflate ? mat_inflate_left(reader->inflate) : reader->left;
    mat_inflate_close(reader->inflate);
    reader->inflate = NULL;
    reader->left = 0;
    return skip_raw(reader, left, error);
}

// Enters the compressed element of that many packed bytes: the tag of what is inside.
static bool enter_compressed(struct mat_reader *reader, uint64_t packed, struct tag *tag,
                             struct error *error)
{
    uint8_t bytes[TAG];
    reader->inflate = mat_inflate_open(reader->source, packed, error);
    if (!reader->inflate || !take(reader, bytes, TAG, error) ||
        !parse_tag(reader, bytes, tag, error))
        return false;
    return tag->type == MAT_TYPE_MATRIX ||
           fail(reader, "a compressed element that holds no variable", error);
}

int mat_next(struct mat_reader *reader, struct mat_matrix *variable, struct error *error)
{
    if (!leave(reader, error))
        return -1;
    for (;;) {
        uint8_t bytes[TAG];
        struct tag tag;
        int64_t got = source_read(reader->source, bytes, TAG, error);
        if (got <= 0)
            return (int)got;
        if (got < TAG) {
            fail(reader, "the file ends within the tag of an element", error);
            return -1;
        }
        if (!parse_tag(reader, bytes, &tag, error))
            return -1;
        if (tag.type == MAT_TYPE_COMPRESSED && !tag.is_small) {
            if (!enter_compressed(reader, tag.size, &tag, error))
                return -1;
        } else if (tag.type != MAT_TYPE_MATRIX || tag.is_small) {
            if (!tag.is_small && !skip_raw(reader, tag.size + tag.padding, error))
                return -1;
            continue;
        }
        reader->left = tag.size;
        return read_matrix(reader, tag.size, variable, error) ? 1 : -1;
    }
}

void mat_close(struct mat_reader *reader)
{
    mat_inflate_close(reader->inflate);
    *reader = (struct mat_reader){.source = NULL};
}

bool mat_dtype(const struct mat_matrix *matrix, enum dtype *dtype)
{
    static const enum dtype DTYPES[] = {DTYPE_FLOAT64, DTYPE_FLOAT32, DTYPE_INT8,  DTYPE_UINT8,
                                        DTYPE_INT16,   DTYPE_UINT16,  DTYPE_INT32, DTYPE_UINT32,
                                        DTYPE_INT64,   DTYPE_UINT64};
    if (matrix->class < MAT_DOUBLE || matrix->class > MAT_UINT64)
        return false;
    *dtype = matrix->is_logical ? DTYPE_BOOL : DTYPES[matrix->class - MAT_DOUBLE];
    return true;
}

bool mat_data_begin(struct mat_reader *reader, struct mat_matrix *matrix, struct mat_data *data,
                    struct error *error)
{
    struct tag tag;
    enum dtype stored;
    if (!read_tag(reader, &matrix->left, &tag, error))
        return false;
    if (!mat_type_dtype(tag.type, &stored))
        return fail(reader, "the values of a variable are of no type of numbers", error);
    uint64_t size;
    if (!size_mul(matrix->count, dtype_size(stored), &size) || size != tag.size)
        return error_set(error, ERROR_INPUT,
                         "%s: byte %llu: the variable \"%s\" has %llu values of %zu bytes by its "
                         "shape, and %llu bytes of them",
                         source_where(reader->source),
                         (unsigned long long)source_offset(reader->source), matrix->name,
                         (unsigned long long)matrix->count, dtype_size(stored),
                         (unsigned long long)tag.size);
    if (!tag.is_small && tag.size > matrix->left)
        return fail(reader, "an element claims to be longer than the one around it", error);
    *data = (struct mat_data){
        .dtype = stored, .left = matrix->count, .padding = tag.padding, .is_small = tag.is_small};
    memcpy(data->small, tag.small, sizeof data->small);
    return true;
}

// Stored values into `out`, in this machine's order.
static bool read_stored(struct mat_reader *reader, struct mat_matrix *matrix, struct mat_data *data,
                        void *out, size_t count, struct error *error)
{
    size_t item = dtype_size(data->dtype);
    if (data->is_small) {
        uint64_t at = (matrix->count - data->left) * item;
        memcpy(out, data->small + at, count * item);
    } else if (!take_of(reader, &matrix->left, out, count * item, error)) {
        return false;
    }
    data->left -= count;
    if (reader->is_swapped)
        mat_swap(out, count, item);
    return true;
}

static bool read_converted(struct mat_reader *reader, struct mat_matrix *matrix,
                           struct mat_data *data, enum dtype dtype, uint8_t *to, uint64_t count,
                           struct error *error)
{
    uint64_t block[BLOCK / sizeof(uint64_t)];
    size_t most = BLOCK / dtype_size(data->dtype);
    while (count > 0) {
        size_t some = count < most ? (size_t)count : most;
        if (!read_stored(reader, matrix, data, block, some, error))
            return false;
        size_t good = mat_convert(data->dtype, block, dtype, to, some);
        if (good < some)
            return error_set(error, ERROR_INPUT,
                             "%s: value %llu of the variable \"%s\" is %.17g, which its class %s "
                             "does not hold",
                             source_where(reader->source),
                             (unsigned long long)(matrix->count - data->left - some + good),
                             matrix->name, dtype_double(data->dtype, block, good),
                             dtype_name(dtype));
        to += some * dtype_size(dtype);
        count -= some;
    }
    return true;
}

bool mat_data_read(struct mat_reader *reader, struct mat_matrix *matrix, struct mat_data *data,
                   enum dtype dtype, void *out, uint64_t count, struct error *error)
{
    if (count > data->left)
        return error_set(error, ERROR_INTERNAL, "values past the end of a variable");
    if (data->dtype == dtype ? !read_stored(reader, matrix, data, out, (size_t)count, error)
                             : !read_converted(reader, matrix, data, dtype, out, count, error))
        return false;
    return data->left > 0 || data->is_small ||
           mat_skip(reader, &matrix->left,
                    data->padding < matrix->left ? data->padding : matrix->left, error);
}

void mat_matrix_print(const struct mat_matrix *matrix, struct buffer *out)
{
    static const char *const CLASSES[] = {
        "unknown", "cell",  "struct", "object", "char",  "sparse", "double", "single",
        "int8",    "uint8", "int16",  "uint16", "int32", "uint32", "int64",  "uint64"};
    buffer_string(out, matrix->is_logical            ? "logical"
                       : matrix->class <= MAT_UINT64 ? CLASSES[matrix->class]
                                                     : CLASSES[0]);
    for (unsigned i = 0; i < matrix->rank; i++)
        buffer_printf(out, "%s%llu", i > 0 ? " × " : " [", (unsigned long long)matrix->shape[i]);
    if (matrix->rank > 0)
        buffer_byte(out, ']');
}
