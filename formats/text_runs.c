// SPDX-License-Identifier: MIT
#include "formats/text_runs.h"

#include <stdlib.h>

#include "base/utf8_repair.h"
#include "store/writer.h"

enum { MOST_BYTES = 4 << 20, MOST_RUNS = 65536 };

bool text_runs_add(struct text_runs *runs, const char *bytes, size_t size, struct error *error)
{
    if (runs->count == runs->capacity) {
        size_t capacity = runs->capacity ? runs->capacity * 2 : 64;
        uint64_t *counts = realloc(runs->counts, capacity * sizeof *counts);
        if (!counts)
            return error_memory(error);
        runs->counts = counts;
        runs->capacity = capacity;
    }
    size_t before = runs->values.size;
    runs->num_repaired += utf8_repair(bytes, size, &runs->values) > 0;
    if (runs->values.failed)
        return error_memory(error);
    runs->counts[runs->count++] = runs->values.size - before;
    return true;
}

bool text_runs_is_full(const struct text_runs *runs)
{
    return runs->values.size >= MOST_BYTES || runs->count >= MOST_RUNS;
}

int text_runs_declare(struct writer *writer, char *name, struct error *error)
{
    struct feature feature = {.name = name,
                              .kind = FEATURE_TEXT,
                              .storage = STORAGE_RAGGED,
                              .dtype = DTYPE_UINT8,
                              .parent = -1};
    return writer_feature(writer, &feature, error);
}

bool text_runs_flush(struct text_runs *runs, struct writer *writer, int split, int feature,
                     struct error *error)
{
    if (runs->count > 0 && !writer_append_runs(writer, split, feature, runs->values.data,
                                               runs->counts, runs->count, error))
        return false;
    runs->values.size = 0;
    runs->count = 0;
    return true;
}

bool text_runs_warn(uint64_t num_repaired, struct writer *writer, struct error *error)
{
    if (num_repaired == 0)
        return true;
    if (num_repaired == 1)
        return writer_warn(writer, error,
                           "1 text has bytes that are not UTF-8; these are shown as U+FFFD.");
    return writer_warn(writer, error,
                       "%llu texts have bytes that are not UTF-8; these are shown as U+FFFD.",
                       (unsigned long long)num_repaired);
}

void text_runs_clear(struct text_runs *runs)
{
    buffer_free(&runs->values);
    free(runs->counts);
    *runs = (struct text_runs){.counts = NULL};
}
