// SPDX-License-Identifier: MIT
#include "store/reorder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "encode/npy.h"

enum { PIECE = 64 << 10 };

// A column and the one that takes its place.
struct replacing {
    struct column *before;
    struct column after;
    int dir, fd; // fd: of the file before
    size_t buffer_size;
    uint8_t *piece; // owned
};

static bool begin(struct replacing *replacing, struct column *column, int dir, size_t buffer_size,
                  struct error *error)
{
    *replacing = (struct replacing){
        .before = column, .after = *column, .dir = dir, .fd = -1, .buffer_size = buffer_size};
    struct column *after = &replacing->after;
    after->buffer = NULL;
    after->used = after->buffer_size = 0;
    after->num_rows = after->written = 0;
    int size = snprintf(after->file, sizeof after->file, "%s.reordered", column->file);
    if (size < 0 || (size_t)size >= sizeof after->file)
        return error_set(error, ERROR_INTERNAL, "%s: the name is too long", column->file);
    if (!column_flush(column, dir, error))
        return false;
    if (column->written == 0) // there is no file then
        return true;
    replacing->fd = openat(dir, column->file, O_RDONLY | O_CLOEXEC);
    if (replacing->fd < 0)
        return error_system(error, "cannot read %s", column->file);
    replacing->piece = malloc(PIECE > column->row_bytes ? PIECE : (size_t)column->row_bytes);
    return replacing->piece || error_memory(error);
}

static bool read_rows(const struct replacing *replacing, uint64_t first, uint64_t count, void *to,
                      struct error *error)
{
    const struct column *before = replacing->before;
    uint64_t at = NPY_HEADER + first * before->row_bytes;
    size_t left = (size_t)(count * before->row_bytes);
    uint8_t *bytes = to;
    while (left > 0) {
        ssize_t got = pread(replacing->fd, bytes, left, (off_t)at);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0) {
            errno = got < 0 ? errno : EIO;
            return error_system(error, "cannot read %s", before->file);
        }
        bytes += got;
        at += (uint64_t)got;
        left -= (size_t)got;
    }
    return true;
}

// Appends rows of the column before.
static bool take(struct replacing *replacing, uint64_t first, uint64_t count, struct error *error)
{
    uint64_t at_once = PIECE / replacing->before->row_bytes;
    at_once = at_once ? at_once : 1;
    while (count > 0) {
        uint64_t some = count < at_once ? count : at_once;
        if (!read_rows(replacing, first, some, replacing->piece, error) ||
            !column_append(&replacing->after, replacing->dir, replacing->piece, some,
                           replacing->buffer_size, error))
            return false;
        first += some;
        count -= some;
    }
    return true;
}

// Puts the new file in the old one's place, if all went well.
static bool end(struct replacing *replacing, bool good, struct error *error)
{
    struct column *before = replacing->before, *after = &replacing->after;
    good = good && column_flush(after, replacing->dir, error);
    if (good && after->written > 0 &&
        renameat(replacing->dir, after->file, replacing->dir, before->file) != 0)
        good = error_system(error, "cannot replace %s", before->file);
    if (good) {
        before->num_rows = after->num_rows;
        before->written = after->written;
    }
    column_clear(after);
    if (replacing->fd >= 0)
        close(replacing->fd);
    free(replacing->piece);
    return good;
}

bool reorder_rows(struct column *column, int dir, const uint64_t *order, size_t buffer_size,
                  struct error *error)
{
    struct replacing replacing;
    bool good = begin(&replacing, column, dir, buffer_size, error);
    for (uint64_t i = 0; good && i < column->num_rows; i++)
        good = take(&replacing, order[i], 1, error);
    return end(&replacing, good, error);
}

bool reorder_runs(struct column *values, struct column *offsets, int dir, const uint64_t *order,
                  size_t buffer_size, struct error *error)
{
    struct replacing runs, ends;
    int64_t end_of_run = 0;
    bool good = begin(&runs, values, dir, buffer_size, error);
    good = begin(&ends, offsets, dir, buffer_size, error) && good;
    good = good && column_append(&ends.after, dir, &end_of_run, 1, buffer_size, error);
    for (uint64_t i = 0; good && i + 1 < offsets->num_rows; i++) {
        int64_t run[2];
        good = read_rows(&ends, order[i], 2, run, error) &&
               take(&runs, (uint64_t)run[0], (uint64_t)(run[1] - run[0]), error);
        end_of_run += good ? run[1] - run[0] : 0;
        good = good && column_append(&ends.after, dir, &end_of_run, 1, buffer_size, error);
    }
    good = end(&runs, good, error);
    return end(&ends, good, error);
}
