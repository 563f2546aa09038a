// SPDX-License-Identifier: MIT
#include "formats/idx_header.h"

#include "base/size.h"

static bool type_of(uint8_t code, enum dtype *out)
{
    static const struct {
        uint8_t code;
        enum dtype dtype;
    } TYPES[] = {{0x08, DTYPE_UINT8}, {0x09, DTYPE_INT8},    {0x0b, DTYPE_INT16},
                 {0x0c, DTYPE_INT32}, {0x0d, DTYPE_FLOAT32}, {0x0e, DTYPE_FLOAT64}};
    for (size_t i = 0; i < sizeof TYPES / sizeof *TYPES; i++)
        if (TYPES[i].code == code) {
            *out = TYPES[i].dtype;
            return true;
        }
    return false;
}

bool idx_header_is(const uint8_t *bytes, size_t size)
{
    enum dtype dtype;
    return size >= 4 && bytes[0] == 0 && bytes[1] == 0 && type_of(bytes[2], &dtype) &&
           bytes[3] >= 1 && bytes[3] <= 32;
}

static uint64_t big_endian(const uint8_t *bytes)
{
    return (uint64_t)bytes[0] << 24 | (uint64_t)bytes[1] << 16 | (uint64_t)bytes[2] << 8 | bytes[3];
}

bool idx_header_parse(struct idx_header *header, const uint8_t *bytes, size_t size,
                      struct error *error)
{
    if (size < 4)
        return error_set(error, ERROR_INPUT, "has %zu bytes, fewer than an IDX header", size);
    if (bytes[0] != 0 || bytes[1] != 0)
        return error_set(error, ERROR_INPUT,
                         "byte 0: an IDX file begins with two zero bytes, not "
                         "%02x %02x",
                         bytes[0], bytes[1]);
    if (!type_of(bytes[2], &header->dtype))
        return error_set(error, ERROR_INPUT,
                         "byte 2: %02x is no IDX type; there are 08 uint8, 09 "
                         "int8, 0b int16, 0c int32, 0d float32, 0e float64",
                         bytes[2]);
    header->rank = bytes[3];
    if (header->rank < 1 || header->rank > IDX_MAX_RANK)
        return error_set(error, ERROR_INPUT,
                         "byte 3: %u axes; 1 to %d are read, the first of which "
                         "counts samples",
                         header->rank, IDX_MAX_RANK);
    header->size = 4 + 4 * (size_t)header->rank;
    if (size < header->size)
        return error_set(error, ERROR_INPUT,
                         "ends at byte %zu within its header, which for %u axes "
                         "has %zu bytes",
                         size, header->rank, header->size);
    for (unsigned i = 0; i < header->rank; i++) {
        header->shape[i] = big_endian(bytes + 4 + 4 * i);
        if (i > 0 && header->shape[i] == 0)
            return error_set(error, ERROR_INPUT,
                             "byte %u: axis %u has length 0, so that a sample "
                             "holds nothing",
                             4 + 4 * i, i);
    }
    if (!size_of_shape(dtype_size(header->dtype), header->shape + 1, header->rank - 1,
                       &header->row_bytes) ||
        !size_mul(header->row_bytes, header->shape[0], &header->file_bytes) ||
        !size_add(header->file_bytes, header->size, &header->file_bytes) ||
        header->file_bytes > INT64_MAX)
        return error_set(error, ERROR_INPUT,
                         "the axes in its header multiply to more bytes than any "
                         "file can have");
    return true;
}

void idx_header_print(const struct idx_header *header, struct buffer *out)
{
    for (unsigned i = 0; i < header->rank; i++)
        buffer_printf(out, "%s%llu", i > 0 ? " × " : "", (unsigned long long)header->shape[i]);
    buffer_printf(out, " %s", dtype_name(header->dtype));
}
