// SPDX-License-Identifier: MIT
#include "encode/npz.h"

#include <string.h>
#include <zlib.h>

#include "encode/npy.h"

enum {
    BOUNDARY = 64,
    LOCAL_HEADER = 30,
    EXTRA_HEADER = 4,
    EXTRA_PADDING = 0xd935, // the number that zipalign uses for padding; readers pass over it
    VERSION = 20,
    UTF8_NAMES = 1 << 11,
    EPOCH_DATE = 1 << 5 | 1, // 1980-01-01, the earliest: the bytes depend on nothing but the data
    MAX_NAME = 4096,
};

static const uint64_t MAX_SIZE = UINT32_MAX;

static void put16(struct buffer *out, unsigned value)
{
    const unsigned char bytes[] = {value & 0xff, value >> 8 & 0xff};
    buffer_append(out, bytes, sizeof bytes);
}

static void put32(struct buffer *out, uint32_t value)
{
    put16(out, value & 0xffff);
    put16(out, value >> 16);
}

void npz_begin(struct npz *npz)
{
    *npz = (struct npz){.directory = BUFFER_INIT};
}

void npz_clear(struct npz *npz)
{
    buffer_free(&npz->directory);
}

uint32_t npz_crc(uint32_t crc, const void *bytes, size_t size)
{
    return (uint32_t)crc32_z(crc, bytes, size);
}

// The part that local header and directory share: version needed to length of the extra field.
static void put_common(struct buffer *out, uint32_t crc, uint32_t size, size_t name_size,
                       unsigned extra)
{
    put16(out, VERSION);
    put16(out, UTF8_NAMES);
    put16(out, 0); // stored
    put16(out, 0); // midnight
    put16(out, EPOCH_DATE);
    put32(out, crc);
    put32(out, size); // packed
    put32(out, size);
    put16(out, (unsigned)name_size);
    put16(out, extra);
}

bool npz_member(struct npz *npz, struct buffer *out, const struct tensor *tensor, uint32_t crc)
{
    static const char ENDING[] = ".npy";
    char npy[NPY_HEADER];
    size_t name_size = strlen(tensor->name) + sizeof ENDING - 1;
    uint64_t data = tensor_bytes(tensor), size = NPY_HEADER + data;
    uint64_t before = npz->size + LOCAL_HEADER + name_size + EXTRA_HEADER;
    unsigned padding = (unsigned)(-before % BOUNDARY);
    if (name_size > MAX_NAME || data > MAX_SIZE || before + padding + size > MAX_SIZE ||
        tensor->rank == 0 ||
        !npy_header(npy, tensor->dtype, tensor->shape[0], tensor->rank - 1, tensor->shape + 1))
        return false;
    uint32_t whole = (uint32_t)crc32_combine(crc32_z(0, (const unsigned char *)npy, sizeof npy),
                                             crc, (z_off_t)data);

    buffer_append(out, "PK\3\4", 4);
    put_common(out, whole, (uint32_t)size, name_size, EXTRA_HEADER + padding);
    buffer_string(out, tensor->name);
    buffer_string(out, ENDING);
    put16(out, EXTRA_PADDING);
    put16(out, padding);
    for (unsigned i = 0; i < padding; i++)
        buffer_byte(out, 0);
    buffer_append(out, npy, sizeof npy);

    struct buffer *directory = &npz->directory;
    buffer_append(directory, "PK\1\2", 4);
    put16(directory, VERSION);
    put_common(directory, whole, (uint32_t)size, name_size, 0);
    put16(directory, 0); // comment
    put16(directory, 0); // disk
    put16(directory, 0); // internal attributes
    put32(directory, 0); // external attributes
    put32(directory, (uint32_t)npz->size);
    buffer_string(directory, tensor->name);
    buffer_string(directory, ENDING);

    npz->size = before + padding + size;
    npz->num_members++;
    return true;
}

void npz_end(struct npz *npz, struct buffer *out)
{
    const struct buffer *directory = &npz->directory;
    if (directory->failed) {
        out->failed = true;
        return;
    }
    buffer_append(out, directory->data, directory->size);
    buffer_append(out, "PK\5\6", 4);
    put16(out, 0); // this disk
    put16(out, 0); // the directory's disk
    put16(out, npz->num_members);
    put16(out, npz->num_members);
    put32(out, (uint32_t)directory->size);
    put32(out, (uint32_t)npz->size);
    put16(out, 0); // comment
}
