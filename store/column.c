// SPDX-License-Identifier: MIT
#include "store/column.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/size.h"
#include "encode/npy.h"
#include "store/role.h"

void column_init(struct column *column, const char *split, const struct feature *feature,
                 enum array_role role)
{
    struct role_layout layout = role_layout(feature, role);
    bool shared = role_is_shared(role);
    *column =
        (struct column){.dtype = layout.dtype, .rank = layout.rank, .row_bytes = layout.row_bytes};
    memcpy(column->shape, layout.shape, sizeof column->shape);
    snprintf(column->file, sizeof column->file, "%s%s%s%s", shared ? "" : split, shared ? "" : "/",
             feature->name, role_suffix(feature, role));
}

static bool write_all(int fd, const uint8_t *bytes, size_t size, uint64_t offset)
{
    while (size > 0) {
        ssize_t wrote = pwrite(fd, bytes, size, (off_t)offset);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote <= 0) {
            errno = wrote == 0 ? EIO : errno;
            return false;
        }
        bytes += wrote;
        offset += (uint64_t)wrote;
        size -= (size_t)wrote;
    }
    return true;
}

// Writes at a place of the file. Large pieces begin their way to the disk at once, so that making
// the file durable in the end does not have to wait for all of it.
static bool write_at(const struct column *column, int dir, const void *bytes, size_t size,
                     uint64_t offset, struct error *error)
{
    enum { EARLY = 256 << 10 };
    int fd = openat(dir, column->file, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
    bool ok = fd >= 0 && write_all(fd, bytes, size, offset);
    if (!ok)
        error_system(error, "cannot write %s", column->file);
    else if (size >= EARLY)
        sync_file_range(fd, (off_t)offset, (off_t)size, SYNC_FILE_RANGE_WRITE);
    if (fd >= 0)
        close(fd);
    return ok;
}

static bool append_bytes(struct column *column, int dir, const void *bytes, size_t size,
                         struct error *error)
{
    if (!write_at(column, dir, bytes, size, NPY_HEADER + column->written, error))
        return false;
    column->written += size;
    return true;
}

bool column_flush(struct column *column, int dir, struct error *error)
{
    if (column->used == 0)
        return true;
    bool ok = append_bytes(column, dir, column->buffer, column->used, error);
    column->used = 0;
    return ok;
}

bool column_append(struct column *column, int dir, const void *rows, uint64_t count,
                   size_t buffer_size, struct error *error)
{
    uint64_t num_rows, all, left = 0;
    if (!size_add(column->num_rows, count, &num_rows) ||
        !size_mul(num_rows, column->row_bytes, &all) || all > INT64_MAX - NPY_HEADER)
        return error_set(error, ERROR_LIMIT, "%s would have more than 2^63 bytes", column->file);
    left = count * column->row_bytes;
    const uint8_t *bytes = rows;
    if (!column->buffer) {
        if (!(column->buffer = malloc(buffer_size)))
            return error_memory(error);
        column->buffer_size = buffer_size;
    }
    while (left > 0) {
        if (column->used == 0 && left >= column->buffer_size) {
            if (!append_bytes(column, dir, bytes, left, error))
                return false;
            break;
        }
        size_t room = column->buffer_size - column->used;
        size_t size = left < room ? (size_t)left : room;
        memcpy(column->buffer + column->used, bytes, size);
        column->used += size;
        bytes += size;
        left -= size;
        if (column->used == column->buffer_size && !column_flush(column, dir, error))
            return false;
    }
    column->num_rows = num_rows;
    return true;
}

bool column_finish(struct column *column, int dir, struct error *error)
{
    char header[NPY_HEADER];
    if (!npy_header(header, column->dtype, column->num_rows, column->rank, column->shape))
        return error_set(error, ERROR_LIMIT, "%s: no array has that size", column->file);
    bool ok = column_flush(column, dir, error) && write_at(column, dir, header, sizeof header, 0, error);
    column_clear(column);
    return ok;
}

uint64_t column_file_bytes(const struct column *column)
{
    return NPY_HEADER + column->written;
}

void column_clear(struct column *column)
{
    free(column->buffer);
    column->buffer = NULL;
    column->used = column->buffer_size = 0;
}
