// SPDX-License-Identifier: MIT
// Counting sort: the counts say where each class begins; a further reading of the values puts every
// sample's index at the next place of its class. When there are more samples than a window holds,
// the values are read once for each window and what falls outside of it is passed over.
#include "store/class_sort.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "encode/npy.h"

enum {
    CHUNK = 64 << 10,  // bytes of values at a time
    WINDOW = 2 << 20,  // samples of the class index at a time: 16 MiB
    BUFFER = 64 << 10, // bytes; windows are written past it
};

// Is given `count` values, the first of which is sample `first`; false ends the reading.
typedef bool take_values(void *context, const void *values, uint64_t first, size_t count);

static bool each_chunk(int dir, const struct column *column, take_values *take, void *context,
                       struct error *error)
{
    uint8_t *chunk = malloc(CHUNK);
    int fd = openat(dir, column->file, O_RDONLY | O_CLOEXEC);
    bool ok = chunk && fd >= 0;
    if (!chunk)
        error_memory(error);
    else if (fd < 0)
        error_system(error, "cannot read %s", column->file);
    uint64_t rows_at_once = CHUNK / column->row_bytes;
    for (uint64_t row = 0; ok && row < column->num_rows;) {
        uint64_t left = column->num_rows - row;
        size_t size = (size_t)((left < rows_at_once ? left : rows_at_once) * column->row_bytes);
        ssize_t got = pread(fd, chunk, size, (off_t)(NPY_HEADER + row * column->row_bytes));
        if (got < 0 && errno == EINTR)
            continue;
        size_t count = got > 0 ? (size_t)got / (size_t)column->row_bytes : 0;
        if (count == 0) {
            errno = got < 0 ? errno : EIO;
            ok = error_system(error, "cannot read %s", column->file);
        } else if (!take(context, chunk, row, count)) {
            break;
        }
        row += count;
    }
    if (fd >= 0)
        close(fd);
    free(chunk);
    return ok;
}

struct extent_taking {
    const struct column *column;
    uint64_t num_classes;
    struct class_extent *extent;
};

static void note_bad(const struct extent_taking *taking, const void *values, uint64_t first,
                     size_t i, long long value)
{
    struct class_extent *extent = taking->extent;
    extent->has_bad = true;
    extent->bad_sample = first + i;
    snprintf(extent->bad_value, sizeof extent->bad_value, "%lld", value);
    if (taking->column->dtype == DTYPE_UINT64) {
        uint64_t large;
        memcpy(&large, (const uint8_t *)values + i * sizeof large, sizeof large);
        snprintf(extent->bad_value, sizeof extent->bad_value, "%" PRIu64, large);
    }
}

static bool take_extent(void *context, const void *values, uint64_t first, size_t count)
{
    const struct extent_taking *taking = context;
    for (size_t i = 0; i < count; i++) {
        long long value = dtype_integer(taking->column->dtype, values, i);
        if (value < 0 || (uint64_t)value >= taking->num_classes) {
            note_bad(taking, values, first, i, value);
            return false;
        }
        if ((uint64_t)value >= taking->extent->num_needed)
            taking->extent->num_needed = (uint64_t)value + 1;
    }
    return true;
}

bool class_extent(int dir, const struct column *values, uint64_t num_classes,
                  struct class_extent *extent, struct error *error)
{
    struct extent_taking taking = {values, num_classes, extent};
    *extent = (struct class_extent){.has_bad = false};
    return each_chunk(dir, values, take_extent, &taking, error);
}

struct sorting {
    const struct column *column;
    uint64_t *counts;
    uint64_t *places; // the next place of each class
    int64_t *window;  // the places [from, from + size) of the class index
    uint64_t from, size;
};

static bool take_counts(void *context, const void *values, uint64_t first, size_t count)
{
    struct sorting *sorting = context;
    (void)first;
    for (size_t i = 0; i < count; i++)
        sorting->counts[dtype_integer(sorting->column->dtype, values, i)]++;
    return true;
}

static bool take_places(void *context, const void *values, uint64_t first, size_t count)
{
    struct sorting *sorting = context;
    for (size_t i = 0; i < count; i++) {
        uint64_t *place = &sorting->places[dtype_integer(sorting->column->dtype, values, i)];
        uint64_t at = (*place)++ - sorting->from;
        if (at < sorting->size)
            sorting->window[at] = (int64_t)(first + i);
    }
    return true;
}

bool class_sort(int dir, const struct column *values, size_t num_classes, uint64_t *counts,
                struct column *by_class, struct error *error)
{
    uint64_t window = values->num_rows < WINDOW ? values->num_rows : WINDOW;
    struct sorting sorting = {
        .column = values,
        .counts = counts,
        .places = calloc(num_classes, sizeof *sorting.places),
        .window = malloc((size_t)(window + 1) * sizeof *sorting.window),
    };
    bool ok = sorting.places && sorting.window;
    if (!ok)
        error_memory(error);
    ok = ok && each_chunk(dir, values, take_counts, &sorting, error);
    for (; ok && sorting.from < values->num_rows; sorting.from += sorting.size) {
        uint64_t left = values->num_rows - sorting.from;
        sorting.size = left < window ? left : window;
        sorting.places[0] = 0;
        for (size_t i = 1; i < num_classes; i++)
            sorting.places[i] = sorting.places[i - 1] + counts[i - 1];
        ok = each_chunk(dir, values, take_places, &sorting, error) &&
             column_append(by_class, dir, sorting.window, sorting.size, BUFFER, error);
    }
    free(sorting.places);
    free(sorting.window);
    return ok;
}
